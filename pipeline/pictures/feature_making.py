"""From ``frames.h5`` to ``features.h5``: every distinct picture through a network, once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import h5py

from pipeline.pictures.backbones.backbone import Backbone
from pipeline.pictures.features_file import building_features, row_count
from pipeline.pictures.still_features import building_still_features
from pipeline.runtime.logs import log
from pipeline.runtime.prefetch import ordered_map
from pipeline.runtime.progress import track
from pipeline.runtime.stopwatch import Stopwatch


class Made(NamedTuple):
    """How many pictures went through the network."""

    new: int
    before: int
    """Those whose values were there."""


def make_features(
    frames: Path, target: Path, backbone: Backbone, batch: int, attributes: Mapping[str, str]
) -> Made:
    """Write ``target`` with ``attributes``, ``batch`` pictures in one call.

    Raises PipelineError: DISK_FULL, BUSY, and what the network raises.
    """
    with h5py.File(frames, "r") as file:
        pictures = file["pictures"]
        count = len(pictures)
        how = backbone.shapes, attributes
        with (
            building_still_features(target, file["key"][:], *how)
            if "key" in file
            else building_features(target, count, *how)
        ) as store:
            start = store.next
            stopwatch = Stopwatch("other work")
            batches = (pictures[at : at + batch] for at in range(start, count, batch))
            results = ordered_map(backbone, stopwatch.waiting("disk", batches), backbone.workers)
            rows = stopwatch.waiting("the network", results)
            for taps in track(rows, count - start, "features", "pictures", row_count):
                with stopwatch.measure("disk"):
                    store.append(taps)
    log.debug(
        "%s, %s; %s",
        *(backbone.weights, backbone.precision),
        stopwatch.bottleneck(count - start, "pictures"),
    )
    return Made(count - start, start)
