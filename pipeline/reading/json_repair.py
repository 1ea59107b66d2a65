"""Repair invalid JSON, token by token.

Each token is judged by itself, so memory is bounded and a fault costs only its token: control
characters and invalid escapes in strings are escaped, commas before a closing bracket are removed,
and invalid values such as NaN become null.
"""

from __future__ import annotations

import re
from math import inf, isfinite

from pipeline.reading.read_report import ReadReport

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][\da-fA-F]{2}(\\u[dD][c-fC-F][\da-fA-F]{2})?|u[dD][c-fC-F][\da-fA-F]{2}|.)",
    re.DOTALL,
)
"""An escape: a high surrogate with or without its low one, a low one alone, or any other."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]:]|,\s*+(?=(.))|[^\s"{}\[\]:,]++|\s++', re.DOTALL)
"""A string, a bracket or colon, a comma with the character that follows it, a literal, blanks."""
_INVALID_IN_STRING = re.compile(r'[\x00-\x1f\ufffd]|\\(?!["\\/bfnrt]|u[\da-fA-F]{4})')
_IN_STRING = re.compile(r'\\(["\\/bfnrt]|u[\da-fA-F]{4})|\\(.)|([\x00-\x1f])|(\ufffd)', re.DOTALL)
_LITERAL = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_MAX_DIGITS = 18
"""The parser fails on integers beyond 64 bits; as floats they are read, and refused later."""
_MAX_NUMBER = 400  # characters
_LITERALS = {"True": "true", "False": "false"}


def without_lone_surrogates(content: bytes, report: ReadReport) -> bytes:
    """``content`` with U+FFFD for each escaped surrogate that is not one of a pair."""
    if not _SURROGATE.search(content):
        return content

    def repaired(escape: re.Match[bytes]) -> bytes:
        if len(escape[0]) != 6 or not _SURROGATE.match(escape[0]):
            return escape[0]
        report.repair("with half a character", ahead=1)
        return rb"\ufffd"

    return _ESCAPE.sub(repaired, content)


def repaired_tokens(text: str, report: ReadReport, final: bool) -> tuple[bytes, str]:
    """All complete tokens of ``text``, repaired, and the rest.

    The last token may go on in the next piece; it is complete only if this is the ``final`` one.
    """
    tokens: list[str] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or (token.end() == len(text) and not final):
            break
        tokens.append(_repaired(token, report))
        position = token.end()
    content = "".join(tokens).encode()
    return without_lone_surrogates(content, report), text[position:]


def _repaired(token: re.Match[str], report: ReadReport) -> str:
    text = token[0]
    if text[0] == '"':
        if not _INVALID_IN_STRING.search(text):
            return text
        report.repair("with faulty characters", ahead=1)
        return _IN_STRING.sub(_repaired_in_string, text)
    if text[0] == ",":
        return "" if token[1] in "]}" else ","
    if text[0] in "{}[]:" or text.isspace():
        return text
    if _LITERAL.fullmatch(text) and (text[-1].isalpha() or isfinite(_float(text))):
        return f"{text}e0" if len(text) > _MAX_DIGITS and text.lstrip("-").isdigit() else text
    report.repair("with an invalid value", ahead=1)
    return _LITERALS.get(text, "null")


def _float(text: str) -> float:
    """The value of a number; infinite for numbers too long to be any float's."""
    return float(text) if len(text) <= _MAX_NUMBER else inf


def _repaired_in_string(match: re.Match[str]) -> str:
    """Keep valid escapes, drop the backslash of others, and escape control characters."""
    _, escaped, control, _ = match.groups()
    if control or (escaped and ord(escaped) < 0x20):
        return f"\\u{ord(control or escaped):04x}"
    return escaped or match[0]
