"""The verb ``compare``: several models on one video, side by side on a page."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.engine.application import Call, Command
from pipeline.engine.command_line import VerbParser
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_digest import file_fingerprint
from pipeline.sources.entries import entries
from pipeline.sources.places import owner, result_folders
from pipeline.sources.pointers import Source
from pipeline.sources.pointing import missing, refuse_mixing
from pipeline.sources.registration import video_name
from pipeline.sources.settings import VideoEntry, VideoSettings
from pipeline.sources.system import DANMAKU

if TYPE_CHECKING:
    from pipeline.danmaku.alignment.aligned_file import Aligned
    from pipeline.danmaku.comparison.compared import Compared
    from pipeline.danmaku.comparison.comparing import Comparison
    from pipeline.pictures.frames_file import Frames

COMPARISON = "compare"
"""The folder of the page, in that of the video."""
_OF_VIDEO = ("frames.h5", "aligned.h5", "comments.jsonl")
"""What is read of the video itself."""
_UNEQUAL = {
    "frames": "cuts of the video",
    "block_s": "settings of `evaluate`",
    "comments": "comments",
    "vocabulary": "words",
    "candidates": "candidates",
}
"""What two models may have of their own, by the field of ``Basis``."""
_SETTINGS = ", with the CONFIG and SET that it was made with"


def _add_options(parser: VerbParser) -> None:
    parser.variable(
        "models",
        shown=True,
        metavar="A,B,…",
        help="the models to compare (default: all that have commented on the video)",
    )


def _run(call: Call) -> ExitCode:
    """Compare models on a video: figures, whether they differ beyond chance, and comments.

    Each has to have its results there: `report MODEL=name` makes them. Without a video those in
    the settings are taken; one of several that cannot be compared does not stop the others.
    """
    listed: VideoSettings = call.settings.general
    videos = entries(listed.given or listed.annotate)
    if call.options.model:
        raise PipelineError(ExitCode.USAGE, "MODEL= means nothing to compare", "Write MODELS=a,b")
    if not videos:
        raise PipelineError(
            ExitCode.USAGE,
            "no video is named",
            "Name one with VIDEO=path/to/ep1.mp4, or settings that list some with CONFIG=",
        )
    codes = set()
    for entry in videos:
        try:
            _compare(call, entry)
        except PipelineError as error:
            if len(videos) == 1:
                raise
            call.say(f"error: {error}")
            codes.add(error.code)
    return ExitCode.OK if not codes else codes.pop() if len(codes) == 1 else ExitCode.SEVERAL_FAILED


def _compare(call: Call, entry: VideoEntry) -> None:
    from pipeline.danmaku.alignment.aligned_file import Aligned
    from pipeline.danmaku.comparison.compared import Compared
    from pipeline.danmaku.comparison.comparing import Comparison
    from pipeline.pictures.frames_file import Frames

    workdir, given = call.workspace.folder, Path(entry.video)
    video = video_name(given)
    if not ((workdir / video).exists() or given.exists()):
        after = "Check the path after VIDEO="
        raise missing(ExitCode.VIDEO_MISSING, "video", given, entry.place, after)
    if given.is_file() and not entry.stills:
        refuse_mixing(workdir / video, given, Source, partial(file_fingerprint, given))
    trained = {folder.name for folder in workdir.glob(f"{DANMAKU.folder('*')}/")}
    results = results_by_model(workdir, video)
    folders = chosen(results, call.options.models or "", video, trained)
    if lacking := [file for file in _OF_VIDEO if not (workdir / video / file).exists()]:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"{video} lacks {' and '.join(lacking)}",
            f"`make report VIDEO=…` makes them anew{_SETTINGS}",
        )
    models = []
    for name, folder in folders.items():
        with readable(f"the results of {name} on {video}"):
            training = workdir / DANMAKU.folder(name) / "training.json"
            models.append(Compared.load(name, folder, training))
    with readable(f"frames.h5 or aligned.h5 of {video}"):
        frames = Frames.load(workdir / video / "frames.h5")
        aligned = Aligned.load(workdir / video / "aligned.h5")
    for model in models:
        require_current(video, model, frames, aligned)
    comparison = Comparison.of(video, models)
    place = f"{video}/{COMPARISON}"
    with call.workspace.alone(place):
        _write(workdir / place, comparison, models, frames, aligned)
    call.application.refresh(call.workspace)
    for pair in comparison.pairs:
        reasons = {why for why in pair.differences.values() if isinstance(why, str)}
        if unequal := [words for field, words in _UNEQUAL.items() if field in reasons]:
            call.say(
                f"{pair.one} and {pair.other}: not all figures can be compared, since they have"
                f" other {' and '.join(unequal)}"
            )
    call.say(f"{call.workspace.shown(f'{place}/index.html')}, with figures.csv and compare.json")


def results_by_model(workdir: Path, video: str) -> dict[str, Path]:
    """By model, the folder of its results, whole or not."""
    from pipeline.danmaku.comparison.compared import NEEDED

    own, *others = result_folders(workdir / video)
    first = owner(workdir, DANMAKU, video)
    found = {first: own} if first else {}
    return found | {folder.name: folder for folder in others if (folder / NEEDED[0]).exists()}


def chosen(
    results: Mapping[str, Path], wanted: str, video: str, trained: Collection[str]
) -> dict[str, Path]:
    """The results to compare, of models that are ``wanted``, between commas, or else of all.

    Raises PipelineError NO_MODEL for fewer than two, or incomplete ones.
    """
    from pipeline.danmaku.comparison.compared import NEEDED

    names = list(dict.fromkeys(re.findall(r"[^,\s]+", wanted))) or list(results)
    there = " and ".join(results) or "no model"
    if lacking := [name for name in names if name not in results]:
        raise PipelineError(
            ExitCode.NO_MODEL,
            f"{lacking[0]} has not commented on {video}; there are results of {there}",
            f"`make report VIDEO=… MODEL={lacking[0]}` makes them{_SETTINGS}"
            if lacking[0] in trained
            else "There is no such model: `make models` lists them",
        )
    if len(names) < 2:
        raise PipelineError(
            ExitCode.NO_MODEL,
            f"a comparison takes two models, and {video} has results of {there}",
            "`make report CONFIG=my-show.yaml MODEL=other SET=train.captioner.decoder=transformer`,"
            " say, trains another one and lets it comment",
        )
    for name in names:
        if lacking := [file for file in NEEDED if not (results[name] / file).exists()]:
            raise PipelineError(
                ExitCode.NO_MODEL,
                f"the results of {name} on {video} lack {' and '.join(lacking)}",
                f"`make evaluate explain VIDEO=… MODEL={name}` makes them{_SETTINGS}; it needs"
                " comments",
            )
    return {name: results[name] for name in names}


@contextmanager
def readable(what: str) -> Iterator[None]:
    """Raise PipelineError BAD_ARTIFACT if the block cannot read ``what``."""
    try:
        yield
    except (OSError, KeyError, msgspec.DecodeError) as error:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"{what} cannot be read: they are damaged, or an older version made them ({error})",
            f"Delete them; `make report VIDEO=…` makes them anew{_SETTINGS}",
        ) from error


def require_current(video: str, model: Compared, frames: Frames, aligned: Aligned) -> None:
    """Raise PipelineError BAD_ARTIFACT for results on what the video no longer is."""
    from pipeline.danmaku.evaluation.values_file import digest_of_comments

    basis, line = model.values.basis, model.values.comments.line
    what = ""
    if basis.frames != frames.fingerprint:
        what = "another version of the video"
    elif len(line) and digest_of_comments(aligned, line) != basis.comments:
        what = "other comments than there are now"
    elif len(model.comments) != len(model.explained.rank):
        what = "other comments of its own than there are now"
    if what:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"{model.name} was measured on {what} of {video}",
            f"`make report VIDEO=… MODEL={model.name}` measures it anew{_SETTINGS}",
        )


def _write(
    folder: Path,
    comparison: Comparison,
    models: Sequence[Compared],
    frames: Frames,
    aligned: Aligned,
) -> None:
    """Write the page and its files beside the video's."""
    import numpy as np

    from pipeline.danmaku.comments.comments_file import TokenizedComment
    from pipeline.danmaku.comparison.seconds import seconds_of
    from pipeline.danmaku.sections.compare.page import write_page
    from pipeline.pictures.frames_file import read_thumbnail
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.runtime.clock import MILLISECONDS
    from pipeline.runtime.json_lines import read_lines

    item = folder.parent
    comments = list(read_lines(item / "comments.jsonl", TokenizedComment))
    meant = zip(aligned.frame.tolist(), aligned.line.tolist(), strict=True)
    seconds = seconds_of(models, frames, [(frame, comments[line].text) for frame, line in meant])

    def thumbnail_of(second: int) -> bytes:
        middle = np.array([second * MILLISECONDS + MILLISECONDS // 2])
        return read_thumbnail(item / "frames.h5", int(frames.times.frames_at(middle)[0]))

    with published_folder(folder) as temporary:
        comparison.save(temporary)
        viewers = [(comment.time_ms / MILLISECONDS, comment.text) for comment in comments]
        write_page(temporary, comparison, models, seconds, viewers, thumbnail_of)


COMPARE = Command(
    "compare",
    _run,
    _add_options,
    takes_items=True,
    uses=("config", "workdir"),
    extra="learn",
)
