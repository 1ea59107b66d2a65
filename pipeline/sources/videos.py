"""Videos as the engine's items: which of them a run learns from, and which it works on."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from msgspec.structs import replace

from pipeline.engine.catalog import has_sources, reads
from pipeline.engine.command_line import Options, VerbParser
from pipeline.engine.items import Selection
from pipeline.engine.settings import General, Settings
from pipeline.engine.stage import Amounts, Stage
from pipeline.engine.workspace import Workspace
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources import extents
from pipeline.sources.entries import entries, register_each
from pipeline.sources.pointers import Source
from pipeline.sources.registration import VIDEO_POINTER, video_name
from pipeline.sources.settings import MODEL_NAME, TopLevel, VideoEntry, VideoSettings
from pipeline.sources.system import DANMAKU, SYSTEMS, TRAIN, System
from pipeline.sources.training_set import TrainingSet, training_set


class Videos:
    """``engine.items.Items``: videos, with the comments that viewers left on them."""

    noun = "video"
    about = "a video, or a folder of them"
    general: General = TopLevel()

    def add_options(self, parser: VerbParser) -> None:
        """Add what belongs to a video, and MODEL."""
        parser.variable(
            "stream",
            metavar="N",
            help="the number of the video's picture stream where it has several, or auto for the"
            " one that players choose (default: as before, at first auto)",
        )
        parser.variable(
            "comments",
            help=f"its comment file, or several joined by {os.pathsep}, which are merged",
        )
        parser.variable(
            "broadcast",
            metavar="START[/END]",
            help="when the episode was on air, such as 2012-04-28T03:00+09:00: comments written"
            " beside a broadcast are put in their place by the time at which they were posted",
        )
        parser.variable(
            "cuts",
            metavar="10:00-11:30,…",
            help="what of the broadcast the video leaves out, counted from its start",
        )
        parser.variable(
            "model",
            shown=parser.takes_items,
            help="the model instead of the settings' (`models` lists them); clean removes it",
        )

    def settings(self, general: Any, options: Options) -> VideoSettings:
        """``general`` with the video and the model of the command line. Raises USAGE."""
        settings: VideoSettings = replace(general, given=_given(options))
        if options.model is None:
            return settings
        if not MODEL_NAME.fullmatch(options.model):
            raise PipelineError(
                ExitCode.USAGE,
                f"MODEL= is {options.model}, and no name of a model",
                "`make models` lists them",
            )
        return replace(settings, model=options.model)

    def select(
        self,
        workspace: Workspace,
        settings: Settings,
        wanted: Sequence[Stage],
        broken: Collection[str],
    ) -> Selection:
        """Register the videos that the settings or the command line name, and deal out the roles.

        One of several that cannot be registered is left out of the run. Raises PipelineError:
        USAGE where no video is named or two places name it, and what ``training_set`` and
        registering a single video raise.
        """
        videos: VideoSettings = settings.general
        learning = any(reads(stage, TRAIN) for stage in wanted)
        to_do = _to_do(workspace, videos, wanted, learning)
        registered, refused = register_each(workspace, to_do, must=lambda entry: len(to_do) == 1)
        learned = dict.fromkeys(SYSTEMS, TrainingSet([]))
        if learning and (registered or not refused):
            for system in SYSTEMS:
                if system.is_among(wanted):
                    learned[system] = training_set(
                        workspace, system, videos, wanted, registered, broken
                    )
        registered = [name for name in registered if name not in broken]
        return _selection(workspace, videos, wanted, registered, learned, refused)

    def amounts(
        self, workspace: Workspace, recorded: Mapping[str, Amounts]
    ) -> dict[str, dict[str, float]]:
        """See ``extents.amounts``."""
        return extents.amounts(workspace.folder, recorded)

    def named(self, workspace: Workspace, settings: Settings, options: Options) -> list[str]:
        """The folders of VIDEO, of MODEL, or else of all videos in the settings.

        Raises PipelineError: USAGE where nothing is named, NAME_TAKEN where a folder's name
        stands for another file.
        """
        videos: VideoSettings = settings.general
        paths = list(options.items)
        if not paths and not options.model:
            paths = [Path(e.video) for e in entries([*videos.train, *videos.annotate])]
        if not paths and not options.model:
            raise PipelineError(
                ExitCode.USAGE,
                "nothing is named to be removed: the settings list no videos",
                "Try `make clean VIDEO=path/to/ep1.mp4`, or `make clean MODEL=name` (`make models`"
                " lists them)",
            )
        folders = [_folder(workspace, video) for video in paths]
        models = [system.folder(videos.model) for system in SYSTEMS if options.model]
        return [*filter(None, folders), *models]


def _given(options: Options) -> list[VideoEntry]:
    """The videos of the command line, with what belongs to them."""
    if not options.items and (options.comments or options.broadcast or options.stream):
        raise PipelineError(
            ExitCode.USAGE,
            "COMMENTS, BROADCAST and STREAM need a VIDEO to go with",
            "Add VIDEO=…",
        )
    if len(options.items) > 1 and (options.comments or options.broadcast):
        raise PipelineError(
            ExitCode.USAGE,
            f"COMMENTS and BROADCAST belong to one video, and {len(options.items)} are named",
            "Lay comment files beside the videos of their names, or list videos in the settings",
        )
    comments = options.comments or ""
    several = comments.split(os.pathsep) if not Path(comments).exists() else [comments]
    return [
        VideoEntry(
            str(video),
            list(filter(None, several)),
            options.broadcast,
            list(filter(None, (options.cuts or "").split(","))),
            _stream(options.stream),
        )
        for video in options.items
    ]


def _stream(text: str | None) -> int | Literal["auto"] | None:
    if not text:
        return None
    if text == "auto":
        return "auto"
    if text.isascii() and text.isdecimal():
        return int(text)
    raise PipelineError(
        ExitCode.USAGE,
        f"STREAM= is {text}, and no number of a stream",
        "Write STREAM=1, or STREAM=auto for the one that players choose",
    )


def _to_do(
    workspace: Workspace, videos: VideoSettings, wanted: Sequence[Stage], learning: bool
) -> list[VideoEntry]:
    """The videos to work on, one by one."""
    listed, given = videos.train, videos.given
    training = [system for system in SYSTEMS if system.trains_with(wanted)]
    retrains = any(system.learned_from(workspace.folder, videos.model) for system in training)
    to_do = entries(given or videos.annotate)
    if not listed and not to_do and not retrains:
        raise PipelineError(
            ExitCode.USAGE,
            "no video is named: the settings list none and VIDEO is not given",
            f"Try `make {wanted[0].name} VIDEO=path/to/ep1.mp4`, or fill in `videos:`",
        )
    if training and listed and given:
        raise PipelineError(
            ExitCode.USAGE,
            "the settings already say which videos to learn from",
            "Leave VIDEO out, or use a settings file without `videos: train:`",
        )
    if learning or given:
        return to_do
    return list({entry.video: entry for entry in [*entries(listed), *to_do]}.values())


def _selection(
    workspace: Workspace,
    videos: VideoSettings,
    wanted: Sequence[Stage],
    registered: Sequence[str],
    learned: Mapping[System, TrainingSet],
    refused: Mapping[str, PipelineError],
) -> Selection:
    """What each stage is run for, given the videos that could be registered."""
    names = {*registered, *(name for training in learned.values() for name in training.videos)}
    having = {
        system.labels.source: sorted(
            name for name in names if system.labels.exist(workspace.folder, name)
        )
        for system in SYSTEMS
    }
    work_on = {stage.name: _applicable(stage, registered, having) for stage in wanted}
    skipped = sorted(set(registered).difference(*work_on.values()))
    labels = next((system.labels for system in SYSTEMS if system.is_among(wanted)), DANMAKU.labels)
    if registered and len(skipped) == len(registered):
        raise labels.missing(*skipped, wanted=wanted)
    folders = {system: system.folder(videos.model) for system in SYSTEMS}
    return Selection(
        work_on=work_on,
        bindings={
            system.name: {"model": videos.model, "train": training.videos}
            for system, training in learned.items()
        },
        having=having,
        kept=frozenset(folders[s] for s, training in learned.items() if training.keeps_model),
        finished=frozenset(
            folders[s] for s in SYSTEMS if s.learned_from(workspace.folder, videos.model)
        ),
        skipped=dict.fromkeys(skipped, labels.why_skipped(wanted)),
        notes=[note for training in learned.values() for note in training.notes],
        refused={
            path: error
            for some in (refused, *(training.refused for training in learned.values()))
            for path, error in some.items()
        },
    )


def _applicable(
    stage: Stage, registered: Sequence[str], having: Mapping[str, Sequence[str]]
) -> list[str]:
    """The videos that have the user's files from which the stage's inputs are made."""
    return [name for name in registered if has_sources(name, stage.inputs.values(), having)]


def _folder(workspace: Workspace, video: Path) -> str | None:
    """The folder of ``video``, or None if it has none."""
    name = video_name(video)
    pointer = workspace.folder / name / VIDEO_POINTER
    if not pointer.exists():
        return None
    known = Path(Source.load(pointer).path)
    if known != video.resolve() and known.exists() and video.exists():
        raise PipelineError(
            ExitCode.NAME_TAKEN,
            f"{workspace.shown(name)} belongs to {known}, not to {video}",
            f"Give that path: `make clean VIDEO={shlex.quote(str(known))}`",
        )
    return name
