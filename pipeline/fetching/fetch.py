"""`make fetch`: a video with its comments, from the page where people watch it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from yt_dlp import YoutubeDL
from yt_dlp.extractor.niconico import NiconicoIE

from pipeline.fetching.downloading import COOKIES, youtube_dl
from pipeline.fetching.niconico import CommentServer
from pipeline.fetching.paging import Pages, page_back
from pipeline.fetching.web import Web
from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.progress import track

DEFAULT_LIMIT = 20_000
"""Comments fetched by default; the article's video had 420,000."""

_NAMED_BY_PATH = {"Generic", "HTML5MediaEmbed"}
"""yt-dlp's extractors whose ids, such as ``video``, are not unique among sites."""
_JAPAN = timezone(timedelta(hours=9))


class Fetched(NamedTuple):
    """The files of a fetched video."""

    video: Path
    comments: Path | None
    notes: list[str]
    """Lines for people."""


def fetch(url: str, folder: Path, limit: int | None = None, since: date | None = None) -> Fetched:
    """Download a video to ``folder`` as ``ID.mp4``, and its comments beside it.

    From Niconico come the newest comments and then older ones, up to ``limit``, or all
    ``since`` a day in Japan; without either, DEFAULT_LIMIT. From other sites comes whatever
    yt-dlp finds. Existing files are kept, and an interrupted run is resumed. Raises
    PipelineError: FETCH_FAILED, USAGE, BUSY.
    """
    _check(url)
    if limit is None:
        limit = DEFAULT_LIMIT if since is None else sys.maxsize
    folder.mkdir(parents=True, exist_ok=True)
    with _errors_name(url), youtube_dl(folder) as dl:
        # Extractors look for comments only if this is set; Niconico's would do so in vain.
        dl.params["writesubtitles"] = not NiconicoIE.suitable(url)
        info = dl.extract_info(url, process=True, download=False)
        if info.get("_type", "video") != "video":
            raise PipelineError(
                ExitCode.USAGE, f"{url} is a list of videos", "Give the address of a single video"
            )
        if info["extractor_key"] in _NAMED_BY_PATH:
            info["id"] += "-" + hashlib.sha256(url.encode()).hexdigest()[:8]
        target = Path(dl.prepare_filename(info))
        comments, notes = _comments(dl, info, target, limit, since)
        info.pop("subtitles", None)
        done = dl.process_ie_result(info, download=True)
    video = Path(done["requested_downloads"][0]["filepath"])
    return Fetched(video, comments, notes)


@contextmanager
def _errors_name(url: str) -> Iterator[None]:
    """Within the block, errors name the page that was requested."""
    try:
        yield
    except PipelineError as error:
        if error.code != ExitCode.FETCH_FAILED or url in error.problem:
            raise
        raise PipelineError(
            error.code, f"{url}: {error.problem}", error.remedy, may_pass=error.may_pass
        ) from error


def _check(url: str) -> None:
    try:
        address = urlsplit(url)
        secret, usable = "@" in address.netloc, address.scheme in ("http", "https")
        if usable and address.hostname and not secret:
            return
    except ValueError:  # brackets without an IPv6 address
        secret = False
    if not url:
        raise PipelineError(
            ExitCode.USAGE,
            "URL= is missing",
            "Give the address of the video's page: make fetch URL=https://www.nicovideo.jp/watch/sm9",
        )
    raise PipelineError(
        ExitCode.USAGE,
        "URL= is not the address of a page"
        + (" (it holds a login)" if secret else f": {url}" if "@" not in url else ""),
        "Begin it with https://, and give a login by netrc, cookies file or environment",
    )


def _comments(
    dl: YoutubeDL, info: dict[str, Any], video: Path, limit: int, since: date | None
) -> tuple[Path | None, list[str]]:
    if not limit:
        return None, []
    if info["extractor_key"] == "Niconico":
        return _niconico(dl, info["id"], video.with_suffix(".json"), limit, since)
    for danmaku in (info.get("subtitles") or {}).get("danmaku", []):
        target = video.with_suffix(f".{danmaku['ext']}")
        if not target.exists():
            with dl.urlopen(danmaku["url"]) as response, published(target) as temporary:
                temporary.write_bytes(response.read())
        return target, []
    return None, ["yt-dlp knows of no timestamped comments on this site"]


def _niconico(
    dl: YoutubeDL, video: str, target: Path, limit: int, since: date | None
) -> tuple[Path | None, list[str]]:
    if target.exists():
        return target, [f"{target.name} exists already; delete it to fetch the comments again"]
    moment = int(datetime.combine(since, time(), _JAPAN).timestamp()) if since else None
    with Pages(target.with_name(f".{video}.comments.partial")) as pages:
        server = CommentServer(Web(dl), video)
        steps = page_back(server, pages, limit, moment)
        for _ in track(steps, None, "fetch comments", "pages"):
            pass
        if not pages.count:
            return None, [f"{video} has no comments"]
        pages.publish(target)
        return target, [_note(pages, target.name, limit)]


def _note(pages: Pages, name: str, limit: int) -> str:
    if pages.sample and pages.count < pages.total:
        return (
            f"{pages.count} of {pages.total} comments, which is what guests can see; to get all,"
            f" delete {name} and put the path of your account's cookies file into {COOKIES}"
        )
    if not pages.rest:
        return f"{pages.count} comments, which are all"
    further = f"LIMIT={10 * limit}" if pages.count >= limit else "an earlier SINCE="
    return (
        f"{pages.count} of {pages.total} comments; to go further back, delete {name} and give"
        f" {further}"
    )
