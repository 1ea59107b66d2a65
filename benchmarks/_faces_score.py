"""Are scores foretold? By raters whose taste in faces is known, and whose moods are.

Faces of the show are rated by three tastes with three moods each. 600 are learned from, and 500
of other scenes, 100 of each score, are held out. No one can foretell a mood: the ceiling is the
root of the rater's reliability, how well the scores of two days correlate.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import spearmanr

from pipeline.engine.stage import Files
from pipeline.faces.scores.distributions import draw_distributions
from pipeline.faces.scores.learning import try_choices
from pipeline.faces.scores.subjects import Subject, faces
from pipeline.faces.scores.taste_file import Judgement, Taste
from pipeline.faces.scores.views import Seen
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.learning.heads.ordinal import Scale
from pipeline.learning.heads.prepared import joined
from pipeline.pictures.baseline_features import baseline_features
from pipeline.runtime.arrays import Float32s, Int64s
from pipeline.show.album import make_album
from pipeline.show.album_truth import AlbumTruth, Person
from pipeline.show.rater import STARS, TASTES, stars
from pipeline.show.spec import AlbumSpec
from pipeline.show.truth import truth_path
from stages.faces import crops as cutting
from stages.faces import features as seeing
from stages.pictures import features, frames

_SPEC = AlbumSpec(seed=3, stills=850, width=480, height=270, shots=True)
_MOODS = (0.3, 0.6, 1.0)
_LEARNED, _OF_EACH_SCORE = 600, 100
_SEEN, _LEAST_SIDE = 0.5, 16
_SEED = 2017


class _Faces(NamedTuple):
    """The faces of the album, in one order everywhere."""

    people: list[Person]
    scenes: Int64s
    taps: dict[str, Float32s]
    """What is looked at, by names as in ``Seen.choices``, and ``pixels``."""
    crop: list[list[str]]
    """Taps of crops that are tried together."""
    picture: list[list[str]]


def measure(folder: Path, settings: str) -> dict[str, float]:
    """Print how well scores are foretold; return the figures that stand for all."""
    shown = _shown(folder / "scores")
    looks = {"crop": shown.crop, "picture": shown.picture[-1:], "pixels": [["pixels"]]}
    over: dict[str, list[float]] = {name: [] for name in looks}
    covered = []
    print(
        f"{'taste':12}{'mood':>6}{'ceiling':>9}" + "".join(f"{name:>9}" for name in looks), end=""
    )
    print("  covered   (Spearman over the ceiling, on 500 unseen)")
    for name, taste in TASTES.items():
        likings = [taste.liking(person) for person in shown.people]
        for mood in _MOODS:
            given, again = (stars(likings, mood, np.random.default_rng(day)) for day in (1, 2))
            learned, unseen = _split(shown.scenes, given)
            ceiling = float(np.corrcoef(given[unseen], again[unseen])[0, 1]) ** 0.5
            row = []
            for look, choices in looks.items():
                found = _foretold(shown, choices, given, learned, unseen)
                row.append(float(spearmanr(found.scores, given[unseen])[0]) / ceiling)
                over[look].append(row[-1])
                if look == "crop":
                    within = (found.low <= given[unseen]) & (given[unseen] <= found.high)
                    covered.append(float(within.mean()))
                    plot = folder / "scores" / f"{name}-{mood}.png"
                    levels = np.arange(1.0, STARS + 1)
                    draw_distributions(plot, found.scores, given[unseen].astype(float), levels)
            cells = "".join(f"{value:9.3f}" for value in row)
            print(f"{name:12}{mood:6}{ceiling:9.3f}{cells}{covered[-1]:9.3f}", flush=True)
    return {
        "score_over_ceiling": round(float(np.mean(over["crop"])), 3),
        "score_over_ceiling_lowest": round(min(over["crop"]), 3),
        "score_picture_over_ceiling": round(float(np.mean(over["picture"])), 3),
        "score_pixels_over_ceiling": round(float(np.mean(over["pixels"])), 3),
        "coverage": round(float(np.mean(covered)), 3),
    }


def _foretold(
    shown: _Faces, choices: list[list[str]], given: Int64s, learned: Int64s, unseen: Int64s
) -> Judgement:
    """What a taste that learned from some faces says of others."""
    names = dict.fromkeys(tap for some in choices for tap in some)
    taps = {name: shown.taps[name][learned] for name in names}
    scores = given[learned].astype(np.float64)
    lesson = try_choices(taps, choices, Scale.of(scores), scores, shown.scenes[learned], _SEED)
    taste = Taste.of(lesson, [""] * len(learned), ("", ""), "highest")
    others: Mapping[str, Float32s] = {name: shown.taps[name][unseen] for name in names}
    return taste.judge(taste.head.logits(joined(others, taste.card.taps)))


def _split(scenes: Int64s, given: Int64s) -> tuple[Int64s, Int64s]:
    """Faces that are learned from, and as many of each score from other scenes."""
    order = np.random.default_rng(_SEED).permutation(np.unique(scenes))
    place = np.argsort(order)[np.searchsorted(np.unique(scenes), scenes)]
    by_scene = np.argsort(place, kind="stable")
    learned = by_scene[:_LEARNED]
    others = by_scene[~np.isin(scenes[by_scene], scenes[learned])]
    of_each = [others[given[others] == score][:_OF_EACH_SCORE] for score in range(1, STARS + 1)]
    return learned, np.concatenate(of_each)


def _shown(folder: Path) -> _Faces:
    """The album's faces, cut out and seen by the network."""
    album = make_album(folder, _SPEC)
    truth = AlbumTruth.load(truth_path(folder, _SPEC.stem))
    item = folder / "item"
    item.mkdir(exist_ok=True)
    stills = Files({"stills": [album], "source": []})
    frames.run(stills, Files({"frames": [item / "frames.h5"]}), frames.Config())
    whole = Files({"frames": [item / "frames.h5"]})
    features.run(whole, Files({"features": [item / "features.h5"]}), features.Config())
    people: dict[tuple[str, tuple[float, ...]], tuple[Person, int]] = {}
    for still in truth.stills:
        for person in still.people:
            if person.face is not None and person.face.visible >= _SEEN:
                people[still.image, tuple(map(float, person.face.box))] = person, still.scene
    boxes = [
        Label(picture=image, kind="box", value="face", box=(box[0], box[1], box[2], box[3]))
        for image, box in people
    ]
    write_labels_file(item / "faces.jsonl", boxes)
    inputs = {"faces": [item / "faces.jsonl"], "frames": [item / "frames.h5"], **stills.paths}
    table = item / "faces" / "crops.jsonl"
    cutting.run(Files(inputs), Files({"crops": [table]}), cutting.Config(min_side=_LEAST_SIDE))
    seen = {name: [item / "crops" / f"{name}.h5"] for name in ("frames", "features")}
    before = {name: [item / f"{name}.h5"] for name in ("frames", "features")}
    seeing.run(Files({"crops": [table], **before}), Files(seen), seeing.STAGE.config())
    subjects = faces(item / "frames.h5", table, seen["frames"][0])
    return _looked_at(subjects, people, Seen(before["features"], seen["features"]), seen["frames"])


def _looked_at(
    subjects: list[Subject],
    people: Mapping[tuple[str, tuple[float, ...]], tuple[Person, int]],
    seen: Seen,
    crop_frames: list[Path],
) -> _Faces:
    known = [people[subject.picture, subject.box or ()] for subject in subjects]
    places = [(0, subject) for subject in subjects]
    crop, picture = seen.choices("crop"), seen.choices("picture")
    taps = {tap: seen.values(tap, places) for tap in [*crop[-1], *picture[-1]]}
    rows = [(0, subject.crop_row) for subject in subjects]
    taps["pixels"] = baseline_features(crop_frames, rows)["pixels"]
    scenes = np.array([scene for _, scene in known], np.int64)
    return _Faces([person for person, _ in known], scenes, taps, crop, picture)
