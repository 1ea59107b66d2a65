"""``source.video.json``, ``source.comments.json`` …: where a user's own files lie."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from pipeline.media.picture_files import PictureFile
from pipeline.runtime.atomic_files import write_text
from pipeline.runtime.errors import ExitCode, PipelineError

if TYPE_CHECKING:
    from pipeline.labels.label_folder import LabelFolder
    from pipeline.labels.sidecars import SidecarKind, Sidecars
    from pipeline.labels.xmp_ratings import XmpRatings
    from pipeline.media.picture_folder import PictureFolder
    from pipeline.media.source import PictureSource
    from pipeline.media.video_file import VideoFile


VIDEO_POINTER = "source.video.json"
STILLS_POINTER = "source.stills.json"
COMMENTS_POINTER = "source.comments.json"
LABELS_POINTER = "source.labels.json"


class Pointer(msgspec.Struct, frozen=True):
    """A file that says where files of the user's lie."""

    @classmethod
    def load(cls, pointer: Path) -> Self:
        """Read a pointer file; raises PipelineError BAD_ARTIFACT."""
        try:
            return msgspec.json.decode(pointer.read_bytes(), type=cls)
        except msgspec.DecodeError:
            raise PipelineError(
                ExitCode.BAD_ARTIFACT,
                f"{pointer} is damaged, or of another version",
                "Delete it, and name the file once more with VIDEO=, COMMENTS= …",
            ) from None

    @property
    def content(self) -> object:
        """All that matters but where they lie."""
        return self

    def save(self, pointer: Path) -> None:
        """Publish a pointer file."""
        write_text(pointer, msgspec.json.encode(self).decode() + "\n")


class Source(Pointer, frozen=True):
    """A pointer to a file of the user's, rewritten only when that file changes."""

    path: str
    """Absolute."""
    fingerprint: str
    """Digest of its size and its two ends; see runtime.file_digest."""
    state: list[int] | None = None
    """Of the file that has this fingerprint, to tell at a glance that it is still the same."""
    stream: int | None = None
    """Number of a video's picture stream; None for the one that players choose."""

    @property
    def content(self) -> object:
        """All that matters but where it lies."""
        return self.fingerprint, self.stream


class StillsSource(Pointer, frozen=True):
    """A pointer to a folder of pictures, or to a table that lists some."""

    path: str
    """Absolute."""
    fingerprint: str
    """Digest of the names and contents of its files."""
    files: list[PictureFile]
    is_table: bool = False

    @property
    def folder(self) -> Path:
        """That in which the names of files begin."""
        return Path(self.path).parent if self.is_table else Path(self.path)

    @property
    def content(self) -> object:
        """All that matters but where it lies."""
        return self.fingerprint


class FileSources(Pointer, frozen=True):
    """Several files of the user's."""

    files: list[Source]

    @property
    def content(self) -> object:
        """All that matters but where they lie."""
        return [(Path(file.path).name, file.fingerprint) for file in self.files]


class LabelSources(FileSources, frozen=True):
    """Files that say something about the pictures of a folder."""

    beside: str = ""
    """Digest of the texts that lie beside pictures, each under its picture's name; empty without
    any."""

    @property
    def content(self) -> object:
        """All that matters but where they lie."""
        return super().content, self.beside


class CommentSources(FileSources, frozen=True):
    """The comment files of a video, and its broadcast where they were written beside one."""

    broadcast: str | None = None
    """See pipeline.danmaku.comments.broadcast for the form of both."""
    cuts: list[str] = []

    @property
    def content(self) -> object:
        """All that matters but where they lie."""
        return super().content, self.broadcast, self.cuts


def source_path(given: Path) -> Path:
    """The user's file itself, from a pointer to it or from its own path."""
    return Path(Source.load(given).path) if _is_pointer(given) else given


def open_source(given: Path) -> PictureSource:
    """The user's pictures, from a pointer to them or from their own path.

    Raises PipelineError as ``open_video`` and ``open_stills`` do.
    """
    stills = given.name == STILLS_POINTER or given.is_dir()
    return open_stills(given) if stills else open_video(given)


def pictures_folder(stills: Path | None) -> Path | None:
    """The folder of pictures to which ``stills`` points; None for a video, which has no such."""
    return open_stills(stills).path if stills else None


def open_stills(given: Path) -> PictureFolder:
    """The user's folder of pictures, from a pointer to it or from its own path.

    Raises PipelineError: BAD_ARTIFACT for a damaged pointer, VIDEO_MISSING, NO_FRAMES.
    """
    from pipeline.media.picture_folder import PictureFolder
    from pipeline.pictures.frames_file import read_names

    if not _is_pointer(given):
        return PictureFolder.open(given)
    source, frames = StillsSource.load(given), given.with_name("frames.h5")
    pictures = read_names(frames) if frames.exists() else ()
    return PictureFolder(source.folder, source.files, pictures=pictures)


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


def label_files(
    given: Path, names: Sequence[str], kind: SidecarKind = "auto"
) -> tuple[list[Path], list[LabelFolder | Sidecars | XmpRatings]]:
    """The files of labels that a pointer names, and what else lies beside pictures, if anything.

    ``names`` are those of the pictures of its collection; ``kind`` is of the texts beside them.
    """
    from pipeline.labels.box_files import CLASS_FILES
    from pipeline.labels.label_folder import LabelFolder, boxes_beside
    from pipeline.labels.sidecars import Sidecars
    from pipeline.labels.xmp_ratings import XmpRatings, rated_beside

    if not _is_pointer(given):
        return [given], []
    source = LabelSources.load(given)
    files = [Path(file.path) for file in source.files]
    folder = StillsSource.load(given.with_name(STILLS_POINTER)).folder
    if not source.beside:
        return files, []
    boxes = boxes_beside(folder, names) if kind == "auto" else []
    classes = [folder / name for name in CLASS_FILES] if boxes else []
    texts = Sidecars(folder, names, [*files, *boxes, *classes], kind)
    by_box = [LabelFolder(folder, boxes)] if boxes else []
    rated = folder not in files and rated_beside(folder, names)
    return files, [*by_box, texts, *([XmpRatings(folder, names)] if rated else [])]


def _is_pointer(path: Path) -> bool:
    return path.name.startswith("source.")
