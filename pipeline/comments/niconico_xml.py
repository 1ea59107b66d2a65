"""Niconico XML as Saccubus and the old API wrote it: ``<packet>`` of ``<chat>``."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from pipeline.comments.faults import not_comments
from pipeline.comments.record import LARGEST, Comment, ReadReport, hashed_user

_CENTISECOND = 10  # milliseconds
_FORKS = {"0": "main", "1": "owner", "2": "easy"}

_PROLOGUE = re.compile(r"<\?xml.*?\?>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_ENCODING = re.compile(rb"<\?xml[^>]*\sencoding=[\"']([\w.-]+)[\"']")
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMERIC = re.compile(r"&#(?:x([\da-fA-F]{1,6})|([0-9]{1,7}));")
_STRAY_MARK = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[\da-fA-F]{1,6});)|<(?![A-Za-z/!?])"
)


def read(path: Path, report: ReadReport) -> list[Comment]:
    """Read ``path``, mending what makes parsers stop; no entity or address is ever resolved.

    Raises PipelineError NOT_COMMENTS where the file holds no comment elements at all.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(_one_document(path.read_bytes()), parser)
    except etree.XMLSyntaxError as error:
        raise not_comments(path, f"broken XML ({error.msg})") from None
    comments: list[Comment] = []
    for element in root.iter("chat"):
        report.read += 1
        comment = _comment(_attributes(element), element.text or "", report)
        if comment is not None:
            comments.append(comment)
    if not report.read and root.find("packet") is None:
        raise not_comments(path, "no <packet> with <chat> elements in it")
    return comments


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _one_document(content: bytes) -> str:
    """The file as XML with one root, whatever number of roots it has and however torn it is.

    Characters that XML forbids are left out; stray ``&`` and ``<`` stand for themselves.
    """
    text = content.decode(_encoding(content), "replace").removeprefix("\ufeff")
    text = _NO_CHARACTER.sub("", _PROLOGUE.sub("", text))
    text = _STRAY_MARK.sub(lambda mark: "&amp;" if mark[0] == "&" else "&lt;", text)
    return f"<all>{_NUMERIC.sub(_valid_reference, text)}</all>"


def _encoding(content: bytes) -> str:
    declared = _ENCODING.search(content[:200])
    try:
        name = codecs.lookup(declared[1].decode() if declared else "utf-8").name
        "".encode(name)  # codecs such as base64 are not of text
    except LookupError:
        return "utf-8"
    return name


def _valid_reference(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return reference[0] if code <= 0x10FFFF and not _NO_CHARACTER.match(chr(code)) else ""


def _comment(fields: Mapping[str, str], text: str, report: ReadReport) -> Comment | None:
    if fields.get("deleted", "0") != "0":
        report.drop("deleted")
    elif not text.strip():
        report.drop("without text")
    elif (vpos := _integer(fields.get("vpos"))) is None:
        report.drop("without a time")
    else:
        return Comment(
            time_ms=vpos * _CENTISECOND,
            text=text,
            commands=fields.get("mail", "").split(),
            no=_integer(fields.get("no")),
            thread=fields.get("thread"),
            fork=_FORKS.get(fields.get("fork", "0")),
            user=hashed_user(fields.get("user_id")),
            posted_at=_integer(fields.get("date")),
            premium=fields.get("premium") in ("1", "3"),
            score=_integer(fields.get("score")) or 0,
            nicoru=_integer(fields.get("nicoru")) or 0,
        )
    return None


def _integer(text: str | None) -> int | None:
    try:
        number = int(text or "")
    except ValueError:
        return None
    return number if abs(number) <= LARGEST else None
