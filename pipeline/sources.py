"""Which file each video's name in ``workdir`` stands for, and the comments beside it."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from pipeline.artifacts.source import CommentSources, Source
from pipeline.comments.broadcast import Broadcast
from pipeline.errors import ExitCode, PipelineError
from pipeline.fingerprint import file_fingerprint

VIDEO_POINTER = "source.video.json"
COMMENTS_POINTER = "source.comments.json"

_COMMENT_ENDINGS = (".xml", ".json", ".comments.json", ".jsonl")
_RESERVED = {"models", "logs"}


def video_name(video: Path) -> str:
    """The folder in ``workdir`` that belongs to ``video``: its stem, fit for any shell."""
    name = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", video.stem)).lstrip(".-")
    return f"{name}_" if name in _RESERVED or not name else name


def register(
    workdir: Path,
    video: Path,
    comments: Sequence[Path] = (),
    broadcast: str | None = None,
    cuts: Sequence[str] = (),
) -> str:
    """Point ``workdir/NAME`` at a video and, where there are any, its comment files.

    No ``comments`` takes the files used before, or, for a video that is new or has moved, the
    one beside it; the broadcast then stays too unless it is given. Returns NAME. Pointers
    whose files are unchanged are left untouched.
    Raises PipelineError: VIDEO_MISSING, COMMENTS_MISSING, NAME_TAKEN, INVALID_SETTING.
    """
    if not video.is_file():
        raise PipelineError(
            ExitCode.VIDEO_MISSING, f"there is no video at {video}", "Check the path after VIDEO="
        )
    for path in comments:
        if not path.is_file():
            raise PipelineError(
                ExitCode.COMMENTS_MISSING,
                f"there is no comment file at {path}",
                f"Check the path after COMMENTS=; several are joined by {os.pathsep}",
            )
    if broadcast:
        Broadcast.parse(broadcast, cuts)
    name = video_name(video)
    pointer, comments_pointer = (workdir / name / p for p in (VIDEO_POINTER, COMMENTS_POINTER))
    _refuse_mixing(pointer, video)
    in_place = pointer.exists() and Path(Source.load(pointer).path) == video.resolve()
    _point(pointer, _source(video))
    if not comments:
        before = _used_before(comments_pointer) if in_place else None
        comments = [Path(file.path) for file in before.files] if before else _beside(video)
        if before and not broadcast:
            broadcast, cuts = before.broadcast, before.cuts
    if comments:
        files = [_source(path) for path in comments]
        _point(comments_pointer, CommentSources(files, broadcast, list(cuts)))
    return name


def has_comments(workdir: Path, name: str) -> bool:
    """Whether a registered video has a comment file."""
    return (workdir / name / COMMENTS_POINTER).exists()


def _used_before(pointer: Path) -> CommentSources | None:
    if not pointer.exists():
        return None
    before = CommentSources.load(pointer)
    return before if all(Path(file.path).is_file() for file in before.files) else None


def _beside(video: Path) -> list[Path]:
    found = [path for end in _COMMENT_ENDINGS if (path := _with_ending(video, end)).is_file()]
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise PipelineError(
            ExitCode.NAME_TAKEN,
            f"{video.name} has several comment files beside it: {names}",
            f"Say which with COMMENTS=; joined by {os.pathsep} they are merged",
        )
    return found


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
            f"Rename one, or forget the other with `make clean VIDEO={known.path}`",
        )


def _source(file: Path) -> Source:
    return Source(str(file.resolve()), file_fingerprint(file))


def _point(pointer: Path, now: Source | CommentSources) -> None:
    """Write the pointer, or leave it if it is right.

    Where files only moved it keeps its time stamp, so that nothing is done anew.
    """
    before = type(now).load(pointer) if pointer.exists() else None
    if before == now:
        return
    stamp = pointer.stat().st_mtime_ns if before else 0
    now.save(pointer)
    if before is not None and _content(before) == _content(now):
        os.utime(pointer, ns=(stamp, stamp))


def _content(source: Source | CommentSources) -> object:
    """What matters of a pointer: all but where the files lie."""
    if isinstance(source, Source):
        return source.fingerprint
    names = [(Path(file.path).name, file.fingerprint) for file in source.files]
    return names, source.broadcast, source.cuts
