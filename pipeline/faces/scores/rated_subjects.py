"""The faces or pictures that people have rated: what a taste is learned from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.faces.scores.enough import is_rating, require_enough
from pipeline.faces.scores.raters import Noise, Ratings, noise_of, numbered
from pipeline.faces.scores.subjects import Finder, Subject
from pipeline.labels.labels_file import read_labels_file
from pipeline.labels.tag_names import same_tag
from pipeline.learning.heads.ordinal import Scale
from pipeline.pictures.frames_file import read_keys
from pipeline.pictures.settings import Unit
from pipeline.pictures.units import unit_numbers
from pipeline.runtime.arrays import Float32s, Float64s, Int64s

_Given = tuple[int, str, float]
"""An example's number, a rater, and a score."""


@dataclass(frozen=True)
class RatedSubjects:
    """All subjects of the training collections that a person has rated, in one order everywhere."""

    places: list[tuple[int, Subject]]
    """(n,) the collection of each, and what was rated."""
    names: list[str]
    """(n,) of the collection's folder and the picture, or the crop."""
    scores: Float64s
    """(n,) means over raters, freed from their offsets."""
    scale: Scale
    """Of the scores as they were given."""
    units: Int64s
    """(n,) what each belongs to; see ``Unit``."""
    raters: dict[str, float]
    """How much higher each scores than others do."""
    contrary: list[str]
    """Raters whose scores look reversed, and do not count."""
    noise: Noise | None
    """None where too few were rated again."""
    left_out: int
    """Ratings of pictures in which no such face was found."""

    @classmethod
    def load(
        cls,
        labels: Sequence[Path],
        frames: Sequence[Path],
        subjects: Sequence[Sequence[Subject]],
        by: Unit,
    ) -> RatedSubjects:
        """The rated ones of the ``subjects`` of each collection.

        Raises PipelineError NOTHING_USABLE for too few scores, and for scores that are all equal.
        """
        places: list[tuple[int, Subject]] = []
        given: list[_Given] = []
        left_out = 0
        for number, (label_file, some) in enumerate(zip(labels, subjects, strict=True)):
            finder, known = Finder(some), dict[int, int]()
            for label in filter(is_rating, read_labels_file(label_file)):
                found = finder.find(label.picture, label.box)
                if found is None:
                    left_out += 1
                    continue
                if found not in known:
                    known[found] = len(places)
                    places.append((number, some[found]))
                given.append((known[found], label.rater or "", label.weight or 0.0))
        ratings, raters = _ratings(given)
        contrary = [raters[rater] for rater in ratings.contrary()]
        if contrary:
            given = [one for one in given if one[1] not in contrary]
            kept = {example: n for n, example in enumerate(sorted({one[0] for one in given}))}
            places = [places[example] for example in kept]
            given = [(kept[example], rater, score) for example, rater, score in given]
            ratings, raters = _ratings(given)
        require_enough(labels, len(places), {score for *_, score in given}, left_out)
        scores = ratings.means()
        return cls(
            places,
            [f"{frames[n].parent.name}/{one.name}" for n, one in places],
            scores,
            Scale.of(ratings.score),
            _units(places, frames, by),
            dict(zip(raters, ratings.offsets().tolist(), strict=True)),
            contrary,
            noise_of(ratings, scores),
            left_out,
        )


def _ratings(given: Sequence[_Given]) -> tuple[Ratings, list[str]]:
    """What was given, and the names of the raters by their numbers."""
    ratings = Ratings(
        np.array([example for example, *_ in given], np.int64),
        numbered([rater for _, rater, _ in given]),
        np.array([score for *_, score in given], np.float64),
    )
    return ratings, list(dict.fromkeys(rater for _, rater, _ in given))


def _units(places: Sequence[tuple[int, Subject]], frames: Sequence[Path], by: Unit) -> Int64s:
    """(n,) all faces of a picture, and all equal pictures, are of one unit."""
    keys = [read_keys(path) for path in frames]
    names = [f"{frames[number].parent.name}/{subject.picture}" for number, subject in places]
    _, equal = np.unique([keys[n][subject.row] for n, subject in places], return_inverse=True)
    return unit_numbers(names, equal.astype(np.int64), by)


def tag_features(labels: Sequence[Path], places: Sequence[tuple[int, Subject]]) -> Float32s | None:
    """(n, t) 1 where people gave the picture a tag that others have too; None without such."""
    tags = [defaultdict[str, set[str]](set) for _ in labels]
    for found, label_file in zip(tags, labels, strict=True):
        for label in read_labels_file(label_file):
            if label.kind == "tag" and label.by == "person":
                found[label.picture].add(same_tag(label.value))
    held = [tags[number][subject.picture] for number, subject in places]
    frequent = [tag for tag, n in Counter(t for some in held for t in some).items() if n > 1]
    if not frequent:
        return None
    return np.array([[tag in some for tag in sorted(frequent)] for some in held], np.float32)
