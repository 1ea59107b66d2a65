"""Requests to a site's own interfaces: one at a time, patient, and told apart from a browser's."""

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
_FIRST_WAIT = 2.0  # seconds; each next one is twice as long
_COOL_DOWN = 70.0
"""Seconds after "too many requests"; Niconico counts them by the minute."""
_LONGEST_WAIT = 300.0
_TOO_MANY = 429
_TRY_AGAIN = {_TOO_MANY, 500, 502, 503, 504}


class Answer(NamedTuple):
    """What a server said."""

    status: int
    content: Any
    """Decoded JSON; None where it is none."""
    retry_after: float | None = None
    """Seconds for which the server wants to be left alone."""

    @property
    def fault(self) -> str | None:
        """What the server calls it, such as ``EXPIRED_TOKEN``."""
        meta = self.content.get("meta") if isinstance(self.content, dict) else None
        return meta.get("errorCode") if isinstance(meta, dict) else None


class Web:
    """JSON over HTTP with the cookies and proxies of a YoutubeDL."""

    def __init__(self, youtube_dl: YoutubeDL, sleep: Callable[[float], None] = time.sleep) -> None:
        self._open = youtube_dl.urlopen
        self._cookies = youtube_dl.cookiejar
        self._sleep = sleep
        self._asked = False

    def has_cookie(self, name: str) -> bool:
        """Whether there is a cookie ``name``, of any site."""
        return any(cookie.name == name for cookie in self._cookies)

    def ask(self, url: str, headers: Mapping[str, str], body: Any = None) -> Answer:
        """GET, or POST ``body`` as JSON; what fails for a while is tried again, ever later.

        Raises PipelineError FETCH_FAILED when the server stays out of reach, overloaded, or
        asks to come back much later.
        """
        if self._asked:
            self._sleep(PAUSE)
        self._asked = True
        headers = {"User-Agent": "Yajiuma", **headers}
        data = None if body is None else msgspec.json.encode(body)
        wait, why = _FIRST_WAIT, ""
        for attempt in range(_TRIES):
            if attempt:
                log.info("%s; trying again in %.0f s", why, wait)
                self._sleep(wait)
            try:
                answer = self._once(Request(url, data=data, headers=headers))
            except (RequestError, msgspec.DecodeError) as error:  # cut off in the middle, too
                why, wait = f"no answer ({error})", _FIRST_WAIT * 2**attempt
                continue
            if answer.status not in _TRY_AGAIN:
                return answer
            why = f"the server answered {answer.status}"
            first = _COOL_DOWN if answer.status == _TOO_MANY else _FIRST_WAIT
            wait = answer.retry_after or first * 2**attempt
            if wait > _LONGEST_WAIT:
                why += f" and wants {wait:.0f} s of peace"
                break
        raise PipelineError(
            ExitCode.FETCH_FAILED,
            f"gave up asking {Request(url).url.partition('?')[0]}: {why}",
            "Run again later to go on where this ended",
        )

    def _once(self, request: Request) -> Answer:
        try:
            with self._open(request) as response:
                answer = Answer(200, msgspec.json.decode(response.read()))
        except HTTPError as error:
            answer = Answer(error.status, _json(error), _retry_after(error))
        busy = answer.fault == "TOO_MANY_REQUESTS"
        return answer._replace(status=_TOO_MANY) if busy else answer


def _retry_after(error: HTTPError) -> float | None:
    """Seconds, which the header gives as such or as a date (RFC 9110, 10.2.3)."""
    said = error.response.headers.get("Retry-After") or ""
    try:
        if said.isdigit():
            return float(said)
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None


def _json(error: HTTPError) -> Any:
    try:
        return msgspec.json.decode(error.response.read())
    except (msgspec.DecodeError, RequestError, OSError):
        return None
