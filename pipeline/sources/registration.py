"""What each name in ``workdir`` stands for, and the comments that lie beside it."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import unicodedata
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from pipeline.danmaku.comments.broadcast import Broadcast
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_digest import file_fingerprint
from pipeline.sources.pointers import (
    COMMENTS_POINTER,
    STILLS_POINTER,
    VIDEO_POINTER,
    CommentSources,
    Source,
)
from pipeline.sources.pointing import (
    is_file,
    is_folder,
    missing,
    point,
    refuse_mixing,
    registered,
    source_of,
)

_COMMENT_ENDINGS = (
    *(".xml", ".json", ".comments.json", ".jsonl"),
    *(".live_chat.json", ".rechat.json", ".danmaku.xml"),  # what yt-dlp puts beside a video
)
_TEXTS = {".ass", ".csv", ".json", ".jsonl", ".lrc", ".srt", ".ssa", ".tsv", ".txt", ".vtt", ".xml"}
"""Endings of what is easily given for a video."""
SEARCH = "search"
"""The folder in ``workdir`` of what was found last."""
_RESERVED = {"models", "logs", "runs", "show", "fetched", "index.html", SEARCH}
_ENDLESS = re.compile(r"(.+)\1{19}$")
"""Such as wwwwwwwwwwwwwwwwwwww, which the engine takes for a rule that feeds itself."""
VIDEO_ENDINGS = (".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".ts", ".webm")
"""What counts as a video in a folder; a file named by itself may end as it likes."""
_LONGEST = 255
"""Bytes of a name on the usual file systems."""


def video_name(video: Path) -> str:
    """The folder in ``workdir`` that belongs to ``video``, or to pictures.

    It is called as a folder, or as a file without its ending, fit for any shell. What was made of
    another source and lies in its folder, such as crops of an album, is called after both.
    """
    own = video.resolve().name if is_folder(video) else video.stem
    given = "-".join([*_made_of(video.absolute().parent), own])
    name = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", given)).lstrip(".-")
    if name.casefold() in _RESERVED or not name or _ENDLESS.search(name):
        name += "_"
    if len(name.encode()) > _LONGEST:  # composing lengthens some scripts
        return f"{name[:40]}_{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return name


@cache  # a season's videos lie in one folder
def _made_of(folder: Path) -> tuple[str, ...]:
    """The name of the source whose folder contains ``folder`` or is it, and those on the way."""
    if (folder / VIDEO_POINTER).exists() or (folder / STILLS_POINTER).exists():
        return (folder.name,)
    above = _made_of(folder.parent) if folder != folder.parent else ()
    return (*above, folder.name) if above else ()


def register(
    workdir: Path,
    video: Path,
    comments: Sequence[Path] = (),
    broadcast: str | None = None,
    cuts: Sequence[str] = (),
    stream: int | Literal["auto"] | None = None,
    in_use: bool = False,
    place: str = "",
) -> str:
    """Point ``workdir/NAME`` at a video and, where there are any, its comment files.

    No ``comments`` takes the files used before, or, for a video that is new or has moved, the
    one beside it; the broadcast then stays too unless it is given. No ``stream`` keeps the
    picture stream that was chosen before of the same file. Returns NAME. Pointers whose files are
    unchanged are left untouched, and must be where the folder is ``in_use`` by another run.
    ``place`` is where settings name the video.
    Raises PipelineError: VIDEO_MISSING, NOT_A_VIDEO, COMMENTS_MISSING, USAGE, NAME_TAKEN,
    INVALID_SETTING, BUSY.
    """
    if not is_file(video):
        raise missing(ExitCode.VIDEO_MISSING, "video", video, place, "Check the path after VIDEO=")
    if video.suffix.lower() in _TEXTS and _is_text(video):
        raise PipelineError(
            ExitCode.NOT_A_VIDEO,
            f"{video} holds text, such as comments, and is no video",
            f"Write VIDEO=path/to/ep1.mp4 COMMENTS={shlex.quote(str(video))}",
        )
    for path in comments:
        if not is_file(path):
            after = f"Check the path after COMMENTS=; several are joined by {os.pathsep}"
            raise missing(ExitCode.COMMENTS_MISSING, "comment file", path, place, after)
    if broadcast or cuts:
        Broadcast.parse(broadcast or "", cuts, place)
    broadcast = broadcast or None  # make passes on what is not given as ""
    name = video_name(video)
    pointer = workdir / name / VIDEO_POINTER
    refuse_mixing(pointer.parent, video, Source, partial(file_fingerprint, video))
    in_place = pointer.exists() and Path(Source.load(pointer).path) == video.resolve()
    source = source_of(video, pointer)
    chosen = _stream_before(source, pointer) if stream is None else _checked(stream, video, place)
    point(pointer, replace(source, stream=chosen), in_use)
    point_to_comments(workdir / name, video, comments, broadcast, cuts, in_place, in_use)
    return name


def point_to_comments(
    folder: Path,
    given: Path,
    comments: Sequence[Path],
    broadcast: str | None,
    cuts: Sequence[str],
    in_place: bool,
    in_use: bool,
) -> None:
    """Point to the comment files that are given, were used before, or lie beside what is given."""
    pointer = folder / COMMENTS_POINTER
    if not comments:
        before = _used_before(pointer) if in_place else None
        comments = [Path(file.path) for file in before.files] if before else _beside(given)
        if before and not broadcast:
            broadcast, cuts = before.broadcast, before.cuts
    if comments:
        files = [source_of(path, pointer) for path in comments]
        point(pointer, CommentSources(files, broadcast, list(cuts)), in_use)


def _stream_before(source: Source, pointer: Path) -> int | None:
    """The picture stream that was chosen of the same file, if there was any."""
    same = (old for old in registered(pointer) if old.fingerprint == source.fingerprint)
    return next((old.stream for old in same), None)


def _checked(stream: int | Literal["auto"], video: Path, place: str) -> int | None:
    """The number of a picture stream that ``video`` has, or None for the one players choose."""
    if stream == "auto":
        return None
    from pipeline.media.video_file import VideoFile

    try:
        return VideoFile.open(video, stream).stream
    except PipelineError as error:
        if not place or error.code != ExitCode.USAGE:
            raise
        problem = f"{place}: {error.problem}"
        raise PipelineError(ExitCode.INVALID_SETTING, problem, "Name one of these") from None


def _used_before(pointer: Path) -> CommentSources | None:
    if not pointer.exists():
        return None
    before = CommentSources.load(pointer)
    return before if all(Path(file.path).is_file() for file in before.files) else None


def _beside(given: Path) -> list[Path]:
    """Comment files beside a video, a folder of pictures, or a table that lists some."""
    beside = [_with_ending(given, ending) for ending in _COMMENT_ENDINGS]
    found = [path for path in beside if path != given and is_file(path)]
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise PipelineError(
            ExitCode.NAME_TAKEN,
            f"{given.name} has several comment files beside it: {names}",
            f"Say which with COMMENTS=; joined by {os.pathsep} they are merged",
        )
    return found


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" not in file.read(4096)


def _with_ending(given: Path, ending: str) -> Path:
    return given.with_name((given.name if given.is_dir() else given.stem) + ending)
