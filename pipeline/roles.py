"""Which videos a run learns from, and which it works on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.config import Settings, VideoEntry
from pipeline.errors import ExitCode, PipelineError
from pipeline.graph import reads
from pipeline.sources import COMMENTS_POINTER, has_comments
from pipeline.stage import Stage
from pipeline.workspace import Workspace, no_comments

_VIDEO_ENDINGS = (".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".ts", ".webm")
"""What counts as a video in a folder; a file named by itself may end as it likes."""


@dataclass(frozen=True)
class Roles:
    """Names of registered videos."""

    learn: list[str]
    """What the model learns from."""
    work_on: dict[str, list[str]]
    """What each wanted stage is run for."""
    commented: list[str]
    """Those of all these that have comments."""
    skipped: list[str] = field(default_factory=list)
    """Those that no wanted stage applies to, because they have no comments."""
    refused: dict[str, PipelineError] = field(default_factory=dict)
    """Why some of the videos to be worked on could not be registered, by their paths."""


def assign_roles(
    workspace: Workspace,
    settings: Settings,
    wanted: list[Stage],
    given: VideoEntry | None,
) -> Roles:
    """Register the videos that ``settings`` or the command line name, and deal out the roles.

    ``given`` is the video, or the folder of videos, of the command line. One of several that
    cannot be registered is left out of the run.

    Raises PipelineError: USAGE where no video is named or two places name it, and what
    registering raises of a single video or of those to learn from.
    """
    asked = [given] if given is not None else settings.videos.annotate
    to_learn, to_do = _entries(settings.videos.train), _entries(asked)
    if not to_learn and not to_do:
        raise PipelineError(
            ExitCode.USAGE,
            "no video is named: the settings list none and VIDEO is not given",
            f"Try `make {wanted[0].name} VIDEO=path/to/ep1.mp4`, or fill in `videos:`",
        )
    learning = any(reads(stage, "{train}") for stage in wanted)
    if not learning and given is None:
        to_do = list({entry.video: entry for entry in [*to_learn, *to_do]}.values())
    learn_anew = given is not None and any(stage.name == "train" for stage in wanted)
    if learn_anew and to_learn:
        raise PipelineError(
            ExitCode.USAGE,
            "the settings already say which videos to learn from",
            "Leave VIDEO out, or use a settings file without `videos: train:`",
        )

    learn = [workspace.register(entry) for entry in to_learn] if learning else []
    registered, refused = _register_each(workspace, to_do)
    if learning and (registered or not refused):
        learn = workspace.training_videos(settings.model, learn, registered, anew=learn_anew)
    commented = [n for n in sorted({*learn, *registered}) if has_comments(workspace.folder, n)]
    work_on = {
        stage.name: [name for name in registered if name in commented or not _needs_comments(stage)]
        for stage in wanted
    }
    skipped = sorted(set(registered).difference(*work_on.values()))
    if registered and len(skipped) == len(registered):
        raise no_comments(*skipped, wanted=wanted)
    return Roles(learn, work_on, commented, skipped, refused)


def _needs_comments(stage: Stage) -> bool:
    return reads(stage, "{video}/" + COMMENTS_POINTER)


def _register_each(
    workspace: Workspace, entries: list[VideoEntry]
) -> tuple[list[str], dict[str, PipelineError]]:
    """Names of those that could be registered, and why others could not be."""
    names: list[str] = []
    refused: dict[str, PipelineError] = {}
    for entry in entries:
        try:
            names.append(workspace.register(entry))
        except PipelineError as error:
            if len(entries) == 1 or error.code == ExitCode.BUSY:
                raise
            refused[entry.video] = error
    return sorted(set(names)), refused


def _entries(listed: list[str | VideoEntry] | list[VideoEntry]) -> list[VideoEntry]:
    """One entry a video; a folder stands for the videos in it."""
    entries = [VideoEntry(entry) if isinstance(entry, str) else entry for entry in listed]
    return [video for entry in entries for video in _unfolded(entry)]


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
    return [VideoEntry(str(path)) for path in files]


def configured_videos(settings: Settings) -> list[Path]:
    """Every video that the settings name."""
    entries = _entries([*settings.videos.train, *settings.videos.annotate])
    return [Path(entry.video) for entry in entries]
