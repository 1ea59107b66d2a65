"""Where probabilities of tags come from: a tagger of one's own, or a published one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from pipeline.illustrations.cuts import TagList
from pipeline.illustrations.onnx.tagger import OnnxTagger
from pipeline.illustrations.tagger_file import Tagger
from pipeline.media.source import PictureSource
from pipeline.pictures.backbones.weights_file import file_identity
from pipeline.pictures.features_file import caveat
from pipeline.pictures.frames_file import count_pictures
from pipeline.pictures.originals import map_originals
from pipeline.runtime.arrays import Float16s, Float32s
from pipeline.runtime.progress import track

_BATCH = 32  # pictures in memory at once


@dataclass(frozen=True)
class TagSource:
    """What a tagger says of the distinct pictures of a source."""

    name: str
    """The tagger's, with the digest of its weights."""
    tags: TagList
    pictures: int
    batches: Iterable[Float16s]
    """(b, k) probabilities, in the order of frames.h5."""
    note: str = ""
    """What else the user should know."""


def by_own_tagger(path: Path, features: Path) -> TagSource:
    """Tag by heads on features. Raises PipelineError BAD_ARTIFACT."""
    tagger = Tagger.load(path)
    learned = tagger.card.tags
    probabilities = tagger.probabilities_of(features).astype(np.float16)
    unknown = ", ".join(tag.name for tag in learned if not tag.known)
    note = f"; nothing was learned about {unknown}" if unknown else ""
    return TagSource(
        file_identity(path),
        TagList([t.name for t in learned], [t.group for t in learned], tagger.thresholds),
        len(probabilities),
        [probabilities],
        note + caveat(tagger.card.weights),
    )


def by_published_tagger(given: Path, source: PictureSource, frames: Path) -> TagSource:
    """Tag by an ONNX network that looks at the originals.

    Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS; iterating over the batches raises
    as reading the source does.
    """
    tagger = OnnxTagger(given)
    count = count_pictures(frames)
    prepared = map_originals(tagger.prepared, source, frames)
    batches = track(_tagged(tagger, prepared), count, "tags", "pictures", len)
    return TagSource(tagger.name, tagger.published.tags, count, batches)


def _tagged(tagger: OnnxTagger, prepared: Iterator[Float32s | None]) -> Iterator[Float16s]:
    blank = np.zeros((tagger.size, tagger.size, 3), np.float32)
    while batch := list(islice(prepared, _BATCH)):
        yield tagger.probabilities(np.stack([blank if one is None else one for one in batch]))
