"""`make fetch`: a video with its comments, from the page on which it is watched."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from yt_dlp import YoutubeDL

from pipeline.artifacts.publishing import published
from pipeline.errors import ExitCode, PipelineError
from pipeline.fetching.downloading import youtube_dl
from pipeline.fetching.niconico import CommentServer
from pipeline.fetching.paging import Pages, page_back
from pipeline.fetching.web import Web
from pipeline.progress import track

MOST = 20_000
"""Comments asked for where the user does not say: the article's video had 420,000."""


class Fetched(NamedTuple):
    """What is there now."""

    video: Path
    comments: Path | None
    notes: list[str]
    """Lines for people."""


def fetch(url: str, folder: Path, most: int = MOST, since: date | None = None) -> Fetched:
    """Download a video to ``folder`` as ``ID.mp4``, and its comments beside it.

    Of Niconico's comments, the newest and then older ones until there are ``most``, or all
    ``since`` a day; of other sites what yt-dlp finds. What is there already is kept, and what
    an earlier run began goes on. Raises PipelineError: FETCH_FAILED, USAGE, BUSY.
    """
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname or address.password:
        raise PipelineError(
            ExitCode.USAGE,
            "URL= is no address of a page" + (" (it holds a password)" * bool(address.password)),
            "Give one that begins with https://, and a login by netrc, cookies file or environment",
        )
    folder.mkdir(parents=True, exist_ok=True)
    with youtube_dl(folder) as dl:
        info = dl.extract_info(url, process=True, download=False)
        if info.get("_type", "video") != "video":
            raise PipelineError(
                ExitCode.USAGE, f"{url} is a list of videos", "Give the address of one of them"
            )
        comments, notes = _comments(dl, info, folder, most, since)
        done = dl.process_ie_result(info, download=True)
    video = Path(done["requested_downloads"][0]["filepath"])
    return Fetched(video, comments, notes)


def _comments(
    dl: YoutubeDL, info: dict[str, Any], folder: Path, most: int, since: date | None
) -> tuple[Path | None, list[str]]:
    if info["extractor_key"] == "Niconico":
        return _niconico(dl, info["id"], folder, most, since)
    for track_ in (info.get("subtitles") or {}).get("danmaku", []):
        target = folder / f"{info['id']}.{track_['ext']}"
        if not target.exists():
            with dl.urlopen(track_["url"]) as response, published(target) as temporary:
                temporary.write_bytes(response.read())
        return target, []
    return None, ["this site has no timestamped comments that yt-dlp knows of"]


def _niconico(
    dl: YoutubeDL, video: str, folder: Path, most: int, since: date | None
) -> tuple[Path, list[str]]:
    target = folder / f"{video}.json"
    if target.exists():
        return target, [f"{target.name} is there already; delete it to fetch comments anew"]
    signed_in = any(cookie.name == "user_session" for cookie in dl.cookiejar)
    moment = int(datetime.combine(since, time(), UTC).timestamp()) if since else None
    with Pages(folder / f".{video}.comments.partial") as pages:
        server = CommentServer(Web(dl), video, signed_in)
        steps = page_back(server, pages, most, moment)
        for _ in track(steps, None, "fetch comments", "pages"):
            pass
        if not pages.count:
            raise PipelineError(
                ExitCode.FETCH_FAILED, f"{video} has no comments", "Take another video"
            )
        pages.publish(target)
        if not pages.rest:
            return target, [f"{pages.count} comments, all there are to see"]
        return target, [
            f"{pages.count} of {pages.total} comments; to go further back, delete {target.name} and"
            f" say MOST={10 * most}"
        ]
