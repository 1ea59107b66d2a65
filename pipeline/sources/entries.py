"""The videos that the settings and the command line name, one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.engine.workspace import Workspace
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.registration import register, video_name
from pipeline.sources.settings import VideoEntry

_VIDEO_ENDINGS = (".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".ts", ".webm")
"""What counts as a video in a folder; a file named by itself may end as it likes."""


def entries(listed: Sequence[VideoEntry]) -> list[VideoEntry]:
    """One entry a video; a folder stands for the videos in it.

    Raises PipelineError: VIDEO_MISSING for a folder without any, USAGE for one with comments.
    """
    return [video for entry in listed for video in _unfolded(entry)]


def folders(listed: Sequence[VideoEntry]) -> set[Path]:
    """Those of the paths that are folders."""
    return {path for path in (Path(entry.video) for entry in listed) if path.is_dir()}


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
                comments = list(map(Path, entry.comments))
                name = register(
                    *(workspace.folder, Path(entry.video), comments, entry.broadcast, entry.cuts),
                    stream=entry.stream,
                    in_use=not free,
                    place=entry.place,
                )
            names.add(name)
        except PipelineError as error:
            if must(entry) or error.code == ExitCode.BUSY:
                raise
            refused[entry.video] = error
    return sorted(names), refused


def _unfolded(entry: VideoEntry) -> list[VideoEntry]:
    folder = Path(entry.video)
    if not folder.is_dir():
        return [entry]
    if entry.comments or entry.broadcast:
        raise PipelineError(
            ExitCode.USAGE,
            f"{folder} is a folder, and comments or a broadcast belong to one video",
            "Lay comment files beside the videos of their names, or list videos in the settings",
        )
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _VIDEO_ENDINGS)
    if not files:
        raise PipelineError(
            ExitCode.VIDEO_MISSING, f"there is no video in the folder {folder}", "Check the path"
        )
    return [VideoEntry(str(path), stream=entry.stream) for path in files]
