"""Which videos a run learns from, and which it works on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Settings, VideoEntry
from pipeline.errors import ExitCode, PipelineError
from pipeline.graph import reads
from pipeline.sources import COMMENTS_POINTER, has_comments
from pipeline.stage import Stage
from pipeline.workspace import Workspace, no_comments


@dataclass(frozen=True)
class Roles:
    """Names of registered videos."""

    learn: list[str]
    """What the model learns from."""
    work_on: list[str]
    """What the wanted stages are run for."""
    commented: list[str]
    """Those of all these that have comments."""


def assign_roles(
    workspace: Workspace,
    settings: Settings,
    wanted: list[Stage],
    given: VideoEntry | None,
) -> Roles:
    """Register the videos that ``settings`` or the command line name, and deal out the roles.

    ``given`` is the video of the command line.

    Raises PipelineError: USAGE where no video is named or two places name it, and what
    registering raises.
    """
    learn = [workspace.register(entry) for entry in _entries(settings.videos.train)]
    if given is not None:
        work_on = [workspace.register(given)]
    else:
        work_on = [workspace.register(entry) for entry in _entries(settings.videos.annotate)]
    if not learn and not work_on:
        raise PipelineError(
            ExitCode.USAGE,
            "no video is named: the settings list none and VIDEO is not given",
            f"Try `make {wanted[0].name} VIDEO=path/to/ep1.mp4`, or fill in `videos:`",
        )

    learn_anew = given is not None and any(stage.name == "train" for stage in wanted)
    if learn_anew and learn:
        raise PipelineError(
            ExitCode.USAGE,
            "the settings already say which videos to learn from",
            "Leave VIDEO out, or use a settings file without `videos: train:`",
        )
    if any(reads(stage, "{train}") for stage in wanted):
        learn = workspace.training_videos(settings.model, learn, work_on, anew=learn_anew)
    elif given is None:
        work_on = sorted({*work_on, *learn})
    commented = [n for n in sorted({*learn, *work_on}) if has_comments(workspace.folder, n)]
    if any(reads(stage, "{video}/" + COMMENTS_POINTER) for stage in wanted):
        if not set(commented) & set(work_on):
            raise no_comments(work_on[0])
        work_on = [name for name in work_on if name in commented]
    return Roles(learn, work_on, commented)


def _entries(listed: list[str | VideoEntry]) -> list[VideoEntry]:
    return [VideoEntry(entry) if isinstance(entry, str) else entry for entry in listed]


def configured_videos(settings: Settings) -> list[Path]:
    """Every video that the settings name."""
    entries = _entries([*settings.videos.train, *settings.videos.annotate])
    return [Path(entry.video) for entry in entries]
