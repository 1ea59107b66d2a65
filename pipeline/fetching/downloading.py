"""Downloading videos with yt-dlp, with the user's credentials."""

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
"""Domain, flag of a leading dot; path, secure, expiry in unix time, name, value."""
_WRITING = re.compile("unable to (open for writing|write data|download video):", re.IGNORECASE)
_SECONDS_BETWEEN_LINES = 30.0


@contextmanager
def youtube_dl(folder: Path) -> Iterator[YoutubeDL]:
    """A YoutubeDL that saves into ``folder``, with the user's credentials.

    Errors of yt-dlp in the block become PipelineError FETCH_FAILED.
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
        "logger": _Logger(),
        "progress_hooks": [_Progress()],
        **_credentials(),
    }
    try:
        with YoutubeDL(options) as dl:
            yield dl
    except YoutubeDLError as error:
        raise _failed(error) from None


def _credentials() -> dict[str, Any]:
    options: dict[str, Any] = {}
    if path := os.environ.get(COOKIES):
        # From memory, as yt-dlp would write its cookies back to the file.
        options["cookiefile"] = io.StringIO(_cookies(_secret(path, COOKIES)))
    if path := os.environ.get(NETRC):
        _check_netrc(path)
        options |= {"usenetrc": True, "netrc_location": path}
    if os.environ.get(USER):
        options |= {"username": os.environ[USER], "password": os.environ.get(PASSWORD, "")}
    return options


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
    """The cookies of a file, checked: yt-dlp would print a faulty line, which is a secret."""
    cookies = ["# Netscape HTTP Cookie File"]
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or (line.startswith("#") and not line.startswith("#HttpOnly_")):
            continue
        cookie = _COOKIE.fullmatch(line)
        if cookie is None:
            raise PipelineError(
                ExitCode.FETCH_FAILED,
                f"line {number} of the file that {COOKIES} names is not a cookie",
                "Export the file again in Netscape's format, often called cookies.txt",
            )
        domain, rest = cookie.groups()
        cookies.append(f"{domain}\t{str(domain.startswith('.')).upper()}{rest}")
    return "\n".join(cookies) + "\n"


def _check_netrc(path: str) -> None:
    """Raise PipelineError for a faulty file, of which yt-dlp would print a word."""
    _secret(path, NETRC)
    try:
        netrc.netrc(Path(path).expanduser())
    except netrc.NetrcParseError as error:
        raise PipelineError(
            ExitCode.FETCH_FAILED,
            f"the file that {NETRC} names has an error near line {error.lineno}",
            "Write `machine niconico login NAME password WORD`, quoted where they hold spaces",
        ) from None


def _failed(error: YoutubeDLError) -> PipelineError:
    if _WRITING.search(str(error)) and (known := from_os_error(error)):
        return known
    message = _COLORS.sub("", str(error)).removeprefix("ERROR: ")
    message = re.split(r"\. |; please| \(caused by", message)[0]
    if re.search(
        "log ?in|sign in|account|cookies|private|member|premium", str(error), re.IGNORECASE
    ):
        remedy = f"If your account may watch it, put the path of its cookies file into {COOKIES}"
    elif "Unsupported URL" in message:
        remedy = "Give the address of a page with a video on it"
    else:
        remedy = "Open the address in a browser to see whether the video plays; run again to go on"
    return PipelineError(ExitCode.FETCH_FAILED, " ".join(message.split()), remedy)


class _Logger:
    """Takes the messages of yt-dlp."""

    def debug(self, message: str) -> None:
        """Drop the message: there is one for every step."""

    def warning(self, message: str) -> None:
        log.info("%s", _COLORS.sub("", message))

    def error(self, message: str) -> None:
        """Drop the message: it also comes as an exception."""


class _Progress:
    """A progress bar on a terminal, and a line now and then elsewhere."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._logged_at = time.monotonic()

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
        elif time.monotonic() - self._logged_at > _SECONDS_BETWEEN_LINES:
            self._logged_at = time.monotonic()
            log.info("%.0f of %s MB", done / 1e6, f"{total / 1e6:.0f}" if total else "?")
