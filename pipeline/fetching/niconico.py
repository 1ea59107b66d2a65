"""Niconico's comments: page by page back in time.

The watch API names a video's threads and gives a key, with which the comment server answers
up to about a thousand comments of each, written before the moment ``when``. That is for those
who are logged in. To a question without ``when`` it answers some thousand comments out of the
video's whole life (github.com/Hayao-H/Niconicome/issues/677), which is no place to page from,
but all there is for guests (github.com/AlexAplin/nndownload/pull/206).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from pipeline.fetching.web import Answer, Web
from pipeline.runtime.errors import ExitCode, PipelineError

SITE = "https://www.nicovideo.jp"
API = "https://nvapi.nicovideo.jp"

_FRONTEND = {"X-Frontend-Id": "6", "X-Frontend-Version": "0"}
_OLD_KEY, _NO_LOGIN = "EXPIRED_TOKEN", "INVALID_TOKEN"


class Thread(msgspec.Struct):
    """What the server gave of one thread."""

    id: str
    fork: str
    comments: list[dict[str, Any]]
    """As they came, the fields ``no`` and ``postedAt`` among them."""


class _Comment(msgspec.Struct, rename="camel"):
    """What every comment has, for all that is done with it here."""

    no: int
    posted_at: datetime


class Page(msgspec.Struct):
    """One answer."""

    threads: list[Thread]
    total: int
    """Comments that the server counts in all threads."""
    sample: bool = False
    """Whether these are out of the video's whole life instead of before a moment."""


class CommentServer:
    """Where the comments of one video are asked for."""

    def __init__(self, web: Web, video: str, site: str = SITE, api: str = API) -> None:
        """``video`` is its id, such as ``sm9``. Raises PipelineError FETCH_FAILED."""
        self._web, self._video, self._api = web, video, api
        self._guest = not web.has_cookie("user_session")
        self._headers = {
            **_FRONTEND,
            "Content-Type": "text/plain;charset=UTF-8",
            "Origin": site,
            "Referer": f"{site}/",
            "X-Client-Os-Type": "others",
        }
        kind = "v3_guest" if self._guest else "v3"
        track = f"AAAAAAAAAA_{round(time.time() * 1000)}"
        answer = web.ask(f"{site}/api/watch/{kind}/{video}?actionTrackId={track}", _FRONTEND)
        try:
            access = answer.content["data"]["comment"]["nvComment"]
            self._server: str = access["server"]
            self._key: str = access["threadKey"]
            self._params: dict[str, Any] = access["params"]
            self.threads = [(str(t["id"]), str(t["fork"])) for t in self._params["targets"]]
        except (TypeError, KeyError):
            raise _refused(f"{video} has no comments to fetch", answer) from None

    def page(self, threads: Sequence[tuple[str, str]], when: int) -> Page:
        """The newest comments of ``threads``, written before ``when`` (unix seconds).

        A guest may get a sample instead. Raises PipelineError FETCH_FAILED.
        """
        past = {"when": when, "res_from": -1000}
        answer = self._ask(threads, past)
        if answer.fault == _OLD_KEY:
            keys = f"{self._api}/v1/comment/keys/thread?videoId={self._video}"
            renewed = self._web.ask(keys, _FRONTEND)
            try:
                self._key = str(renewed.content["data"]["threadKey"])
            except (TypeError, KeyError):
                raise _refused("the comment server wants another key", renewed) from None
            answer = self._ask(threads, past)
        sample = answer.fault == _NO_LOGIN and self._guest
        if sample:
            answer = self._ask(threads, {})
        try:
            data = answer.content["data"]
            found = msgspec.convert(data["threads"], list[Thread])
            for comment in (comment for thread in found for comment in thread.comments):
                msgspec.convert(comment, _Comment)
            total = sum(int(thread["count"]) for thread in data["globalComments"])
            return Page(found, total, sample)
        except (TypeError, KeyError, ValueError):
            raise _refused("the comment server refuses", answer) from None

    def _ask(self, threads: Sequence[tuple[str, str]], past: dict[str, int]) -> Answer:
        targets = [{"id": name, "fork": fork} for name, fork in threads]
        body = {
            "params": self._params | {"targets": targets},
            "threadKey": self._key,
            "additionals": past,
        }
        return self._web.ask(f"{self._server}/v1/threads", self._headers, body)


def _refused(problem: str, answer: Answer) -> PipelineError:
    return PipelineError(
        ExitCode.FETCH_FAILED,
        f"{problem} ({answer.fault or f'status {answer.status}'})",
        "Open the video in a browser to see whether it still shows comments, or needs a login",
    )
