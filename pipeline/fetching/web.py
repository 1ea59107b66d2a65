"""Requests to a site's own interfaces: one at a time, patient, and told apart from a browser's."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
from yt_dlp import YoutubeDL
from yt_dlp.networking import Request
from yt_dlp.networking.exceptions import HTTPError, RequestError

from pipeline.errors import ExitCode, PipelineError

PAUSE = 1.0
"""Seconds between two requests."""

_TRIES = 6
_FIRST_WAIT = 2.0  # seconds; each next one is twice as long
_LONGEST_WAIT = 120.0
_TRY_AGAIN = {429, 500, 502, 503, 504}

log = logging.getLogger("yajiuma")


class Answer(NamedTuple):
    """What a server said."""

    status: int
    content: Any
    """Decoded JSON; None where it is none."""


class Web:
    """JSON over HTTP with the cookies and proxies of a YoutubeDL."""

    def __init__(self, youtube_dl: YoutubeDL, sleep: Callable[[float], None] = time.sleep) -> None:
        self._open = youtube_dl.urlopen
        self._sleep = sleep
        self._asked = False

    def ask(self, url: str, headers: Mapping[str, str], body: Any = None) -> Answer:
        """GET, or POST ``body`` as JSON; what fails for a while is tried again, ever later.

        Raises PipelineError FETCH_FAILED when the server stays out of reach, overloaded, or
        asks to come back much later.
        """
        if self._asked:
            self._sleep(PAUSE)
        self._asked = True
        agent = {"User-Agent": "Yajiuma", **headers}
        data = None if body is None else msgspec.json.encode(body)
        wait, why = _FIRST_WAIT, ""
        for attempt in range(_TRIES):
            if attempt:
                log.info("%s; trying again in %.0f s", why, wait)
                self._sleep(wait)
            try:
                with self._open(Request(url, data=data, headers=agent)) as response:
                    return Answer(200, msgspec.json.decode(response.read()))
            except HTTPError as error:
                if error.status not in _TRY_AGAIN:
                    return Answer(error.status, _json(error))
                why = f"the server answered {error.status}"
                asked_for = _retry_after(error)
                wait = _FIRST_WAIT * 2**attempt if asked_for is None else asked_for
                if wait > _LONGEST_WAIT:
                    break
            except (RequestError, msgspec.DecodeError) as error:  # cut off in the middle, too
                why, wait = f"no answer ({error})", _FIRST_WAIT * 2**attempt
        raise PipelineError(
            ExitCode.FETCH_FAILED,
            f"gave up asking {Request(url).url.partition('?')[0]}: {why}",
            "Run again later to go on where this ended",
        )


def _retry_after(error: HTTPError) -> float | None:
    seconds = error.response.headers.get("Retry-After") or ""
    return float(seconds) if seconds.isdigit() else None


def _json(error: HTTPError) -> Any:
    try:
        return msgspec.json.decode(error.response.read())
    except (msgspec.DecodeError, RequestError, OSError):
        return None
