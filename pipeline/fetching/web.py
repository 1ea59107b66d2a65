"""Requests to a site's own API: one at a time, patient, and recognisable as not a browser's."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import msgspec
from yt_dlp import YoutubeDL
from yt_dlp.networking import Request
from yt_dlp.networking.exceptions import HTTPError, RequestError

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.logs import log

PAUSE = 1.0
"""Seconds between two requests."""

_TRIES = 6
_FIRST_WAIT = 2.0  # seconds; doubled after each attempt
_COOL_DOWN = 70.0
"""Seconds to wait after "too many requests": Niconico counts them by the minute."""
_MAX_WAIT = 300.0
_TOO_MANY_REQUESTS = 429
_TRANSIENT = {_TOO_MANY_REQUESTS, 500, 502, 503, 504}


class Response(NamedTuple):
    """A server's response."""

    status: int
    content: Any
    """Decoded JSON; None if it is not JSON."""
    retry_after: float | None = None
    """Seconds to wait, if the server says so."""

    @property
    def error_code(self) -> str | None:
        """The server's own code, such as ``EXPIRED_TOKEN``."""
        meta = self.content.get("meta") if isinstance(self.content, dict) else None
        return meta.get("errorCode") if isinstance(meta, dict) else None


class Web:
    """JSON over HTTP with the cookies and proxies of a YoutubeDL."""

    def __init__(self, youtube_dl: YoutubeDL, sleep: Callable[[float], None] = time.sleep) -> None:
        self._open = youtube_dl.urlopen
        self._cookies = youtube_dl.cookiejar
        self._sleep = sleep
        self._has_requested = False

    def has_cookie(self, name: str) -> bool:
        """Whether there is a cookie ``name``, of any site."""
        return any(cookie.name == name for cookie in self._cookies)

    def request(self, url: str, headers: Mapping[str, str], body: Any = None) -> Response:
        """GET, or POST ``body`` as JSON; transient failures are retried after ever longer waits.

        Raises PipelineError FETCH_FAILED if the server stays out of reach or overloaded, or
        wants too long a wait.
        """
        if self._has_requested:
            self._sleep(PAUSE)
        self._has_requested = True
        headers = {"User-Agent": "Yajiuma", **headers}
        data = None if body is None else msgspec.json.encode(body)
        wait, reason = _FIRST_WAIT, ""
        for attempt in range(_TRIES):
            if attempt:
                log.info("%s; trying again in %.0f s", reason, wait)
                self._sleep(wait)
            try:
                response = self._once(Request(url, data=data, headers=headers))
            except (RequestError, msgspec.DecodeError) as error:  # the latter if it is cut off
                reason, wait = f"no answer ({error})", _FIRST_WAIT * 2**attempt
                continue
            if response.status not in _TRANSIENT:
                return response
            reason = f"the server answered {response.status}"
            first = _COOL_DOWN if response.status == _TOO_MANY_REQUESTS else _FIRST_WAIT
            wait = response.retry_after or first * 2**attempt
            if wait > _MAX_WAIT:
                reason += f" and wants a pause of {wait:.0f} s"
                break
        raise PipelineError(
            ExitCode.FETCH_FAILED,
            f"gave up on {Request(url).url.partition('?')[0]}: {reason}",
            "Run again later to resume where this ended",
        )

    def _once(self, request: Request) -> Response:
        try:
            with self._open(request) as stream:
                response = Response(200, msgspec.json.decode(stream.read()))
        except HTTPError as error:
            response = Response(error.status, _json(error), _retry_after(error))
        busy = response.error_code == "TOO_MANY_REQUESTS"
        return response._replace(status=_TOO_MANY_REQUESTS) if busy else response


def _retry_after(error: HTTPError) -> float | None:
    """Seconds; the header has these or a date (RFC 9110, 10.2.3)."""
    value = error.response.headers.get("Retry-After") or ""
    try:
        if value.isdigit():
            return float(value)
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _json(error: HTTPError) -> Any:
    try:
        return msgspec.json.decode(error.response.read())
    except (msgspec.DecodeError, RequestError, OSError):
        return None
