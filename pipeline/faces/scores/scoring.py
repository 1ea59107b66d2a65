"""What a taste says of subjects, and what speaks for it; what people said wins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.faces.scores.learning import nearest
from pipeline.faces.scores.scores_file import Alike, Scored
from pipeline.faces.scores.subjects import Finder, Subject
from pipeline.faces.scores.taste_file import Judgement, Taste
from pipeline.faces.scores.tuning.rated_pictures import RatedPictures
from pipeline.faces.scores.tuning.task import logits_of
from pipeline.faces.scores.views import CROP, Seen
from pipeline.labels.labels_file import read_labels_file
from pipeline.learning.heads.ordinal import Scale, score_effects
from pipeline.pictures.cells import CELLS
from pipeline.runtime.arrays import Float32s, Float64s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.progress import track

_BATCH = 256  # subjects
_ALIKE = 3  # examples that are named


def scored(
    taste: Taste,
    seen: Seen,
    frames: Path,
    subjects: Sequence[Subject],
    given: Mapping[int, float],
    item: str,
) -> Iterator[Scored]:
    """Yield the score of each of the ``subjects`` of ``item``.

    ``frames`` has the pictures of the subjects, or their crops; ``given`` are people's scores, by
    the subject's number.

    Raises PipelineError: BAD_ARTIFACT for features of another network, INVALID_SETTING for a taste
    that looks at crops where there are none.
    """
    taste.require_match(seen.network)
    if CROP in taste.views and not seen.crops:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            "faces.score.what: whole pictures are to be scored, and the taste looks at faces",
            "Leave it at face, or learn a taste with `faces: taste: {of: picture}`",
        )
    starts = range(0, len(subjects), _BATCH)
    for start in track(starts, len(starts), "scores", "batches"):
        batch = subjects[start : start + _BATCH]
        places = [(0, subject) for subject in batch]
        taps = {tap: seen.values(tap, places) for tap in taste.card.taps}
        features = taste.features(taps)
        logits = _logits(taste, features, frames, places)
        judgement = taste.judge(logits)
        alike = _alike(taste, features, [f"{item}/{subject.name}" for subject in batch])
        why = _why(taste, features, judgement, {tap: v.shape[1] for tap, v in taps.items()}, seen)
        for place, subject in enumerate(batch):
            own = given.get(start + place)
            expected = float(judgement.scores[place])
            yield Scored(
                picture=subject.picture,
                frame=subject.frame,
                crop=subject.crop.file if subject.crop else "",
                box=subject.box,
                score=round(expected if own is None else own, 4),
                by="model" if own is None else "person",
                expected=round(expected, 4),
                low=round(float(judgement.low[place]), 4),
                high=round(float(judgement.high[place]), 4),
                alike=alike[place],
                why=[round(float(effect), 4) for effect in why[place]],
            )


def _logits(
    taste: Taste, features: Float32s, frames: Path, places: Sequence[tuple[int, Subject]]
) -> Float32s:
    """(n, k) of the network if there is one, or of the head on ``features`` (n, f)."""
    if taste.network is None:
        return taste.head.logits(features)
    pictures = RatedPictures([frames], places, taste.network.card.view)
    return logits_of(taste.network, pictures, range(len(places)))


def scores_given(labels: Path | None, subjects: Sequence[Subject]) -> dict[int, float]:
    """The mean of people's scores of each of the ``subjects`` that have some, by its number."""
    found: dict[int, list[float]] = defaultdict(list)
    finder = Finder(subjects)
    for label in read_labels_file(labels) if labels else ():
        if label.kind == "score" and label.by == "person" and label.weight is not None:
            number = finder.find(label.picture, label.box)
            if number is not None:
                found[number].append(label.weight)
    return {number: sum(scores) / len(scores) for number, scores in found.items()}


def _alike(taste: Taste, features: Float32s, names: Sequence[str]) -> list[list[Alike]]:
    """The most similar examples of each subject, which may be an example itself."""
    found = []
    numbers, cosines = nearest(taste.compared(features), taste.vectors, _ALIKE + 1)
    for name, some, near in zip(names, numbers.tolist(), cosines.tolist(), strict=True):
        others = [
            Alike(taste.card.examples[number], float(taste.scores[number]), round(cosine, 4))
            for number, cosine in zip(some, near, strict=True)
            if taste.card.examples[number] != name
        ]
        found.append(others[:_ALIKE])
    return found


def _why(
    taste: Taste,
    features: Float32s,
    judgement: Judgement,
    widths: Mapping[str, int],
    seen: Seen,
) -> Float64s:
    """(n, 9) the effects of the parts of crops; (n, 0) without such, and for a network.

    The head is linear in the values of the parts, so their effects on its logits add up.
    """
    scale = Scale(np.array(taste.card.levels))
    effects = score_effects(scale, taste.calibration.slope * judgement.logits)
    above = features - taste.mean
    total, first, parts = np.zeros((len(features), CELLS**2)), 0, 0
    for tap, width in widths.items():
        own = slice(first, first + width)
        first += width
        if taste.network or not seen.has_parts(tap):
            continue
        parts += 1
        weights = taste.head.weights[own] * taste.calibration.slope
        by_part = above[:, own].reshape(len(above), CELLS**2, -1)
        moved = np.einsum(
            "npc,pck->npk", by_part, weights.reshape(CELLS**2, -1, len(scale.levels) - 1)
        )
        total += np.einsum("npk,nk->np", moved, effects)
    return total if parts else total[:, :0]
