"""JSON that is not quite JSON, token by token made valid."""

from __future__ import annotations

import re
from math import inf, isfinite

from pipeline.danmaku.comments.report import ReadReport

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][\da-fA-F]{2}(\\u[dD][c-fC-F][\da-fA-F]{2})?|u[dD][c-fC-F][\da-fA-F]{2}|.)",
    re.DOTALL,
)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]:]|,\s*+(?=(.))|[^\s"{}\[\]:,]++|\s++', re.DOTALL)
_FAULT = re.compile(r'[\x00-\x1f\ufffd]|\\(?!["\\/bfnrt]|u[\da-fA-F]{4})')
_IN_STRING = re.compile(r'\\(["\\/bfnrt]|u[\da-fA-F]{4})|\\(.)|([\x00-\x1f])|(\ufffd)', re.DOTALL)
_LITERAL = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_DIGITS = 18
"""The parser fails on whole numbers beyond 64 bits; as floats they are read and refused."""
_LONGEST_NUMBER = 400  # characters
_LITERALS = {"True": "true", "False": "false"}


def whole_characters(content: bytes, report: ReadReport) -> bytes:
    """The same with U+FFFD for each half of a surrogate pair that is escaped alone."""
    if not _SURROGATE.search(content):
        return content

    def whole(escape: re.Match[bytes]) -> bytes:
        if len(escape[0]) != 6 or not _SURROGATE.match(escape[0]):
            return escape[0]
        report.repair("with half a character", ahead=1)
        return rb"\ufffd"

    return _ESCAPE.sub(whole, content)


def valid_tokens(text: str, report: ReadReport, final: bool) -> tuple[bytes, str]:
    """All whole tokens of ``text``, mended, and the rest."""
    tokens: list[str] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or (token.end() == len(text) and not final):
            break
        mended = _valid(token, report)
        tokens.append(mended)
        position = token.end()
    content = "".join(tokens).encode()
    return whole_characters(content, report), text[position:]


def _valid(token: re.Match[str], report: ReadReport) -> str:
    text = token[0]
    if text[0] == '"':
        if not _FAULT.search(text):
            return text
        report.repair("with faulty characters", ahead=1)
        return _IN_STRING.sub(_valid_in_string, text)
    if text[0] == ",":
        return "" if token[1] in "]}" else ","
    if text[0] in "{}[]:" or text.isspace():
        return text
    if _LITERAL.fullmatch(text) and (text[-1].isalpha() or isfinite(_float(text))):
        return f"{text}e0" if len(text) > _DIGITS and text.lstrip("-").isdigit() else text
    report.repair("with a value that is none", ahead=1)
    return _LITERALS.get(text, "null")


def _float(text: str) -> float:
    """Infinite beyond what is one; longer numbers than any float's are not even read."""
    return float(text) if len(text) <= _LONGEST_NUMBER else inf


def _valid_in_string(found: re.Match[str]) -> str:
    _, escaped, control, _ = found.groups()
    if control or (escaped and ord(escaped) < 0x20):
        return f"\\u{ord(control or escaped):04x}"
    return escaped or found[0]
