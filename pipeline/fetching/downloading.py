"""A video through yt-dlp, and what it tells of its comments."""

from __future__ import annotations

import io
import netrc
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.utils import YoutubeDLError

from pipeline.media.ffmpeg import ffmpeg_path
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error
from pipeline.runtime.logs import log

COOKIES, NETRC = "YAJIUMA_COOKIES", "YAJIUMA_NETRC"
USER, PASSWORD = "YAJIUMA_USER", "YAJIUMA_PASSWORD"
"""Environment variables: paths of a Netscape cookies file and of a netrc, or the login itself."""

_HEIGHT = 720  # pixels; the networks see 224
_COLORS = re.compile(r"\x1b\[[\d;]*m")
_COOKIE = re.compile(
    r"(?:#HttpOnly_)?([^#\t]+)\t[^\t]*(\t[^\t]*\t[^\t]*\t(?:\d+(?:\.\d+)?)?\t[^\t]*\t[^\t]*)"
)
"""Domain, whether it begins with a dot; path, whether secure, end in unix time, name, value."""
_WRITING = re.compile("unable to (open for writing|write data|download video):", re.IGNORECASE)
_SECONDS_BETWEEN_LINES = 30.0


@contextmanager
def youtube_dl(folder: Path) -> Iterator[YoutubeDL]:
    """A YoutubeDL that saves into ``folder``, with the user's credentials.

    What goes wrong in the block becomes PipelineError FETCH_FAILED.
    """
    options: dict[str, Any] = {
        "format": f"bv*[height<={_HEIGHT}]+ba/b[height<={_HEIGHT}]/bv*+ba/b",
        "merge_output_format": "mp4",
        "outtmpl": str(folder).replace("%", "%%") + "/%(id)s.%(ext)s",
        "ffmpeg_location": ffmpeg_path(),
        "noplaylist": True,
        "extract_flat": "in_playlist",
        "subtitleslangs": ["danmaku"],
        "quiet": True,
        "noprogress": True,
        "logger": _Listener(),
        "progress_hooks": [_Progress()],
        **_credentials(),
    }
    try:
        with YoutubeDL(options) as dl:
            yield dl
    except YoutubeDLError as error:
        raise _failed(error) from None


def _credentials() -> dict[str, Any]:
    found: dict[str, Any] = {}
    if path := os.environ.get(COOKIES):
        # In memory, for yt-dlp writes cookies back to where it read them.
        found["cookiefile"] = io.StringIO(_cookies(_secret(path, COOKIES)))
    if path := os.environ.get(NETRC):
        _check_netrc(path)
        found |= {"usenetrc": True, "netrc_location": path}
    if os.environ.get(USER):
        found |= {"username": os.environ[USER], "password": os.environ.get(PASSWORD, "")}
    return found


def _secret(path: str, variable: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PipelineError(
            ExitCode.FETCH_FAILED,
            f"{variable} names a file that cannot be read",
            f"Put the path of the file into {variable}",
        ) from None


def _cookies(text: str) -> str:
    """The cookies of a file so that yt-dlp finds no fault, of which it would print the line."""
    cookies = ["# Netscape HTTP Cookie File"]
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or (line.startswith("#") and not line.startswith("#HttpOnly_")):
            continue
        cookie = _COOKIE.fullmatch(line)
        if cookie is None:
            raise PipelineError(
                ExitCode.FETCH_FAILED,
                f"line {number} of the file that {COOKIES} names is no cookie",
                "Export the file anew in Netscape's form, often called cookies.txt",
            )
        domain, rest = cookie.groups()
        cookies.append(f"{domain}\t{str(domain.startswith('.')).upper()}{rest}")
    return "\n".join(cookies) + "\n"


def _check_netrc(path: str) -> None:
    """Raise PipelineError for a fault, which yt-dlp would print with the word at fault."""
    _secret(path, NETRC)
    try:
        netrc.netrc(Path(path).expanduser())
    except netrc.NetrcParseError as error:
        raise PipelineError(
            ExitCode.FETCH_FAILED,
            f"the file that {NETRC} names has a fault near line {error.lineno}",
            "Write `machine niconico login NAME password WORD`, quoted where they hold spaces",
        ) from None


def _failed(error: YoutubeDLError) -> PipelineError:
    if _WRITING.search(str(error)) and (known := from_os_error(error)):
        return known
    said = _COLORS.sub("", str(error)).removeprefix("ERROR: ")
    said = re.split(r"\. |; please| \(caused by", said)[0]
    if re.search(
        "log ?in|sign in|account|cookies|private|member|premium", str(error), re.IGNORECASE
    ):
        remedy = f"If your account may see it, put the path of its cookies file into {COOKIES}"
    elif "Unsupported URL" in said:
        remedy = "Give the address of a page with a video on it"
    else:
        remedy = "Open the address in a browser to see whether the video plays; run again to go on"
    return PipelineError(ExitCode.FETCH_FAILED, " ".join(said.split()), remedy)


class _Listener:
    """Takes what yt-dlp says."""

    def debug(self, message: str) -> None:
        """Every step; not shown."""

    def warning(self, message: str) -> None:
        log.info("%s", _COLORS.sub("", message))

    def error(self, message: str) -> None:
        """Comes as an exception, too."""


class _Progress:
    """A bar on a terminal, now and then a line elsewhere."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._told = time.monotonic()

    def __call__(self, state: dict[str, Any]) -> None:
        from tqdm import tqdm

        done = int(state.get("downloaded_bytes") or 0)
        total = state.get("total_bytes") or state.get("total_bytes_estimate")
        if sys.stderr.isatty():
            if self._bar is None:
                self._bar = tqdm(desc="fetch", unit="B", unit_scale=True, leave=False)
            self._bar.total = total
            self._bar.update(done - self._bar.n)
            if state["status"] != "downloading":
                self._bar.close()
                self._bar = None
        elif time.monotonic() - self._told > _SECONDS_BETWEEN_LINES:
            self._told = time.monotonic()
            log.info("%.0f of %s MB", done / 1e6, f"{total / 1e6:.0f}" if total else "?")
