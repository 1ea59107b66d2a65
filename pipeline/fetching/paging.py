"""Comments fetched page by page, kept on disk so that an interrupted run can be resumed."""

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

_BATCH = 1000
"""Comments of a thread written as one object: readers hold one object at a time."""
_MAX_PER_MOMENT = 100
"""From so many comments of one moment on, a page without new ones may still hide older ones."""

_Name = tuple[str, str]
"""A thread's id and fork."""


class Pages:
    """The comments of one video so far, in a partial file until all have come."""

    def __init__(self, partial: Path) -> None:
        """Resume ``partial`` if it exists. Raises PipelineError BUSY."""
        self._path = partial
        self._comments: dict[_Name, dict[int, bytes]] = {}  # JSON takes 2/5 of the memory
        self.rest: dict[_Name, int] | None = None
        """For each thread that may have older comments, the moment (unix seconds) before which to
        look for them; None before the first page."""
        self.total = 0
        """Comments by the server's count."""
        self.sample = False
        """Whether the server only returned a sample, from which one cannot go further back."""
        self._file = partial.open("a+b")
        try:
            alone = try_lock(self._file, partial)
        except PipelineError:
            self._file.close()
            raise
        if not alone:
            self._file.close()
            raise PipelineError(ExitCode.BUSY, f"another run is writing {partial}", "Let it end")
        self._resume()

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
            requested = self.rest.pop(name, None)
            moments = sorted(map(_posted, thread.comments))
            same_moment = len(moments) >= _MAX_PER_MOMENT and moments[-1] - moments[0] <= 1
            if not page.sample and (new or same_moment):
                # It is undocumented whether ``when`` includes its own second: ask for it again.
                older = moments[0] + 1
                self.rest[name] = older if requested is None else min(older, requested - 1)
        return self.count - before

    def publish(self, target: Path) -> None:
        """Write the comments as one nvComment document, and remove the partial file."""
        totals: dict[str, int] = {}
        for (name, _), comments in self._comments.items():
            totals[name] = totals.get(name, 0) + len(comments)
        global_comments = [{"id": name, "count": count} for name, count in totals.items()]
        with published(target) as temporary, temporary.open("wb") as file:
            head = {"meta": {"status": 200}, "data": {"globalComments": global_comments}}
            file.write(encode(head)[:-2] + b',"threads":[\n')
            for number, batch in enumerate(self._batches()):
                file.write(b",\n" * bool(number) + encode(batch))
            file.write(b"\n]}}\n")
        self._path.unlink()

    def _batches(self) -> Iterator[dict[str, Any]]:
        for (name, fork), comments in sorted(self._comments.items()):
            numbers = sorted(comments)
            for begin in range(0, len(numbers), _BATCH):
                part = numbers[begin : begin + _BATCH]
                batch = [msgspec.Raw(comments[number]) for number in part]
                yield {"id": name, "fork": fork, "commentCount": len(numbers), "comments": batch}

    def _resume(self) -> None:
        self._file.seek(0)
        whole = 0
        for line in self._file:
            try:
                self._take(msgspec.json.decode(line, type=Page))
            except msgspec.DecodeError:
                break
            whole += len(line)
        self._file.truncate(whole)  # without the line at which the last run was killed


def page_back(server: CommentServer, pages: Pages, limit: int, since: int | None) -> Iterator[int]:
    """Request page after page up to ``limit`` comments, or back to ``since`` (unix seconds).

    Yields the number of new comments of each page.
    """
    if pages.rest is None:
        yield pages.add(server.page(server.threads, int(time.time())))
    while pages.rest and pages.count < limit:
        thread, when = max(pages.rest.items(), key=lambda item: item[1])
        if since is not None and when <= since:
            return
        yield pages.add(server.page([thread], when))


def _posted(comment: dict[str, Any]) -> int:
    return int(datetime.fromisoformat(comment["postedAt"]).timestamp())
