"""Comments fetched page after page, kept on disk so that an interrupted run goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from msgspec.json import encode

from pipeline.fetching.niconico import CommentServer, Page
from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_locks import try_lock

_PIECE = 1000
"""Comments of a thread written as one: readers hold a piece at a time."""
_CROWD = 100
"""So many comments of one moment, all known, may hide older ones."""

_Name = tuple[str, str]
"""A thread's id and fork."""


class Pages:
    """The comments of one video so far, in a file of their own until all are there."""

    def __init__(self, partial: Path) -> None:
        """Go on with ``partial`` if it exists. Raises PipelineError BUSY."""
        self._path = partial
        self._comments: dict[_Name, dict[int, bytes]] = {}  # JSON, for it takes 2/5 of the memory
        self.rest: dict[_Name, int] | None = None
        """Threads that may have comments older than a moment (unix seconds); None before the
        first page."""
        self.total = 0
        """Comments that the server counts."""
        self.sample = False
        """Whether the server gave some comments out of many, with no way further back."""
        self._file = partial.open("a+b")
        try:
            alone = try_lock(self._file, partial)
        except PipelineError:
            self._file.close()
            raise
        if not alone:
            self._file.close()
            raise PipelineError(ExitCode.BUSY, f"another run is writing {partial}", "Let it end")
        self._go_on()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if not self.count:
            self._path.unlink(missing_ok=True)

    @property
    def count(self) -> int:
        """Comments so far."""
        return sum(map(len, self._comments.values()))

    def add(self, page: Page) -> int:
        """Keep a page; return how many of its comments are new."""
        new = self._take(page)
        self._file.write(encode(page) + b"\n")
        self._file.flush()
        return new

    def _take(self, page: Page) -> int:
        before, self.total, self.sample = self.count, page.total, page.sample
        self.rest = {} if self.rest is None else self.rest
        for thread in page.threads:
            name = (thread.id, thread.fork)
            known = self._comments.setdefault(name, {})
            new = {c["no"]: encode(c) for c in thread.comments if c["no"] not in known}
            known.update(new)
            asked = self.rest.pop(name, None)
            moments = sorted(map(_posted, thread.comments))
            crowded = len(moments) >= _CROWD and moments[-1] - moments[0] <= 1
            if not page.sample and (new or crowded):
                # Whether ``when`` itself is before ``when`` is nowhere written.
                older = moments[0] + 1
                self.rest[name] = older if asked is None else min(older, asked - 1)
        return self.count - before

    def publish(self, target: Path) -> None:
        """Write the comments as one nvComment document, and forget the pages."""
        totals: dict[str, int] = {}
        for (name, _), comments in self._comments.items():
            totals[name] = totals.get(name, 0) + len(comments)
        global_comments = [{"id": name, "count": count} for name, count in totals.items()]
        with published(target) as temporary, temporary.open("wb") as file:
            head = {"meta": {"status": 200}, "data": {"globalComments": global_comments}}
            file.write(encode(head)[:-2] + b',"threads":[\n')
            for number, piece in enumerate(self._pieces()):
                file.write(b",\n" * bool(number) + encode(piece))
            file.write(b"\n]}}\n")
        self._path.unlink()

    def _pieces(self) -> Iterator[dict[str, Any]]:
        for (name, fork), comments in sorted(self._comments.items()):
            numbers = sorted(comments)
            for begin in range(0, len(numbers), _PIECE):
                part = numbers[begin : begin + _PIECE]
                piece = [msgspec.Raw(comments[number]) for number in part]
                yield {"id": name, "fork": fork, "commentCount": len(numbers), "comments": piece}

    def _go_on(self) -> None:
        self._file.seek(0)
        whole = 0
        for line in self._file:
            try:
                self._take(msgspec.json.decode(line, type=Page))
            except msgspec.DecodeError:
                break
            whole += len(line)
        self._file.truncate(whole)  # the line at which the last run was killed


def page_back(server: CommentServer, pages: Pages, most: int, since: int | None) -> Iterator[int]:
    """Ask page after page until all are there, ``most``, or those since a unix time.

    Yields the number of new comments of each page.
    """
    if pages.rest is None:
        yield pages.add(server.page(server.threads, int(time.time())))
    while pages.rest and pages.count < most:
        thread, when = max(pages.rest.items(), key=lambda item: item[1])
        if since is not None and when <= since:
            return
        yield pages.add(server.page([thread], when))


def _posted(comment: dict[str, Any]) -> int:
    return int(datetime.fromisoformat(comment["postedAt"]).timestamp())
