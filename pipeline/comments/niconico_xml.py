"""Niconico XML as Saccubus and the old API wrote it: ``<packet>`` of ``<chat>``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from pipeline.comments.faults import not_comments
from pipeline.comments.record import Comment, ReadReport, hashed_user

_CENTISECOND = 10  # milliseconds
_FORKS = {"0": "main", "1": "owner", "2": "easy"}


def read(path: Path, report: ReadReport) -> list[Comment]:
    """Read ``path`` as a stream; entities and the network are never touched.

    Raises PipelineError NOT_COMMENTS where the file holds no comment elements at all.
    """
    parser = etree.iterparse(
        str(path), events=("end",), recover=True, resolve_entities=False, no_network=True
    )
    comments: list[Comment] = []
    empty_packet = False
    try:
        for _, element in parser:
            if element.tag == "chat":
                report.read += 1
                comment = _comment(dict(element.attrib), element.text or "", report)
                if comment is not None:
                    comments.append(comment)
            elif element.tag == "packet":
                empty_packet = True
            if element.tag in ("chat", "thread", "leaf", "view_counter", "global_num_res"):
                element.clear()
    except etree.XMLSyntaxError as error:
        if not report.read:
            raise not_comments(path, f"broken XML ({error.msg})") from None
    if not report.read and not empty_packet:
        raise not_comments(path, "no <packet> with <chat> elements in it")
    return comments


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
        return int(text or "")
    except ValueError:
        return None
