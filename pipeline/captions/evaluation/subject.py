"""What is measured: a model, and captions of pictures that it has not learned from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.captioning.model_file import Model
from pipeline.captions.captions_file import CaptionLine
from pipeline.captions.evaluation.evaluation_file import MeasuredOn
from pipeline.captions.learned_file import Learned
from pipeline.captions.texts_file import CaptionText
from pipeline.evaluation.corpus import Corpus
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Int64s


@dataclass(frozen=True)
class Subject:
    """A model, and the k pictures of a collection that it is measured on."""

    model: Model
    learned: Learned
    bank: FeatureBank
    """Of the collection."""
    on: MeasuredOn
    texts: list[list[CaptionText]]
    """What people wrote about each picture, at least one text with words."""
    rows: Int64s
    """(k,) their rows of the bank."""
    keys: list[bytes]
    """What tells them apart."""
    clusters: Int64s
    """(k,) pictures of one cluster are resampled together."""
    lines: list[CaptionLine | None]
    """What the model wrote about each."""

    @classmethod
    def prepare(
        cls,
        model: Model,
        learned: Learned,
        bank: FeatureBank,
        texts: Sequence[CaptionText],
        lines: Sequence[CaptionLine],
        rows: Int64s,
        keys: Sequence[bytes],
        clusters: Int64s,
    ) -> Subject:
        """Choose the pictures to measure: those not learned from, if there are any.

        ``rows`` and ``clusters`` are (frames,), ``keys`` (rows,).
        """
        by_frame: dict[int, list[CaptionText]] = defaultdict(list)
        for text in texts:
            if text.words:
                by_frame[text.frame].append(text)
        seen = set(learned.keys)
        unseen = [frame for frame in by_frame if keys[rows[frame]] not in seen]
        on: MeasuredOn = "training pictures"
        if unseen:
            on = "held-out pictures" if len(unseen) < len(by_frame) else "another collection"
        frames = np.array(sorted(unseen or by_frame), np.int64)
        written = {line.frame: line for line in lines}
        return cls(
            model,
            learned,
            bank,
            on,
            [by_frame[frame] for frame in frames.tolist()],
            rows[frames],
            [keys[row] for row in rows[frames].tolist()],
            clusters[frames],
            [written.get(frame) for frame in frames.tolist()],
        )

    @cached_property
    def corpus(self) -> Corpus:
        """What the model learned from."""
        return Corpus(self.learned.sentences())

    @property
    def flat(self) -> list[CaptionText]:
        """All texts, picture after picture."""
        return [text for texts in self.texts for text in texts]

    @property
    def picture_of_text(self) -> Int64s:
        """(texts,) the place of each text's picture."""
        return np.repeat(np.arange(len(self.texts)), [len(texts) for texts in self.texts])

    def shuffled_rows(self, seed: int) -> Int64s:
        """(k,) ``rows``, each in the place of another picture.

        Pictures change places, not texts: with several texts a picture some would keep theirs.
        """
        return np.random.default_rng([seed, len(self.rows)]).permutation(self.rows)

    @cached_property
    def nearest(self) -> tuple[Int64s, np.ndarray]:
        """The training pictures nearest to each, and their cosines; see ``Learned.nearest``."""
        means = self.bank.means[self.rows]
        return self.learned.nearest(self.model.captioner, means, self.keys, _NEAREST)


_NEAREST = 20  # training pictures whose captions the retrieval baseline reads
