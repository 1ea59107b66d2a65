"""Values of pictures that belong to no collection, as the network of one sees them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.illustrations.vectors.values import values_of
from pipeline.pictures.backbones.recorded import recorded_network
from pipeline.runtime.arrays import Float16s, UInt8s


def seen_by_network(features: Path, pictures: UInt8s, taps: Sequence[str]) -> list[Float16s]:
    """(n, c) for each tap, of ``pictures`` (n, size, size, 3), as those of ``features`` were made.

    Raises PipelineError as ``recorded_network`` does.
    """
    backbone = recorded_network(features, pictures.shape[1])
    return values_of(backbone(np.array(pictures)), taps)  # torch wants what it could write to
