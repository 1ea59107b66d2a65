"""Which file each video's name in ``workdir`` stands for, and the comments beside it."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from pipeline.artifacts.source import Source
from pipeline.errors import ExitCode, PipelineError
from pipeline.fingerprint import file_fingerprint

VIDEO_POINTER = "source.video.json"
COMMENTS_POINTER = "source.comments.json"

_COMMENT_ENDINGS = (".xml", ".json", ".comments.json")
_RESERVED = {"models", "logs"}


def video_name(video: Path) -> str:
    """The folder in ``workdir`` that belongs to ``video``: its stem, fit for any shell."""
    name = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", video.stem)).lstrip(".-")
    return f"{name}_" if name in _RESERVED or not name else name


def register(workdir: Path, video: Path, comments: Path | None) -> str:
    """Point ``workdir/NAME`` at a video and, where there is one, its comment file.

    ``comments`` of None takes the file used before, or, for a video that is new or has
    moved, the one beside it. Returns NAME. Pointers whose file is unchanged are left untouched.
    Raises PipelineError: VIDEO_MISSING, COMMENTS_MISSING, NAME_TAKEN.
    """
    if not video.is_file():
        raise PipelineError(
            ExitCode.VIDEO_MISSING, f"there is no video at {video}", "Check the path after VIDEO="
        )
    if comments is not None and not comments.is_file():
        raise PipelineError(
            ExitCode.COMMENTS_MISSING,
            f"there is no comment file at {comments}",
            "Check the path after COMMENTS=",
        )
    name = video_name(video)
    pointer, comments_pointer = (workdir / name / p for p in (VIDEO_POINTER, COMMENTS_POINTER))
    _refuse_mixing(pointer, video)
    in_place = pointer.exists() and Path(Source.load(pointer).path) == video.resolve()
    _point(pointer, video)
    comments = comments or (in_place and _used_before(comments_pointer)) or _beside(video)
    if comments:
        _point(comments_pointer, comments)
    return name


def has_comments(workdir: Path, name: str) -> bool:
    """Whether a registered video has a comment file."""
    return (workdir / name / COMMENTS_POINTER).exists()


def _used_before(pointer: Path) -> Path | None:
    path = Path(Source.load(pointer).path) if pointer.exists() else None
    return path if path is not None and path.is_file() else None


def _beside(video: Path) -> Path | None:
    found = [path for end in _COMMENT_ENDINGS if (path := _with_ending(video, end)).is_file()]
    if len(found) > 1:
        raise PipelineError(
            ExitCode.NAME_TAKEN,
            f"{video.name} has two comment files beside it: {found[0].name} and {found[1].name}",
            "Say which with COMMENTS=",
        )
    return found[0] if found else None


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


def _point(pointer: Path, file: Path) -> None:
    """Write the pointer, or leave it if it is right.

    A file that only moved keeps the pointer's time stamp, so that nothing is done anew.
    """
    now = Source(str(file.resolve()), file_fingerprint(file))
    before = Source.load(pointer) if pointer.exists() else None
    if before == now:
        return
    stamp = pointer.stat().st_mtime_ns if before else 0
    now.save(pointer)
    if before is not None and before.fingerprint == now.fingerprint:
        os.utime(pointer, ns=(stamp, stamp))
