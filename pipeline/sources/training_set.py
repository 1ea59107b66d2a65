"""Which videos a model learns from, or whether it is used as it is.

A finished model stands alone: what became of the videos that it learned from never forces it to
be trained anew, nor does its coming from another folder or machine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.engine.snakemake import is_recorded
from pipeline.engine.stage import Stage
from pipeline.engine.workspace import Workspace
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.entries import entries, folders, register_each
from pipeline.sources.pointing import known_source
from pipeline.sources.registration import video_name
from pipeline.sources.settings import VideoEntry, VideoSettings
from pipeline.sources.system import MODEL, System


@dataclass(frozen=True)
class TrainingSet:
    """Names of registered videos with labels."""

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
    system: System,
    videos: VideoSettings,
    wanted: Sequence[Stage],
    registered: Sequence[str],
    broken: Collection[str],
) -> TrainingSet:
    """What the settings list; else what the model learned from before; else what is ``registered``.

    The last also where the user asks to train and gives videos to train on. Names in ``broken``
    cannot be read: the model does without them.

    Raises PipelineError: NO_MODEL, the code of missing labels, and what registering raises.
    """
    model = videos.model
    listed = entries([entry for entry in videos.train if system.takes(entry)])
    before = system.learned_from(workspace.folder, model)
    absent = _absent(workspace, system, listed, before)
    asked = system.trains_with(wanted)
    files = [path.replace(MODEL, model) for path in system.model_files(wanted)]
    if not asked:
        why = _why_kept(workspace, files, listed, absent, broken, known=bool(before))
        if why:
            note = f"the model “{model}” is used as it is: {why}; `{system.train}` trains another"
            return TrainingSet(sorted(before.keys() - absent), keeps_model=True, notes=[note])
    if listed:
        chosen = _listed(workspace, system, videos, listed)
    elif before and not (asked and videos.given):
        if absent:
            missing = [] if asked else [file for file in files if not workspace.exist([file])]
            raise _cannot_retrain(system, model, absent, missing)
        chosen = TrainingSet(
            sorted(before), notes=_others(workspace, system, model, registered, before)
        )
    else:
        chosen = _labelled(workspace, system, model, registered, asked=asked)
    return _without(chosen, broken, system, model)


def _absent(
    workspace: Workspace,
    system: System,
    listed: Sequence[VideoEntry],
    before: Mapping[str, str],
) -> list[str]:
    """Those of the videos that a model learned from, by fingerprint, that it could not again.

    What the settings list may have changed since: that is then wanted.
    """
    paths = [Path(entry.video) for entry in listed]
    wanted = {video_name(path) for path in paths if path.exists()}
    return sorted(
        name
        for name, fingerprint in before.items()
        if not _is_here(workspace.folder / name, system, fingerprint)
        and not (name in wanted and known_source(workspace.folder / name))
    )


def _is_here(folder: Path, system: System, fingerprint: str) -> bool:
    """Whether a video with labels is registered in ``folder``, and is the file it was."""
    source, labels = known_source(folder), folder / system.labels.pointer
    if source is None or source.fingerprint != fingerprint or not labels.exists():
        return False
    said = system.labels.files(folder)
    return Path(source.path).exists() and all(path.exists() for path in said)


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
    gone = [path.name for entry in listed if not (path := Path(entry.video)).exists()]
    if not workspace.exist(files):
        return ""
    if broken:
        return f"{_names(broken)} cannot be learned from"
    if absent:
        return f"{_names(absent)}, from which it learned, is not here as it was"
    if gone:
        return f"there is no {_names(gone)}"
    if not is_recorded(workspace.folder, files):
        return "it comes from elsewhere"
    if not listed and not known:
        return "it does not tell what it learned from"
    return ""


def _listed(
    workspace: Workspace, system: System, videos: VideoSettings, listed: Sequence[VideoEntry]
) -> TrainingSet:
    """What the settings list; of a folder those that can be registered and have labels.

    What the command line says about one of them, such as its LABELS, wins.
    """
    in_folders = folders(videos.train)
    given = {Path(e.video).resolve(): e for e in entries(videos.given) if e.is_told_about}
    names, refused = register_each(
        workspace,
        [given.get(Path(entry.video).resolve(), entry) for entry in listed],
        must=lambda entry: Path(entry.video).parent not in in_folders,
    )
    silent = [name for name in names if not system.labels.exist(workspace.folder, name)]
    if silent and (not in_folders or len(silent) == len(names)):
        raise system.labels.missing(*silent)
    notes = _without_labels(system, videos.model, silent)
    return TrainingSet([name for name in names if name not in silent], False, notes, refused)


def _without_labels(system: System, model: str, silent: Sequence[str]) -> list[str]:
    if not silent:
        return []
    return [f"“{model}” learns without {_names(silent)}: no {system.labels.noun}"]


def _labelled(
    workspace: Workspace, system: System, model: str, registered: Sequence[str], *, asked: bool
) -> TrainingSet:
    """Those that have labels; the others are named where it was ``asked`` to learn from all."""
    videos = [name for name in registered if system.labels.exist(workspace.folder, name)]
    silent = sorted(set(registered) - set(videos)) if asked else []
    if silent and not videos:
        raise system.labels.missing(*silent)
    if not videos:
        raise _nothing_to_learn_from(system, model)
    return TrainingSet(videos, notes=_without_labels(system, model, silent))


def _others(
    workspace: Workspace,
    system: System,
    model: str,
    registered: Sequence[str],
    before: Collection[str],
) -> list[str]:
    """What to say of pictures with labels that a model, which is there already, does not know."""
    new = [n for n in registered if n not in before and system.labels.exist(workspace.folder, n)]
    if not (new and system.stills):
        return []
    return [
        f"“{model}” learned from {_names(before)}, not from {_names(new)};"
        f" `{system.train} MODEL=name` trains another"
    ]


def _without(
    chosen: TrainingSet, broken: Collection[str], system: System, model: str
) -> TrainingSet:
    left = [name for name in chosen.videos if name not in broken]
    if len(left) == len(chosen.videos):
        return chosen
    if not left:
        raise _nothing_to_learn_from(system, model)
    notes = [*chosen.notes, f"“{model}” learns without {_names(broken)}"]
    return TrainingSet(left, chosen.keeps_model, notes, chosen.refused)


def _nothing_to_learn_from(system: System, model: str) -> PipelineError:
    given = "LABELS=…" if system.stills else "COMMENTS=…"
    return PipelineError(
        ExitCode.NO_MODEL,
        f"there is no model “{model}” yet, and no {system.labels.noun} to train one on",
        f"Run `{system.train} {given}` first, or list `videos: train:` in the settings",
    )


def _cannot_retrain(
    system: System, model: str, absent: Sequence[str], missing: Sequence[str]
) -> PipelineError:
    lacks = f" lacks {_names([Path(file).name for file in missing])}, and" if missing else ""
    return PipelineError(
        ExitCode.NO_MODEL,
        f"the model “{model}”{lacks} cannot be made anew: {_names(absent)}, from which it learned,"
        " is not here as it was",
        f"Put it back and name it once, or train on others: `{system.train}`",
    )


def _names(names: Collection[str]) -> str:
    return " and ".join(sorted(names))
