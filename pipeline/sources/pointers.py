"""``source.video.json`` and ``source.comments.json``: where a user's own files lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from pipeline.runtime.atomic_files import write_text
from pipeline.runtime.errors import ExitCode, PipelineError

if TYPE_CHECKING:
    from pipeline.media.source import PictureSource
    from pipeline.media.video_file import VideoFile


class _Pointer(msgspec.Struct, frozen=True):
    @classmethod
    def load(cls, pointer: Path) -> Self:
        """Read a pointer file; raises PipelineError BAD_ARTIFACT."""
        try:
            return msgspec.json.decode(pointer.read_bytes(), type=cls)
        except msgspec.DecodeError:
            raise PipelineError(
                ExitCode.BAD_ARTIFACT,
                f"{pointer} is damaged, or of another version",
                "Delete it, and name the file once more with VIDEO= or COMMENTS=",
            ) from None

    def save(self, pointer: Path) -> None:
        """Publish a pointer file."""
        write_text(pointer, msgspec.json.encode(self).decode() + "\n")


class Source(_Pointer, frozen=True):
    """A pointer to a file of the user's, rewritten only when that file changes."""

    path: str
    """Absolute."""
    fingerprint: str
    """Digest of its size and its two ends; see runtime.file_digest."""
    state: list[int] | None = None
    """Of the file that has this fingerprint, to tell at a glance that it is still the same."""
    stream: int | None = None
    """Number of a video's picture stream; None for the one that players choose."""


class CommentSources(_Pointer, frozen=True):
    """The comment files of a video, and its broadcast where they were written beside one."""

    files: list[Source]
    broadcast: str | None = None
    """See pipeline.danmaku.comments.broadcast for the form of both."""
    cuts: list[str] = []


def source_path(given: Path) -> Path:
    """The user's file itself, from a pointer to it or from its own path."""
    return Path(Source.load(given).path) if _is_pointer(given) else given


def open_source(given: Path) -> PictureSource:
    """The user's pictures, from a pointer to them or from their own path.

    Raises PipelineError as ``open_video`` does.
    """
    return open_video(given)


def open_video(given: Path) -> VideoFile:
    """The user's video, from a pointer to it or from its own path.

    Raises PipelineError: BAD_ARTIFACT for a damaged pointer, VIDEO_MISSING, NOT_A_VIDEO,
    VIDEO_TRUNCATED, NO_FRAMES.
    """
    from pipeline.media.video_file import VideoFile

    if not _is_pointer(given):
        return VideoFile.open(given)
    source = Source.load(given)
    return VideoFile.open(Path(source.path), source.stream)


def comment_sources(given: Path) -> CommentSources:
    """A video's comment files, from a pointer to them or from the path of one."""
    if _is_pointer(given):
        return CommentSources.load(given)
    return CommentSources([Source(str(given), "")])


def _is_pointer(path: Path) -> bool:
    return path.name.startswith("source.")
