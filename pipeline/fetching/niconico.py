"""Niconico's comments: page by page back in time.

The watch API lists a video's threads and returns a key. With it the comment server returns up to
about a thousand comments of each thread, written before the moment ``when``, to users who are
logged in. A request without ``when`` returns some thousand comments of the video's whole life
(github.com/Hayao-H/Niconicome/issues/677): one cannot page on from there, but it is all that guests
get (github.com/AlexAplin/nndownload/pull/206).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from pipeline.fetching.web import Response, Web
from pipeline.runtime.errors import ExitCode, PipelineError

SITE = "https://www.nicovideo.jp"
API = "https://nvapi.nicovideo.jp"

_FRONTEND = {"X-Frontend-Id": "6", "X-Frontend-Version": "0"}
_OLD_KEY, _NO_LOGIN = "EXPIRED_TOKEN", "INVALID_TOKEN"


class Thread(msgspec.Struct):
    """Comments of one thread."""

    id: str
    fork: str
    comments: list[dict[str, Any]]
    """As the server sends them, with at least the fields ``no`` and ``postedAt``."""


class _Comment(msgspec.Struct, rename="camel"):
    """The fields of a comment that are used here."""

    no: int
    posted_at: datetime


class Page(msgspec.Struct):
    """One response of the comment server."""

    threads: list[Thread]
    total: int
    """Comments in all threads, by the server's count."""
    sample: bool = False
    """Whether these are a sample of the video's whole life, and not those before a moment."""


class CommentServer:
    """The comment server, for one video."""

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
        response = web.request(f"{site}/api/watch/{kind}/{video}?actionTrackId={track}", _FRONTEND)
        try:
            access = response.content["data"]["comment"]["nvComment"]
            self._server: str = access["server"]
            self._key: str = access["threadKey"]
            self._params: dict[str, Any] = access["params"]
            self.threads = [(str(t["id"]), str(t["fork"])) for t in self._params["targets"]]
        except (TypeError, KeyError):
            raise _refused(f"{video} has no comments to fetch", response) from None

    def page(self, threads: Sequence[tuple[str, str]], when: int) -> Page:
        """The newest comments of ``threads`` that were written before ``when`` (unix seconds).

        A guest may get a sample instead. Raises PipelineError FETCH_FAILED.
        """
        past = {"when": when, "res_from": -1000}
        response = self._request(threads, past)
        if response.error_code == _OLD_KEY:
            keys = f"{self._api}/v1/comment/keys/thread?videoId={self._video}"
            renewed = self._web.request(keys, _FRONTEND)
            try:
                self._key = str(renewed.content["data"]["threadKey"])
            except (TypeError, KeyError):
                raise _refused("the comment server wants a new key", renewed) from None
            response = self._request(threads, past)
        sample = response.error_code == _NO_LOGIN and self._guest
        if sample:
            response = self._request(threads, {})
        try:
            data = response.content["data"]
            received = msgspec.convert(data["threads"], list[Thread])
            for comment in (comment for thread in received for comment in thread.comments):
                msgspec.convert(comment, _Comment)
            total = sum(int(thread["count"]) for thread in data["globalComments"])
            return Page(received, total, sample)
        except (TypeError, KeyError, ValueError):
            raise _refused("the comment server refuses", response) from None

    def _request(self, threads: Sequence[tuple[str, str]], past: dict[str, int]) -> Response:
        targets = [{"id": name, "fork": fork} for name, fork in threads]
        body = {
            "params": self._params | {"targets": targets},
            "threadKey": self._key,
            "additionals": past,
        }
        return self._web.request(f"{self._server}/v1/threads", self._headers, body)


def _refused(problem: str, response: Response) -> PipelineError:
    return PipelineError(
        ExitCode.FETCH_FAILED,
        f"{problem} ({response.error_code or f'status {response.status}'})",
        "Open the video in a browser to see whether it still has comments, or needs a login",
    )
