"""Niconico's comments: the newest of each thread, then page by page back in time.

The watch API names a video's threads and gives a key, with which the comment server answers
up to about a thousand comments of each, written before the moment ``when``.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from pipeline.errors import ExitCode, PipelineError
from pipeline.fetching.web import Answer, Web

SITE = "https://www.nicovideo.jp"
API = "https://nvapi.nicovideo.jp"

_FRONTEND = {"X-Frontend-Id": "6", "X-Frontend-Version": "0"}
_OLD_KEY = {400, 401, 403}


class Thread(msgspec.Struct):
    """What the server gave of one thread."""

    id: str
    fork: str
    comments: list[dict[str, Any]]
    """As they came, the fields ``no`` and ``postedAt`` among them."""


class Page(msgspec.Struct):
    """One answer."""

    threads: list[Thread]
    total: int
    """Comments that the server counts in all threads."""


class CommentServer:
    """Where the comments of one video are asked for."""

    def __init__(
        self, web: Web, video: str, signed_in: bool, site: str = SITE, api: str = API
    ) -> None:
        """``video`` is its id, such as ``sm9``. Raises PipelineError FETCH_FAILED."""
        self._web, self._video, self._api = web, video, api
        self._headers = {
            **_FRONTEND,
            "Content-Type": "text/plain;charset=UTF-8",
            "Origin": site,
            "Referer": f"{site}/",
            "X-Client-Os-Type": "others",
        }
        kind = "v3" if signed_in else "v3_guest"
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

    def page(self, threads: Sequence[tuple[str, str]], when: int | None) -> Page:
        """The newest comments of ``threads``, written before ``when`` (unix seconds).

        Raises PipelineError FETCH_FAILED.
        """
        answer = self._ask(threads, when)
        if answer.status in _OLD_KEY:
            keys = f"{self._api}/v1/comment/keys/thread?videoId={self._video}"
            renewed = self._web.ask(keys, _FRONTEND)
            try:
                self._key = str(renewed.content["data"]["threadKey"])
            except (TypeError, KeyError):
                raise _refused("the comment server wants another key", renewed) from None
            answer = self._ask(threads, when)
        try:
            data = answer.content["data"]
            found = msgspec.convert(data["threads"], list[Thread])
            for comment in (comment for thread in found for comment in thread.comments):
                int(comment["no"]), str(comment["postedAt"])
            return Page(found, sum(int(thread["count"]) for thread in data["globalComments"]))
        except (TypeError, KeyError, ValueError):
            raise _refused("the comment server refuses", answer) from None

    def _ask(self, threads: Sequence[tuple[str, str]], when: int | None) -> Answer:
        targets = [{"id": name, "fork": fork} for name, fork in threads]
        body = {
            "params": self._params | {"targets": targets},
            "threadKey": self._key,
            "additionals": {} if when is None else {"when": when, "res_from": -1000},
        }
        return self._web.ask(f"{self._server}/v1/threads", self._headers, body)


def _refused(problem: str, answer: Answer) -> PipelineError:
    meta = answer.content.get("meta") if isinstance(answer.content, dict) else None
    reason = meta.get("errorCode") if isinstance(meta, dict) else None
    return PipelineError(
        ExitCode.FETCH_FAILED,
        f"{problem} ({reason or f'status {answer.status}'})",
        "Open the video in a browser to see whether it still shows comments, or needs a login",
    )
