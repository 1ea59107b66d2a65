"""Read flat XML of any size and in any state: the comments' elements, one after the other.

A file is cut into pieces before elements, and each piece is parsed by itself: as it is if it is
well-formed, else after a repair. Roots, declarations and anything else between the
elements are ignored, so no entity is defined, no address opened, and nothing nested deeper than
a comment.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from xml.parsers import expat

from lxml import etree

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.reading.content import Content
from pipeline.reading.decoding import SURROGATE_PAIR, decode, join_surrogates

MAX_ELEMENT_BYTES = 4 << 20
"""Bytes of one element. Niconico's comments of 75 bytes and Bilibili's scripts are far below.
Anything longer without the beginning of another element is dropped."""

_PIECE_BYTES = 1 << 18
_BEGIN, _END, _ROOT = b"<all>", b"</all>", "all"
"""Every piece is parsed inside an element, where no entity can be declared."""

_ATTRIBUTE = r"""[^\s"'<>/=]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')"""
_PAIR = re.compile(r"""([\w:.-]++)\s*+=\s*+("[^"<]*+"|'[^'<]*+')""")
_ROOT_END = re.compile(rb"</(?:packet|i|comments)\s*>\s*\Z")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|(?=</[A-Za-z]+>\s*<)|\Z)", re.DOTALL)
"""A CDATA section; without an end it reaches to the next end tag."""
_TIMED = re.compile(rb"<([A-Za-z_][\w:.-]*)\s(?:[^<>]*\s)?(?:ts|p|vpos|time)\s*=")
_OTHER = re.compile(r"<([^\W\d][\w:.-]*)[\s/>]")
_UNREADABLE = re.compile("\ufffd+")
_REPLACEMENT = "\ufffd".encode()
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(?:x([\da-fA-F]{1,6})|([0-9]{1,7}));)?")


Element = tuple[str, Mapping[str, str], str]
"""Name, attributes and text."""


@dataclass(frozen=True)
class Vocabulary:
    """The element names of a format."""

    comments: Sequence[str]
    """Names of elements that are comments."""
    about: Collection[str] = ()
    """Names of elements that describe the file."""

    def is_other(self, name: str) -> bool:
        """Whether the format has no element of this name."""
        return name not in self.comments and name not in self.about


_COMMENT_NAMES = frozenset({"chat", "d", "sc", "c"})
"""The comments of all formats: if the first one in a file is another format's, so is the file."""
_HIDDEN = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_START_TAG = re.compile(rb"<([A-Za-z_][\w.-]*)((?:\s[^<>]*)?)/?>?")


def confidence_of(names: Vocabulary, content: Content, marks: str) -> float:
    """How surely a file is XML of this vocabulary: 0.9 if its first comment is.

    A comment has one of the attributes that match the expression ``marks``. Elements that
    describe the file are only weak evidence.
    """
    if not content.head.lstrip().startswith(b"<"):
        return 0.0
    has_mark = re.compile(rb"\s(?:" + marks.encode() + rb")\s*=")
    confidence = 0.0
    for tag in _START_TAG.finditer(_HIDDEN.sub(b"", content.head)):
        name, attributes = tag[1].decode(), tag[2]
        if name in names.comments and has_mark.search(attributes):
            return 0.9
        if name in names.about:
            confidence = 0.4
        elif name in _COMMENT_NAMES and attributes and name not in names.comments:
            return confidence and 0.1
    return confidence


def elements(
    content: Content,
    names: Vocabulary,
    report: CommentReport,
    *,
    piece_bytes: int = _PIECE_BYTES,
    max_element_bytes: int = MAX_ELEMENT_BYTES,
) -> Iterator[Element]:
    """Yield each comment's element, counting it in ``report.read``.

    An element without attributes is not a comment in these formats, and markup inside a comment
    is text. Elements of other names are reported as skipped; those before the first comment only
    if they have a time.
    """
    repairer = _Repairer(names, report)
    for piece in _pieces(content, names, report, piece_bytes, max_element_bytes):
        try:
            parsed = _well_formed(piece, names)
        except expat.ExpatError:
            parsed = _recovered(repairer.repaired(piece), names)
        for name, attributes, text in parsed:
            if attributes is None:
                report.skip(f"<{name}>")
            else:
                report.read += 1
                yield name, attributes, text[0] if len(text) == 1 else "".join(text)


