"""Which file each video's name in ``workdir`` stands for, and the comments beside it."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from pipeline.danmaku.comments.broadcast import Broadcast
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_digest import file_fingerprint, file_state
from pipeline.runtime.spelling import did_you_mean_file
from pipeline.sources.pointers import CommentSources, Source

VIDEO_POINTER = "source.video.json"
COMMENTS_POINTER = "source.comments.json"

_COMMENT_ENDINGS = (
    *(".xml", ".json", ".comments.json", ".jsonl"),
    *(".live_chat.json", ".rechat.json", ".danmaku.xml"),  # what yt-dlp puts beside a video
)
_TEXTS = {".ass", ".csv", ".json", ".jsonl", ".lrc", ".srt", ".ssa", ".tsv", ".txt", ".vtt", ".xml"}
"""Endings of what is easily given for a video."""
_RESERVED = {"models", "logs", "runs", "show", "fetched", "index.html"}
_ENDLESS = re.compile(r"(.+)\1{19}$")
"""Such as wwwwwwwwwwwwwwwwwwww, which the engine takes for a rule that feeds itself."""
_LONGEST = 255
"""Bytes of a name on the usual file systems."""


def video_name(video: Path) -> str:
    """The folder in ``workdir`` that belongs to ``video``: its stem, fit for any shell."""
    name = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", video.stem)).lstrip(".-")
    if name.casefold() in _RESERVED or not name or _ENDLESS.search(name):
        name += "_"
    if len(name.encode()) > _LONGEST:  # composing lengthens some scripts
        return f"{name[:40]}_{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return name


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
    if not _is_file(video):
        raise _missing(ExitCode.VIDEO_MISSING, "video", video, place, "Check the path after VIDEO=")
    if video.suffix.lower() in _TEXTS and _is_text(video):
        raise PipelineError(
            ExitCode.NOT_A_VIDEO,
            f"{video} holds text, such as comments, and is no video",
            f"Write VIDEO=path/to/ep1.mp4 COMMENTS={shlex.quote(str(video))}",
        )
    for path in comments:
        if not _is_file(path):
            after = f"Check the path after COMMENTS=; several are joined by {os.pathsep}"
            raise _missing(ExitCode.COMMENTS_MISSING, "comment file", path, place, after)
    if broadcast or cuts:
        Broadcast.parse(broadcast or "", cuts, place)
    broadcast = broadcast or None  # make passes on what is not given as ""
    name = video_name(video)
    pointer, comments_pointer = (workdir / name / p for p in (VIDEO_POINTER, COMMENTS_POINTER))
    _refuse_mixing(pointer, video)
    in_place = pointer.exists() and Path(Source.load(pointer).path) == video.resolve()
    source = _source(video, pointer)
    chosen = _stream_before(source, pointer) if stream is None else _checked(stream, video, place)
    _point(pointer, replace(source, stream=chosen), in_use)
    if not comments:
        before = _used_before(comments_pointer) if in_place else None
        comments = [Path(file.path) for file in before.files] if before else _beside(video)
        if before and not broadcast:
            broadcast, cuts = before.broadcast, before.cuts
    if comments:
        files = [_source(path, comments_pointer) for path in comments]
        _point(comments_pointer, CommentSources(files, broadcast, list(cuts)), in_use)
    return name


def _stream_before(source: Source, pointer: Path) -> int | None:
    """The picture stream that was chosen of the same file, if there was any."""
    same = (old for old in _registered(pointer) if old.fingerprint == source.fingerprint)
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


def _missing(code: ExitCode, what: str, path: Path, place: str, after: str) -> PipelineError:
    """The error for a file that ``place`` in the settings names, or else the command line."""
    looked = f"there is no {what} at {path.absolute()}" + ": it is a folder" * path.is_dir()
    if place:
        looked, after = f"{place}: {looked}", "Mend the path; it is relative to that file"
    return PipelineError(code, looked, did_you_mean_file(path, after))


def _used_before(pointer: Path) -> CommentSources | None:
    if not pointer.exists():
        return None
    before = CommentSources.load(pointer)
    return before if all(Path(file.path).is_file() for file in before.files) else None


def _beside(video: Path) -> list[Path]:
    found = [path for end in _COMMENT_ENDINGS if _is_file(path := _with_ending(video, end))]
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise PipelineError(
            ExitCode.NAME_TAKEN,
            f"{video.name} has several comment files beside it: {names}",
            f"Say which with COMMENTS=; joined by {os.pathsep} they are merged",
        )
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # its name is too long for the file system
        return False


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" not in file.read(4096)


def _with_ending(video: Path, ending: str) -> Path:
    return video.with_name(video.stem + ending)


def _refuse_mixing(pointer: Path, video: Path) -> None:
    if not pointer.exists():
        return
    known = Source.load(pointer)
    elsewhere = Path(known.path) != video.resolve() and Path(known.path).exists()
    if elsewhere and known.fingerprint != file_fingerprint(video):
        raise PipelineError(
            ExitCode.NAME_TAKEN,
            f"{video} and {known.path} are different files of one name, {pointer.parent.name}",
            f"Rename one, or forget the other with `make clean VIDEO={shlex.quote(known.path)}`",
        )


def _source(file: Path, pointer: Path) -> Source:
    """``file`` as it is; it is read only if ``pointer`` does not know it in this state."""
    path = str(file.resolve())
    try:
        path.encode()
    except UnicodeEncodeError:
        raise PipelineError(
            ExitCode.USAGE, f"the name of {path} is not UTF-8", "Rename the file, or its folder"
        ) from None
    state = file_state(file)
    for known in _registered(pointer):
        if state is not None and (known.path, known.state) == (path, state):
            return known
    return Source(path, file_fingerprint(file), state)


def _registered(pointer: Path) -> list[Source]:
    if not pointer.exists():
        return []
    if pointer.name == VIDEO_POINTER:
        return [Source.load(pointer)]
    return CommentSources.load(pointer).files


def _point(pointer: Path, now: Source | CommentSources, in_use: bool) -> None:
    """Write the pointer, or leave it if it is right.

    Where files only moved it keeps its time stamp, so that nothing is done anew.
    """
    before = type(now).load(pointer) if pointer.exists() else None
    same = before is not None and _content(before) == _content(now)
    if before == now or (same and in_use):
        return
    if in_use:
        raise PipelineError(
            ExitCode.BUSY,
            f"another run is at work on {pointer.parent.name}, whose files have changed since",
            "Let it end, or queue behind it with WAIT=1",
        )
    stamp = pointer.stat().st_mtime_ns if before else 0
    now.save(pointer)
    if same:
        os.utime(pointer, ns=(stamp, stamp))


def _content(source: Source | CommentSources) -> object:
    """What matters of a pointer: all but where the files lie."""
    if isinstance(source, Source):
        return source.fingerprint, source.stream
    names = [(Path(file.path).name, file.fingerprint) for file in source.files]
    return names, source.broadcast, source.cuts
