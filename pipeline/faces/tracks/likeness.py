"""How likely it is that faces of two pictures are one: by where they are, and by how they look.

n  faces of one picture
m  faces of another one
c  coordinates of a vector
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.faces.crops.crops_file import read_crops
from pipeline.faces.detection.overlaps import areas, overlaps
from pipeline.labels.boxes import Box
from pipeline.pictures.clusters.vectors import principal_vectors
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import FeatureStore
from pipeline.pictures.frames_file import Frames, read_names
from pipeline.runtime.arrays import Float32s, Float64s

COMPONENTS = 50
"""Coordinates of vectors; further ones are mostly noise."""
_MOST_OFF = 0.3


class CropVectors:
    """The vectors of crops by their faces: principal ones, whose cosines tell faces apart."""

    def __init__(self, crops: Path, crop_frames: Path, crop_features: Path, seed: int) -> None:
        """Raises PipelineError BAD_ARTIFACT for files that are none."""
        rows = dict(zip(read_names(crop_frames), Frames.load(crop_frames).row, strict=True))
        known = [crop for crop in read_crops(crops) if crop.file in rows]
        with FeatureStore(crop_features) as store:
            # A single vector where there is one; of a grid the mean counts.
            tap = min(store.taps, key=lambda name: len(store.taps[name]))
        self.values = principal_vectors(
            FeatureBank([crop_features], tap),
            np.array([rows[crop.file] for crop in known], np.int64),
            COMPONENTS,
            seed,
        )
        """(all crops, c)"""
        self.places = {crop.file: place for place, crop in enumerate(known)}
        """From the file of a crop to its row in ``values``."""
        self._files = {(crop.frame, crop.box): crop.file for crop in known}

    def file_of(self, frame: int, box: Box) -> str:
        """The crop of a face; empty if there is none."""
        return self._files.get((frame, box), "")

    def of(self, files: list[str]) -> Float32s:
        """(n, c) of the crops ``files``; zeros for an empty name."""
        found = np.zeros((len(files), self.values.shape[1]), np.float32)
        for place, file in enumerate(files):
            if file:
                found[place] = self.values[self.places[file]]
        return found


def nearness(some: Float32s, others: Float32s) -> Float64s:
    """(n, m) from 0 to 1: half of 1 + the generalised IoU of boxes (n, 4) and (m, 4).

    That is the intersection over union, less the share of the smallest box around both that
    neither fills (Rezatofighi et al. 2019): it also falls with the distance of boxes that are
    apart, and where one is much larger.
    """
    shared = overlaps(some, others)
    low = np.minimum(some[:, None, :2], others[None, :, :2]).astype(np.float64)
    high = np.maximum(some[:, None, 2:], others[None, :, 2:])
    around = (high - low).prod(2)
    union = (areas(some)[:, None] + areas(others)[None]) / (1 + shared)
    return np.asarray((1 + shared - (around - union) / around) / 2)


def likeness(
    some: Float32s, others: Float32s, some_vectors: Float32s, other_vectors: Float32s
) -> Float64s:
    """(n, m) from 0 to 1: the mean of nearness and look, or nearness alone without two vectors.

    The look is half of 1 + the cosine of vectors (n, c) and (m, c); zeros are none. An unlike look
    takes 0.3 off nearness at most: where all faces are of one, it is that of another pose.
    """
    near = nearness(some, others)
    lengths = [np.linalg.norm(of, axis=1) for of in (some_vectors, other_vectors)]
    scale = lengths[0][:, None] * lengths[1][None]
    cosines = np.divide(
        some_vectors @ other_vectors.T, scale, out=np.zeros_like(scale), where=scale > 0
    )
    together = np.maximum((near + (1 + cosines) / 2) / 2, near - _MOST_OFF)
    return np.asarray(np.where(scale > 0, together, near))
