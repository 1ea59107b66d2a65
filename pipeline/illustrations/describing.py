"""``described.h5``: features with the probabilities of tags beside them.

It has the form of ``features.h5``. To each position of a grid, and to each vector, values are added
that are those of the whole picture: so a captioner that reads it has tags as a second input, and
all that is done to its pictures, such as mixing them up, is done to their tags.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import h5py
import numpy as np

from pipeline.illustrations.tag_probabilities import TagProbabilities
from pipeline.pictures.features_file import FeatureStore, building_features
from pipeline.runtime.arrays import Float16s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.progress import track

_ROWS = 256  # at once


def describe(
    target: Path, features: Path, model: TagProbabilities, groups: Collection[str]
) -> list[str]:
    """Write ``target``, with the tags of some ``groups``; return their names.

    Raises PipelineError: INVALID_SETTING where the tagger has no such tags, DISK_FULL, BUSY.
    """
    columns = [place for place, group in enumerate(model.groups) if group in groups]
    if not columns:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"illustrations.describe.groups: the tagger has no tags of {' or '.join(groups)}",
            f"Choose from {', '.join(sorted(set(model.groups)))}",
        )
    names = [model.names[place] for place in columns]
    with FeatureStore(features) as store, h5py.File(features, "r") as file:
        attributes = {name: str(value) for name, value in file.attrs.items()} | {
            "backbone": f"{store.backbone} and {len(names)} tags",
            "weights": f"{store.weights}; {' '.join(groups)} by {model.tagger}",
        }
        shapes = {tap: (*shape[:-1], shape[-1] + len(names)) for tap, shape in store.taps.items()}
        with building_features(target, store.rows, shapes, attributes) as built:
            starts = range(built.next, store.rows, _ROWS)
            for start in track(starts, len(starts), "describe", "batches"):
                rows = slice(start, start + _ROWS)
                tags = np.asarray(model.probabilities[rows])[:, columns]
                built.append({tap: _beside(file[tap][rows], tags) for tap in shapes})
    return names


def _beside(values: Float16s, tags: Float16s) -> Float16s:
    """(n, p, c + k) or (n, c + k) of ``values`` and ``tags`` (n, k)."""
    if values.ndim == 3:
        tags = np.broadcast_to(tags[:, None], (*values.shape[:2], tags.shape[1]))
    return np.concatenate([values, tags], -1)
