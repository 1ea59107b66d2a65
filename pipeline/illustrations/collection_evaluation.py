"""How well a tagger tells the tags that people gave a collection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from pipeline.evaluation.average_precision import mean_average_precision
from pipeline.illustrations.picture_tags import PictureTags
from pipeline.illustrations.tag_measures import Calibrated, Decisions, Precision
from pipeline.illustrations.tag_probabilities import TagProbabilities
from pipeline.pictures.settings import Unit
from pipeline.pictures.units import unit_numbers
from pipeline.runtime.arrays import Bools, Int64s
from pipeline.runtime.atomic_files import write_json
from pipeline.runtime.sample_size import MIN_CLUSTERS, is_enough


class TagFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of the tags that both people and the tagger use, on 8 units or more each."""

    precision: Precision
    prior: Precision
    """Of one who knows how frequent tags are and sees nothing."""
    decisions: Decisions
    calibrated: Calibrated
    tags: dict[str, float]
    """The average precision of each."""


class CollectionEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """``tags.evaluation.json``: of the pictures to which people gave tags."""

    pictures: int
    units: int
    """That these belong to; see ``Unit``."""
    has_learned_from_it: bool
    """Whether the tagger learned from this collection, which is no fair test."""
    figures: TagFigures | None
    """None where people gave none of the tagger's tags often enough."""

    @classmethod
    def load(cls, path: Path) -> CollectionEvaluation:
        """Read ``tags.evaluation.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``tags.evaluation.json``."""
        write_json(path, self)

    @property
    def is_fair(self) -> bool:
        """Whether it says something about pictures that the tagger has not learned from."""
        return not self.has_learned_from_it and self.figures is not None

    @property
    def summary(self) -> str:
        """One line for the terminal."""
        if not (self.figures and is_enough(self.units)):
            return f"people tagged {self.pictures:,}: too few, or other tags, to say how well"
        mean, chance = (one.over_tags.mean for one in (self.figures.precision, self.figures.prior))
        unfair = "; it learned from them, which is no fair test" * self.has_learned_from_it
        return (
            f"mean average precision {mean:.3f} on {self.pictures:,} pictures with tags by people,"
            f" by chance {chance:.3f}{unfair}"
        )


def evaluate_collection(
    pictures: Sequence[PictureTags],
    rows: Int64s,
    model: TagProbabilities,
    by: Unit,
    *,
    has_learned_from_it: bool,
) -> CollectionEvaluation:
    """Measure ``model`` on those of ``pictures`` that people tagged.

    ``rows`` (frames,) are the distinct picture of each frame. A tag that nobody gave such a picture
    is taken not to hold of it.
    """
    given = [(one, {t.name for t in one.tags if t.by == "person"}) for one in pictures]
    tagged = [(one, names) for one, names in given if names]
    row = rows[[one.frame for one, _ in tagged]] if tagged else np.empty(0, np.int64)
    units = unit_numbers([one.picture for one, _ in tagged], row, by)
    holds = np.array([[name in names for name in model.names] for _, names in tagged], bool)
    holds = holds.reshape(len(tagged), len(model.names))
    measured = _on_enough(holds, units) & _on_enough(~holds, units)
    figures = None
    if measured.any():
        probabilities = np.asarray(model.probabilities[row][:, measured], np.float32)
        holds, decided = holds[:, measured], model.holding(row)[:, measured]
        by_tag, *precision = mean_average_precision(probabilities, holds, units)
        _, *prior = mean_average_precision(np.zeros_like(probabilities), holds, units)
        names = np.array(model.names)[measured].tolist()
        figures = TagFigures(
            precision=Precision(*precision),
            prior=Precision(*prior),
            decisions=Decisions.of(decided, holds),
            calibrated=Calibrated.of(probabilities, holds, units),
            tags=dict(zip(names, by_tag.tolist(), strict=True)),
        )
    return CollectionEvaluation(
        pictures=len(tagged),
        units=len(np.unique(units)),
        has_learned_from_it=has_learned_from_it,
        figures=figures,
    )


def _on_enough(holds: Bools, units: Int64s) -> Bools:
    """(k,) whether each tag is on so many units that an interval means something."""
    return np.array([len(np.unique(units[column])) >= MIN_CLUSTERS for column in holds.T], bool)
