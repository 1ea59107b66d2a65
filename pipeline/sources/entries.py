"""The videos that the settings and the command line name, one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.engine.workspace import Workspace
from pipeline.media.picture_files import ENDINGS
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.picture_registration import register_pictures
from pipeline.sources.registration import VIDEO_ENDINGS, register, video_name
from pipeline.sources.settings import VideoEntry


def entries(listed: Sequence[VideoEntry]) -> list[VideoEntry]:
    """One entry a video; a folder stands for the videos in it.

    Raises PipelineError: VIDEO_MISSING for a folder without any, USAGE for one with comments.
    """
    return [video for entry in listed for video in _unfolded(entry)]


def folders(listed: Sequence[VideoEntry]) -> set[Path]:
    """Those of the paths that are folders of videos."""
    return {path for e in listed if not e.stills and (path := Path(e.video)).is_dir()}


def register_each(
    workspace: Workspace, videos: Sequence[VideoEntry], must: Callable[[VideoEntry], bool]
) -> tuple[list[str], dict[str, PipelineError]]:
    """Names of those that could be registered, in order, and why others could not be, by path.

    Raises PipelineError as ``register`` does for a video that ``must`` be, and BUSY.
    """
    names: set[str] = set()
    refused: dict[str, PipelineError] = {}
    for entry in videos:
        try:
            with workspace.locked(video_name(Path(entry.video))) as free:
                names.add(_register(workspace.folder, entry, in_use=not free))
        except PipelineError as error:
            if must(entry) or error.code == ExitCode.BUSY:
                raise
            refused[entry.video] = error
    return sorted(names), refused


def _register(workdir: Path, entry: VideoEntry, *, in_use: bool) -> str:
    given, comments = Path(entry.video), list(map(Path, entry.comments))
    if entry.stills:
        labels = list(map(Path, entry.labels))
        return register_pictures(workdir, given, comments, labels, in_use, entry.place)
    return register(
        *(workdir, given, comments, entry.broadcast, entry.cuts),
        stream=entry.stream,
        in_use=in_use,
        place=entry.place,
    )


def _unfolded(entry: VideoEntry) -> list[VideoEntry]:
    folder = Path(entry.video)
    if entry.stills or not folder.is_dir():
        return [entry]
    if entry.comments or entry.broadcast:
        raise PipelineError(
            ExitCode.USAGE,
            f"{folder} is a folder, and comments or a broadcast belong to one video",
            "Lay comment files beside the videos of their names, or list videos in the settings",
        )
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEO_ENDINGS)
    if not files:
        pictures = any(path.suffix.lower() in ENDINGS for path in folder.iterdir())
        remedy = f"Name pictures with PICTURES={folder}" if pictures else "Check the path"
        problem = f"there is no video in the folder {folder}"
        raise PipelineError(ExitCode.VIDEO_MISSING, problem, remedy)
    return [VideoEntry(str(path), stream=entry.stream) for path in files]
