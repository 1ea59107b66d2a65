"""Which videos a run learns from, and which it works on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from pipeline.engine.graph import reads
from pipeline.engine.settings import Settings, VideoEntry
from pipeline.engine.stage import Stage
from pipeline.engine.workspace import Workspace, no_comments
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.entries import entries, register_each
from pipeline.sources.registration import COMMENTS_POINTER, has_comments
from pipeline.sources.training_set import TrainingSet, training_set


@dataclass(frozen=True)
class Roles:
    """Names of registered videos."""

    learn: TrainingSet
    """What the model learns from."""
    work_on: dict[str, list[str]]
    """What each wanted stage is run for."""
    commented: list[str]
    """Those of all these that have comments."""
    skipped: list[str] = field(default_factory=list)
    """Those that no wanted stage applies to, because they have no comments."""
    refused: dict[str, PipelineError] = field(default_factory=dict)
    """Why some of the videos could not be registered, by their paths."""


def assign_roles(
    workspace: Workspace,
    settings: Settings,
    wanted: Sequence[Stage],
    given: VideoEntry | None,
    broken: Collection[str] = (),
) -> Roles:
    """Register the videos that ``settings`` or the command line name, and deal out the roles.

    ``given`` is the video, or the folder of videos, of the command line. One of several that
    cannot be registered is left out of the run. ``broken`` ones are known to be unreadable.

    Raises PipelineError: USAGE where no video is named or two places name it, and what
    ``training_set`` and registering a single video raise.
    """
    listed = settings.videos.train
    to_do = entries([given] if given is not None else settings.videos.annotate)
    learning = any(reads(stage, "{train}") for stage in wanted)
    training = any(stage.makes_model for stage in wanted)
    if not listed and not to_do and not (training and workspace.learned_from(settings.model)):
        raise PipelineError(
            ExitCode.USAGE,
            "no video is named: the settings list none and VIDEO is not given",
            f"Try `make {wanted[0].name} VIDEO=path/to/ep1.mp4`, or fill in `videos:`",
        )
    if training and listed and given is not None:
        raise PipelineError(
            ExitCode.USAGE,
            "the settings already say which videos to learn from",
            "Leave VIDEO out, or use a settings file without `videos: train:`",
        )
    if not learning and given is None:
        to_do = list({entry.video: entry for entry in [*entries(listed), *to_do]}.values())

    registered, refused = register_each(workspace, to_do, must=lambda entry: len(to_do) == 1)
    learn = TrainingSet([])
    if learning and (registered or not refused):
        learn = training_set(
            workspace, settings, wanted, registered, given=given is not None, broken=broken
        )
    registered = [name for name in registered if name not in broken]
    commented = sorted({*learn.videos, *registered})
    commented = [name for name in commented if has_comments(workspace.folder, name)]
    work_on = {
        stage.name: [name for name in registered if name in commented or not _needs_comments(stage)]
        for stage in wanted
    }
    skipped = sorted(set(registered).difference(*work_on.values()))
    if registered and len(skipped) == len(registered):
        raise no_comments(*skipped, wanted=wanted)
    return Roles(learn, work_on, commented, skipped, refused | learn.refused)


def _needs_comments(stage: Stage) -> bool:
    return reads(stage, "{video}/" + COMMENTS_POINTER)
