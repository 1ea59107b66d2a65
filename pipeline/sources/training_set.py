"""Which videos a model learns from, or whether it is used as it is.

A finished model stands alone: what became of the videos that it learned from never forces it to
be trained anew, nor does its coming from another folder or machine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.engine.graph import model_files
from pipeline.engine.settings import Settings, VideoEntry
from pipeline.engine.snakemake import made_here
from pipeline.engine.stage import Stage
from pipeline.engine.workspace import Workspace, no_comments
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.entries import entries, folders, register_each
from pipeline.sources.registration import has_comments, video_name


@dataclass(frozen=True)
class TrainingSet:
    """Names of registered videos with comments."""

    videos: list[str]
    """Of a model that is kept: those left here of what it learned from."""
    keeps_model: bool = False
    """Whether the model is used as it is, and nothing of it is made anew."""
    notes: list[str] = field(default_factory=list)
    """What the user should know of this."""
    refused: dict[str, PipelineError] = field(default_factory=dict)
    """Why some of the videos that the settings list could not be registered, by their paths."""


def training_set(
    workspace: Workspace,
    settings: Settings,
    wanted: Sequence[Stage],
    registered: Sequence[str],
    *,
    given: bool,
    broken: Collection[str],
) -> TrainingSet:
    """What the settings list; else what the model learned from before; else what is ``registered``.

    The last also where the user asks to train and has ``given`` those videos. Names in ``broken``
    cannot be read: the model does without them.

    Raises PipelineError: NO_MODEL, COMMENTS_MISSING, and what registering raises.
    """
    model, listed = settings.model, entries(settings.videos.train)
    before = workspace.learned_from(model)
    absent = _absent(workspace, listed, before)
    asked = any(stage.makes_model for stage in wanted)
    if not asked:
        files = [path.replace("{model}", model) for path in model_files(wanted)]
        why = _why_kept(workspace, files, listed, absent, broken, known=bool(before))
        if why:
            note = (
                f"the model “{model}” is used as it is: {why}; `make train VIDEO=…` trains another"
            )
            return TrainingSet(sorted(before.keys() - absent), keeps_model=True, notes=[note])
    if listed:
        chosen = _listed(workspace, settings, listed)
    elif before and not (asked and given):
        if absent:
            raise _cannot_retrain(model, absent)
        chosen = TrainingSet(sorted(before))
    else:
        chosen = _commented(workspace, model, registered, asked=asked)
    return _without(chosen, broken, model)


def _absent(
    workspace: Workspace, listed: Sequence[VideoEntry], before: Mapping[str, str]
) -> list[str]:
    """Those of the videos that a model learned from, by fingerprint, that it could not again.

    What the settings list may have changed since: that is then wanted.
    """
    paths = [Path(entry.video) for entry in listed]
    wanted = {video_name(path) for path in paths if path.is_file()}
    return sorted(
        name
        for name, fingerprint in before.items()
        if not workspace.is_here(name, fingerprint)
        and not (name in wanted and workspace.is_registered(name))
    )


def _why_kept(
    workspace: Workspace,
    files: Sequence[str],
    listed: Sequence[VideoEntry],
    absent: Sequence[str],
    broken: Collection[str],
    *,
    known: bool,
) -> str:
    """Why a finished model cannot, or need not, be made anew; empty if there is none or it can.

    It consists of ``files``; ``known`` says whether it tells what it learned from.
    """
    gone = [path.name for entry in listed if not (path := Path(entry.video)).is_file()]
    if not workspace.exist(files):
        return ""
    if broken:
        return f"{_names(broken)} cannot be learned from"
    if absent:
        return f"{_names(absent)}, from which it learned, is not here as it was"
    if gone:
        return f"there is no {_names(gone)}"
    if not made_here(workspace.folder, files):
        return "it comes from elsewhere"
    if not listed and not known:
        return "it does not tell what it learned from"
    return ""


def _listed(workspace: Workspace, settings: Settings, listed: Sequence[VideoEntry]) -> TrainingSet:
    """What the settings list; of a folder those that can be registered and have comments."""
    in_folders = folders(settings.videos.train)
    names, refused = register_each(
        workspace, listed, must=lambda entry: Path(entry.video).parent not in in_folders
    )
    silent = [name for name in names if not has_comments(workspace.folder, name)]
    if silent and (not in_folders or len(silent) == len(names)):
        raise no_comments(*silent)
    notes = _without_comments(settings.model, silent)
    return TrainingSet([name for name in names if name not in silent], False, notes, refused)


def _without_comments(model: str, silent: Sequence[str]) -> list[str]:
    return [f"“{model}” learns without {_names(silent)}: no comments"] if silent else []


def _commented(
    workspace: Workspace, model: str, registered: Sequence[str], *, asked: bool
) -> TrainingSet:
    """Those that have comments; the others are told where it was ``asked`` to learn from all."""
    videos = [name for name in registered if has_comments(workspace.folder, name)]
    silent = sorted(set(registered) - set(videos)) if asked else []
    if silent and not videos:
        raise no_comments(*silent)
    if not videos:
        raise _nothing_to_learn_from(model)
    return TrainingSet(videos, notes=_without_comments(model, silent))


def _without(chosen: TrainingSet, broken: Collection[str], model: str) -> TrainingSet:
    left = [name for name in chosen.videos if name not in broken]
    if len(left) == len(chosen.videos):
        return chosen
    if not left:
        raise _nothing_to_learn_from(model)
    notes = [*chosen.notes, f"“{model}” learns without {_names(broken)}"]
    return TrainingSet(left, chosen.keeps_model, notes, chosen.refused)


def _nothing_to_learn_from(model: str) -> PipelineError:
    return PipelineError(
        ExitCode.NO_MODEL,
        f"there is no model “{model}” yet, and no comments to train one on",
        "Run `make train VIDEO=… COMMENTS=…` first, or list `videos: train:` in the settings",
    )


def _cannot_retrain(model: str, absent: Sequence[str]) -> PipelineError:
    return PipelineError(
        ExitCode.NO_MODEL,
        f"the model “{model}” cannot be made anew: {_names(absent)}, from which it learned, is not"
        " here as it was",
        "Put it back and name it once with VIDEO=, or train on others: `make train VIDEO=…`",
    )


def _names(names: Collection[str]) -> str:
    return " and ".join(sorted(names))
