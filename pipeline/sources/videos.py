"""Videos and folders of pictures as the engine's items: which a run learns from or works on."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from msgspec.structs import replace

from pipeline.engine.catalog import has_sources, own_sources, reads
from pipeline.engine.command_line import Options, VerbParser
from pipeline.engine.items import Selection
from pipeline.engine.settings import General, Settings
from pipeline.engine.stage import ITEM, Amounts, Stage
from pipeline.engine.workspace import Workspace
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources import extents
from pipeline.sources.entries import entries, register_each
from pipeline.sources.places import inside_of, places
from pipeline.sources.pointers import STILLS_POINTER, VIDEO_POINTER
from pipeline.sources.pointing import clean_command, known_source
from pipeline.sources.registration import video_name
from pipeline.sources.settings import MODEL_NAME, TopLevel, VideoEntry, VideoSettings
from pipeline.sources.system import DANMAKU, SYSTEMS, TRAIN, System
from pipeline.sources.training_set import TrainingSet, training_set

_PICTURES = "is pictures and no video"


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
            "pictures",
            metavar="FOLDER",
            help="a folder of pictures, or a file that lists some, instead of a video; several are"
            f" joined by {os.pathsep}",
        )
        parser.variable(
            "labels",
            metavar="FILE",
            help="a file with what people said about the pictures, or several joined by"
            f" {os.pathsep} (default: what lies in the folder or beside it)",
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
            shown=parser.takes_items and "MODELS" not in parser.variables,
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
        notes: list[str] = []
        if learning and (registered or not refused):
            learned, missing = _learned(workspace, videos, wanted, registered, broken)
            possible = [s for s in wanted if not any(system.is_needed([s]) for system in missing)]
            notes = _left_out(wanted, possible, missing)
            wanted = possible
        registered = [name for name in registered if name not in broken]
        return _selection(workspace, settings, wanted, registered, learned, refused, notes)

    def amounts(
        self, workspace: Workspace, recorded: Mapping[str, Amounts]
    ) -> dict[str, dict[str, float]]:
        """See ``extents.amounts``."""
        return extents.amounts(workspace.folder, recorded)

    def named(self, workspace: Workspace, settings: Settings, options: Options) -> list[str]:
        """The folders of VIDEO, of MODEL and its results, or else of all videos in the settings.

        Results of a model in a video's own folder belong to the video. Raises PipelineError: USAGE
        where nothing is named, NAME_TAKEN where a folder's name stands for another file.
        """
        videos: VideoSettings = settings.general
        paths = [*options.items, *map(Path, _several(options, "pictures"))]
        if options.model and paths:
            raise PipelineError(
                ExitCode.USAGE,
                f"both {paths[0]} and the model “{options.model}” are named to be removed",
                "Name one of them",
            )
        if options.model:
            inside = [f"{name}/{inside_of(videos.model)}" for name in workspace.item_names()]
            return [*(system.folder(videos.model) for system in SYSTEMS), *inside]
        if not paths:
            paths = [Path(e.video) for e in entries([*videos.train, *videos.annotate])]
        if not paths:
            raise PipelineError(
                ExitCode.USAGE,
                "nothing is named to be removed: the settings list no videos",
                "Try `make clean VIDEO=path/to/ep1.mp4`, or `make clean MODEL=name` (`make models`"
                " lists them)",
            )
        return [*filter(None, (_folder(workspace, video) for video in paths))]

    def known(self, workspace: Workspace, options: Options) -> list[str]:
        """The folders of all models where MODEL is named, else of all videos."""
        if not options.model:
            return workspace.item_names()
        models = sorted(workspace.folder.glob("models/*/[!.]*/"))
        return [str(model.relative_to(workspace.folder)) for model in models]


def _given(options: Options) -> list[VideoEntry]:
    """The videos and pictures of the command line, with what belongs to them."""
    pictures, labels, comments = (_several(options, w) for w in ("pictures", "labels", "comments"))
    if not options.items and (options.broadcast or options.stream or (comments and not pictures)):
        raise PipelineError(
            ExitCode.USAGE,
            "COMMENTS, BROADCAST and STREAM need a VIDEO to go with",
            "Add VIDEO=…",
        )
    if labels and not pictures:
        raise PipelineError(
            ExitCode.USAGE, "LABELS needs PICTURES to go with", "Add PICTURES=path/to/folder"
        )
    if len(options.items) + len(pictures) > 1 and (comments or options.broadcast or labels):
        raise PipelineError(
            ExitCode.USAGE,
            "COMMENTS, BROADCAST and LABELS belong to one video or folder of pictures, and"
            f" {len(options.items) + len(pictures)} are named",
            "Lay comment files beside the videos of their names, or list videos in the settings",
        )
    videos = [
        VideoEntry(
            str(video),
            comments,
            options.broadcast,
            list(filter(None, (options.cuts or "").split(","))),
            _stream(options.stream),
        )
        for video in options.items
    ]
    return videos + [VideoEntry(p, comments, stills=True, labels=labels) for p in pictures]


def _several(options: Options, word: str) -> list[str]:
    """Paths that are given as one word."""
    given = getattr(options, word) or ""
    return [*filter(None, [given] if Path(given).exists() else given.split(os.pathsep))]


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
            "no video is named: the settings list none, and neither VIDEO nor PICTURES is given",
            "Name one with VIDEO=path/to/ep1.mp4, or a folder of pictures with"
            " PICTURES=path/to/album, or fill in `videos:`",
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


def _learned(
    workspace: Workspace,
    videos: VideoSettings,
    wanted: Sequence[Stage],
    registered: Sequence[str],
    broken: Collection[str],
) -> tuple[dict[System, TrainingSet], dict[System, PipelineError]]:
    """What each system learns from, and why others have no model and nothing to learn one from.

    Of several stages, as those of ``all``, the ones that need such a model are left out.
    """
    learned = dict.fromkeys(SYSTEMS, TrainingSet([]))
    missing: dict[System, PipelineError] = {}
    for system in filter(lambda system: system.is_needed(wanted), SYSTEMS):
        try:
            learned[system] = training_set(workspace, system, videos, wanted, registered, broken)
        except PipelineError as error:
            if error.code not in (ExitCode.NO_MODEL, system.labels.code):
                raise
            missing[system] = error
    if missing and all(any(system.is_needed([stage]) for system in missing) for stage in wanted):
        stills = any(workspace.exist([f"{name}/{STILLS_POINTER}"]) for name in registered)
        raise missing[min(missing, key=lambda system: system.stills != stills)]
    return learned, missing


def _left_out(
    wanted: Sequence[Stage], possible: Sequence[Stage], missing: Mapping[System, PipelineError]
) -> list[str]:
    """What to say of stages that are left out where the user asked for those of one system."""
    verbs = sorted({stage.name for stage in wanted} - {stage.name for stage in possible})
    if not verbs or len({stage.system for stage in wanted}) > 1:
        return []
    what = f"{' and '.join(verbs)} {'is' if len(verbs) == 1 else 'are'} left out"
    return [f"{what}: {error.problem}. {error.remedy}" for error in missing.values()]


def _selection(
    workspace: Workspace,
    settings: Settings,
    wanted: Sequence[Stage],
    registered: Sequence[str],
    learned: Mapping[System, TrainingSet],
    refused: Mapping[str, PipelineError],
    notes: Sequence[str],
) -> Selection:
    """What each stage is run for, given the videos that could be registered."""
    videos: VideoSettings = settings.general
    names = {*registered, *(name for training in learned.values() for name in training.videos)}
    stages = {stage.name: stage for some in wanted for stage in some.makers.values()}
    pointers = [VIDEO_POINTER, STILLS_POINTER, *(system.labels.pointer for system in SYSTEMS)]
    having = {
        f"{ITEM}/{pointer}": sorted(n for n in names if workspace.exist([f"{n}/{pointer}"]))
        for pointer in pointers
    }
    work_on = {stage.name: _applicable(stage, registered, having) for stage in wanted}
    skipped = sorted(set(registered).difference(*work_on.values()))
    films, stills = (set(having[f"{ITEM}/{kind}"]) for kind in (VIDEO_POINTER, STILLS_POINTER))
    no_films = stills if _all_need(VIDEO_POINTER, wanted) else set()
    labels = next((system.labels for system in SYSTEMS if system.is_among(wanted)), DANMAKU.labels)
    if registered and len(skipped) == len(registered):
        if no_films.issuperset(skipped):
            raise _no_film(skipped, wanted)
        if _all_need(STILLS_POINTER, wanted) and films.issuperset(skipped):
            raise _no_pictures(skipped, wanted)
        raise labels.missing(*skipped, wanted=wanted)
    why = {name: _PICTURES if name in no_films else labels.why_skipped(wanted) for name in skipped}
    folders = {system: system.folder(videos.model) for system in SYSTEMS}
    return Selection(
        work_on=work_on,
        noun=_noun(films.intersection(registered), stills.intersection(registered)),
        bindings={
            system.name: {"model": videos.model, "train": training.videos}
            for system, training in learned.items()
        },
        having=having,
        places=places(
            workspace.folder,
            stages.values(),
            settings.stages["features"],
            videos.model,
            sorted(names),
        ),
        kept=frozenset(folders[s] for s, training in learned.items() if training.keeps_model),
        finished=frozenset(
            folders[s] for s in SYSTEMS if s.learned_from(workspace.folder, videos.model)
        ),
        skipped=why,
        notes=[*notes, *(note for training in learned.values() for note in training.notes)],
        refused={
            path: error
            for some in (refused, *(training.refused for training in learned.values()))
            for path, error in some.items()
        },
    )


def _noun(films: Collection[str], stills: Collection[str]) -> str:
    """What one of these is called."""
    if films and stills:
        return "item"
    return "album" if stills else "video"


def _all_need(pointer: str, wanted: Sequence[Stage]) -> bool:
    """Whether none of the stages does anything without what ``pointer`` points to."""
    return all(f"{ITEM}/{pointer}" in own_sources(stage) for stage in wanted)


def _no_film(names: Sequence[str], wanted: Sequence[Stage]) -> PipelineError:
    what = "is a folder of pictures" if len(names) == 1 else "are folders of pictures"
    return PipelineError(
        ExitCode.USAGE,
        f"{' and '.join(names)} {what}, and {_need(wanted)} a video",
        "Name one with VIDEO=, or try what pictures have, such as `make features` or `make export`",
    )


def _no_pictures(names: Sequence[str], wanted: Sequence[Stage]) -> PipelineError:
    what = "is a video" if len(names) == 1 else "are videos"
    return PipelineError(
        ExitCode.USAGE,
        f"{' and '.join(names)} {what}, and {_need(wanted)} a folder of pictures",
        "Name one with PICTURES=",
    )


def _need(wanted: Sequence[Stage]) -> str:
    verbs = sorted(stage.name for stage in wanted)
    return f"{' and '.join(verbs)} {'needs' if len(verbs) == 1 else 'need'}"


def _applicable(
    stage: Stage, registered: Sequence[str], having: Mapping[str, Sequence[str]]
) -> list[str]:
    """The videos that have the user's files from which the stage's inputs are made."""
    sources = own_sources(stage)
    return [name for name in registered if has_sources(name, sources, having)]


def _folder(workspace: Workspace, video: Path) -> str | None:
    """The folder of ``video``, or None if it has none."""
    name = video_name(video)
    source = known_source(workspace.folder / name)
    if source is None:
        return None
    known = Path(source.path)
    if known != video.resolve() and known.exists() and video.exists():
        raise PipelineError(
            ExitCode.NAME_TAKEN,
            f"{workspace.shown(name)} belongs to {known}, not to {video}",
            f"Give that path: {clean_command(source)}",
        )
    return name