class _Collector:
    """Collects comments, and the names of other elements, from a parser's events."""

    def __init__(self, names: Vocabulary) -> None:
        self._names = names
        self._comments = frozenset(names.comments)
        self._text: list[str] | None = None
        """Text of the comment that is open, None outside one."""
        self._elements: _Elements = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in self._comments:
            self._text = []
            if attributes:
                self._elements.append((name, attributes, self._text))
        elif self._text is None and name != _ROOT and self._names.is_other(name):
            self._elements.append((name, None, []))

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, name: str) -> None:
        if name in self._comments:
            self._text = None

    def comment(self, text: str) -> None:
        """Ignore an XML comment; lxml requires this method."""

    def close(self) -> _Elements:
        """All elements; those of other names have no attributes."""
        return self._elements


_Elements = list[tuple[str, Mapping[str, str] | None, list[str]]]
"""Name, attributes and the parts of the text of each; None for attributes of other elements."""


def _well_formed(piece: bytes, names: Vocabulary) -> _Elements:
    """Parse with expat, which takes half the time of lxml."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.Parse(_BEGIN, False)
    collector = _Collector(names)
    parser.StartElementHandler = collector.start
    parser.CharacterDataHandler = collector.data
    parser.EndElementHandler = collector.end
    parser.Parse(piece, False)
    parser.Parse(_END, True)
    return collector.close()


def _recovered(piece: bytes, names: Vocabulary) -> _Elements:
    """Parse with lxml, which goes on after faults that the repair has missed."""
    collector = _Collector(names)
    parser = etree.XMLParser(target=cast(Any, collector), recover=True, no_network=True)
    parser.feed(_BEGIN)
    parser.feed(piece)
    parser.feed(_END)
    return cast(_Elements, parser.close())


def _pieces(
    content: Content,
    names: Vocabulary,
    report: CommentReport,
    piece_bytes: int,
    max_element_bytes: int,
) -> Iterator[bytes]:
    """The file from its first comment on, cut before comments."""
    marks = [f"<{name}".encode() for name in names.comments]
    begins = re.compile(b"(?:" + b"|".join(marks) + rb")(?=\s)")
    ends = re.compile(b"</(?:" + "|".join(names.comments).encode() + b")>")
    rest, begun = b"", False

    def from_first(piece: bytes) -> bytes:
        nonlocal begun
        first = None if begun else begins.search(piece)
        front = piece if first is None else piece[: first.start()]
        if not begun:
            for other in _TIMED.findall(front):
                if names.is_other(other.decode()):
                    report.skip(f"<{other.decode()}>")
        begun = begun or first is not None
        return piece[first.start() :] if first else piece if begun else b""

    for chunk in content.utf8():
        rest += chunk
        if len(rest) < piece_bytes:
            continue
        cut = max(rest.rfind(mark, 1) for mark in marks)
        if cut > 0:
            yield from_first(rest[:cut])
            rest = rest[cut:]
        elif len(rest) > max_element_bytes:
            closed = ends.search(rest)
            if begins.match(rest) and closed:
                yield rest[: closed.end()]
            elif begins.match(rest):
                report.read += 1
                report.drop(f"longer than {max_element_bytes:,} bytes")
            rest = rest[-max(map(len, marks)) :]
    yield from_first(_ROOT_END.sub(b"", rest))
    if not begun:
        for other in filter(names.is_other, _OTHER.findall(decode(rest))):
            report.skip(f"<{other}>")


class _Repairer:
    """Makes a piece well-formed, and reports each comment that it changes."""

    def __init__(self, names: Vocabulary, report: CommentReport) -> None:
        self._names = names
        self._report = report
        comments = names.comments
        partial = (name[:length] for name in comments for length in range(len(name), 0, -1))
        name = f"(?:{'|'.join(comments)})"
        tag = rf"<{name}(?:\s+{_ATTRIBUTE})*+\s*+"
        self._begin = re.compile(rf"<{name}(?=\s)")
        self._outside = re.compile(rf"(</{name}\s*>|{tag}/>)(.*?)(?=<{name}\s|\Z)", re.DOTALL)
        self._partial_end = re.compile(rf"</(?:{'|'.join(partial)})?\s*\Z")
        self._stray = re.compile(rf"<(?!{name}\s|/{name}\s*>)")
        self._element = re.compile(rf"<({name})(?=\s)[^<]*+")
        self._sound_tag = re.compile(rf"{tag}/?>")
        self._attributes = re.compile(rf"<{name}(?:\s*{_ATTRIBUTE})*+")
        self._unclosed = re.compile(rf"(<({name})(?:\s+{_ATTRIBUTE})*+\s*+>[^<]*+)(?=<{name}|\Z)")

    def repaired(self, piece: bytes) -> bytes:
        piece = piece.replace(_REPLACEMENT, b"&#xfffd;")  # the file's own are no issue of it
        text = _CDATA.sub(lambda match: html.escape(match[1], quote=False), decode(piece))
        text = self._outside.sub(self._without_others, text)
        self._replace(_UNREADABLE, lambda match: match[0], text, "not in its encoding")
        text = self._replace(SURROGATE_PAIR, join_surrogates, text, "written in CESU-8")
        text = self._replace(_FORBIDDEN, lambda _: "", text, "with control characters")
        text = self._replace(_REFERENCE, _reference, text, "with a stray & or a forbidden &#…;")
        text = self._replace(self._partial_end, self._complete_end, text, "cut short")
        text = self._replace(self._stray, lambda _: "&lt;", text, "with a stray <")
        text = self._replace(self._element, self._with_sound_tag, text, "with a broken tag")
        text = self._replace(self._unclosed, self._closed, text, "without its end tag")
        return text.encode()

    def _without_others(self, match: re.Match[str]) -> str:
        """The end of an element, without the elements of other names after it."""
        for other in _OTHER.findall(match[2]):
            if self._names.is_other(other):
                self._report.skip(f"<{other}>")
        return match[1]

    def _complete_end(self, match: re.Match[str]) -> str:
        *_, last = self._element.finditer(match.string, 0, match.start())
        return f"</{last[1]}>"

    def _replace(
        self,
        pattern: re.Pattern[str],
        by: Callable[[re.Match[str]], str | None],
        text: str,
        reason: str,
    ) -> str:
        """Substitute and report each match for which ``by`` does not return None."""
        counted, elements_before = 0, 0

        def replacement(match: re.Match[str]) -> str:
            nonlocal counted, elements_before
            new = by(match)
            if new is None:
                return match[0]
            elements_before += sum(1 for _ in self._begin.finditer(text, counted, match.end()))
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
            end = attributes.end() if attributes else len(f"<{element[1]}")
            tag, text = element[0][:end], element[0][end:]
        pairs = (f" {name}={value}" for name, value in _PAIR.findall(tag))
        return f"<{element[1]}{''.join(pairs)}>{text}"

    def _closed(self, element: re.Match[str]) -> str:
        return f"{element[1]}</{element[2]}>"


def _reference(match: re.Match[str]) -> str | None:
    """What a stray ``&`` or a reference becomes; None keeps a valid reference."""
    if match[0] == "&":
        return "&amp;"
    code = int(match[1], 16) if match[1] else int(match[2])
    return None if code <= 0x10FFFF and not _FORBIDDEN.match(chr(code)) else ""
