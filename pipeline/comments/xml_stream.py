"""Flat XML of any size and in any state: the elements of one name, one after the other.

A file is cut into pieces in front of elements, and each piece is parsed by itself. One that
is well-formed is taken as it is, another is mended first; so are all roots, declarations and
whatever else stands between the elements, which are therefore never obeyed: no entity is
defined, no address opened, nothing nested deeper than a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from lxml import etree

from pipeline.comments.decoding import SURROGATE_PAIR, decode, join_surrogates, utf8_chunks
from pipeline.comments.report import ReadReport

LONGEST = 4 << 20
"""Bytes of one element; the 75 comment bytes of Niconico and the scripts of Bilibili stay far
below. What goes on without the beginning of another element is left out."""

_PIECE = 1 << 18  # bytes

_ATTRIBUTE = r"""[^\s"'<>/=]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')"""
_PAIR = re.compile(r"""([\w:.-]++)\s*+=\s*+("[^"<]*+"|'[^'<]*+')""")
_ROOT_END = re.compile(r"</(?:packet|i)\s*>\s*\Z")
_UNREADABLE = re.compile("\ufffd+")
_REPLACEMENT = "\ufffd".encode()
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(?:x([\da-fA-F]{1,6})|([0-9]{1,7}));)?")


class _Collector:
    """Receives the parser's events and keeps what lies in the elements of one name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: tuple[Mapping[str, str], list[str]] | None = None
        self.found: list[tuple[Mapping[str, str], str]] = []

    def start(self, tag: Any, attrib: Any) -> None:
        if tag == self._name:
            self._finish()
            self._open = dict(attrib), []

    def data(self, data: Any) -> None:
        if self._open is not None:
            self._open[1].append(data)

    def end(self, tag: Any) -> None:
        if tag == self._name:
            self._finish()

    def comment(self, data: Any) -> None:
        """Pass over it; lxml asks for all of these."""

    def close(self) -> list[tuple[Mapping[str, str], str]]:
        self._finish()
        found, self.found = self.found, []
        return found

    def _finish(self) -> None:
        if self._open is not None:
            attributes, parts = self._open
            self.found.append((attributes, "".join(parts)))
            self._open = None


def elements(path: Path, name: str, report: ReadReport) -> Iterator[tuple[Mapping[str, str], str]]:
    """Attributes and text of each element ``name``; every one is counted in ``report.read``.

    One without attributes is no element of these formats; markup within is taken for text.
    """
    mender = _Mender(name, report)
    for piece in _pieces(path, name, report):
        try:
            found = _parse(piece, name, recover=False)
        except etree.XMLSyntaxError:
            found = _parse(mender.mended(piece), name, recover=True)
        for attributes, text in found:
            report.read += 1
            yield attributes, text


def _parse(piece: bytes, name: str, recover: bool) -> list[tuple[Mapping[str, str], str]]:
    parser = etree.XMLParser(target=_Collector(name), recover=recover, no_network=True)
    parser.feed(b"<all>")  # from here on no entity can be declared
    parser.feed(piece)
    parser.feed(b"</all>")
    return cast(list[tuple[Mapping[str, str], str]], parser.close())


def _pieces(path: Path, name: str, report: ReadReport) -> Iterator[bytes]:
    """The file from its first element on, cut in front of elements."""
    mark, end = b"<" + name.encode(), b"</" + name.encode() + b">"
    begins = re.compile(mark + rb"(?=\s)")
    rest = b""
    for chunk in utf8_chunks(path):
        rest += chunk
        if len(rest) < _PIECE:
            continue
        cut = rest.rfind(mark, 1)
        if cut > 0:
            piece, rest = rest[:cut], rest[cut:]
            first = begins.search(piece)
            if first:
                yield piece[first.start() :]
        elif len(rest) > LONGEST:
            closed = rest.find(end)
            if begins.match(rest) and closed >= 0:
                yield rest[:closed] + end
            elif begins.match(rest):
                report.read += 1
                report.drop(f"longer than {LONGEST >> 20} MiB")
            rest = rest[-len(mark) :]
    first = begins.search(rest)
    if first:
        yield rest[first.start() :]


class _Mender:
    """Makes well-formed XML of a piece that is not, and reports each comment it touches."""

    def __init__(self, name: str, report: ReadReport) -> None:
        self._name = name
        self._report = report
        torn_name = "|".join(name[:length] for length in range(len(name), 0, -1))
        tag = rf"<{name}(?:\s+{_ATTRIBUTE})*+\s*+"
        self._outside = re.compile(rf"(</{name}\s*>|{tag}/>).*?(?=<{name}\s|\Z)", re.DOTALL)
        self._torn_end = re.compile(rf"</(?:{torn_name})?\s*\Z")
        self._stray = re.compile(rf"<(?!{name}\s|/{name}\s*>)")
        self._element = re.compile(rf"<{name}(?=\s)[^<]*+")
        self._sound_tag = re.compile(rf"{tag}/?>")
        self._attributes = re.compile(rf"<{name}(?:\s*{_ATTRIBUTE})*+")
        self._unclosed = re.compile(rf"({tag}>[^<]*+)(?=<{name}|\Z)")

    def mended(self, piece: bytes) -> bytes:
        piece = piece.replace(_REPLACEMENT, b"&#xfffd;")  # the file's own are no fault of it
        text = self._outside.sub(r"\1", _ROOT_END.sub("", decode(piece)))
        self._replace(_UNREADABLE, lambda found: found[0], text, "not in its encoding")
        text = self._replace(SURROGATE_PAIR, join_surrogates, text, "written in CESU-8")
        text = self._replace(_FORBIDDEN, lambda _: "", text, "with control characters")
        text = self._replace(_REFERENCE, _reference, text, "with a stray & or a forbidden &#…;")
        text = self._replace(self._torn_end, lambda _: f"</{self._name}>", text, "cut short")
        text = self._replace(self._stray, lambda _: "&lt;", text, "with a stray <")
        text = self._replace(self._element, self._with_sound_tag, text, "with a broken tag")
        text = self._replace(self._unclosed, self._closed, text, "without its end tag")
        return text.encode()

    def _replace(
        self,
        pattern: re.Pattern[str],
        by: Callable[[re.Match[str]], str | None],
        text: str,
        reason: str,
    ) -> str:
        """Substitute and report, except where ``by`` gives None."""
        counted, elements_before = 0, 0

        def replacement(match: re.Match[str]) -> str:
            nonlocal counted, elements_before
            new = by(match)
            if new is None:
                return match[0]
            elements_before += text.count(f"<{self._name}", counted, match.end())
            counted = match.end()
            self._report.repair(reason, ahead=elements_before)
            return new

        return pattern.sub(replacement, text)

    def _with_sound_tag(self, element: re.Match[str]) -> str | None:
        if self._sound_tag.match(element[0]):
            return None
        tag, closed, text = element[0].partition(">")
        if not closed:
            attributes = self._attributes.match(element[0])
            end = attributes.end() if attributes else len(f"<{self._name}")
            tag, text = element[0][:end], element[0][end:]
        pairs = (f" {name}={value}" for name, value in _PAIR.findall(tag))
        return f"<{self._name}{''.join(pairs)}>{text}"

    def _closed(self, element: re.Match[str]) -> str:
        return f"{element[1]}</{self._name}>"


def _reference(found: re.Match[str]) -> str | None:
    if found[0] == "&":
        return "&amp;"
    code = int(found[1], 16) if found[1] else int(found[2])
    return None if code <= 0x10FFFF and not _FORBIDDEN.match(chr(code)) else ""
