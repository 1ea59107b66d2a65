"""Is the cast of an episode told apart? On the show, whose truth says whose face each one is.

Boxes are those of the truth, so that only tracks and clusters are measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from benchmarks._command_line import run_verb
from pipeline.engine.stage import Files, Stage
from pipeline.faces.tracks.cast_file import read_cast
from pipeline.faces.tracks.tracks_file import Held, Track, read_tracks
from pipeline.labels.boxes import Box
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.pictures.frames_file import Frames
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from pipeline.show.truth import Truth, truth_path
from stages.faces import cast, crops, features, tracks

_SEASONS = (2017, 2018, 2019)


class Episode(NamedTuple):
    """What was found of one episode."""

    truth: Truth
    tracks: list[Track]
    clusters: list[list[Track]]


def measure(folder: Path, settings: str) -> dict[str, float]:
    """Print how pure tracks and clusters are; return the figures that stand for all."""
    episodes = [_episode(folder / "cast" / str(seed), seed, settings) for seed in _SEASONS]
    figures = {
        "tracks": sum(len(one.tracks) for one in episodes),
        "tracks_truth": sum(len(one.truth.appearances) for one in episodes),
        "tracks_purity": fmean(
            _purity([[track] for track in one.tracks], one.truth) for one in episodes
        ),
        "cast": sum(len(one.clusters) for one in episodes),
        "cast_truth": sum(len({who.name for who in one.truth.appearances}) for one in episodes),
        "cast_purity": fmean(_purity(one.clusters, one.truth) for one in episodes),
        # If all were taken for one.
        "cast_purity_blind": fmean(_purity([one.tracks], one.truth) for one in episodes),
    }
    for name, figure in figures.items():
        print(f"{name:26} {figure:.3f}")
    return {name: round(figure, 4) for name, figure in figures.items()}


def _episode(folder: Path, seed: int, settings: str) -> Episode:
    folder.mkdir(parents=True, exist_ok=True)
    spec = EpisodeSpec(seed=seed, seconds=60, comment_rate=1)
    video = make_episode(folder, spec)
    run_verb("features", folder / "workdir", video=video, settings=settings)
    truth, item = Truth.load(truth_path(folder, spec.stem)), folder / "workdir" / spec.stem
    first = Frames.load(item / "frames.h5").first_frames().tolist()
    faces = (label for frame in first for label in _labels(truth, frame))
    write_labels_file(item / "faces.jsonl", faces)
    for stage in (crops.STAGE, features.STAGE, tracks.STAGE, cast.STAGE):
        _run(stage, item)
    found = read_tracks(item / "tracks.jsonl")
    numbers = [one.tracks for one in read_cast(item / "cast" / "cast.jsonl")]
    return Episode(truth, found, [[found[n - 1] for n in some] for some in numbers])


def _labels(truth: Truth, frame: int) -> list[Label]:
    """What ``faces.jsonl`` says of a picture."""
    boxes = [_box(face.box) for face in truth.faces(frame).values()]
    labels = [Label(picture=str(frame), kind="box", value="face", box=box) for box in boxes]
    return labels or [Label(picture=str(frame), kind="box")]


def _box(box: Sequence[int]) -> Box:
    left, top, right, bottom = map(float, box)
    return left, top, right, bottom


def _run(stage: Stage, item: Path) -> None:
    """Run a stage on the files of an item, with its default settings."""

    def files(templates: Mapping[str, str]) -> Files:
        paths = {name: item / path.removeprefix("{item}/") for name, path in templates.items()}
        return Files({name: [path] if path.exists() else [] for name, path in paths.items()})

    outputs = {name: [item / path.removeprefix("{item}/")] for name, path in stage.outputs.items()}
    print(stage.run(files({**stage.inputs, **stage.optional}), Files(outputs), stage.config()))


def _purity(groups: Iterable[Sequence[Track]], truth: Truth) -> float:
    """The share of faces, over time, that are whose most faces of their group are."""
    right = total = 0
    for group in groups:
        whose: Counter[str] = Counter()
        for face in (face for track in group for face in track.faces):
            whose[_owner(face, truth)] += face.end_frame - face.frame
        right += whose.most_common(1)[0][1]
        total += whose.total()
    return right / total


def _owner(face: Held, truth: Truth) -> str:
    faces = truth.faces(face.frame).items()
    return next(name for name, one in faces if _box(one.box) == face.box)
