"""All that a model of captions learns from: the files of the training collections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import torch

from pipeline.captioning.build import build_captioner
from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import CaptionerSpec
from pipeline.captioning.model_file import Model, ModelCard
from pipeline.captioning.settings import Architecture
from pipeline.captions.inputs import inputs_of
from pipeline.captions.ratings import (
    CLASSES,
    STYLE,
    rating_classes,
    rating_ranks,
    rating_weights,
)
from pipeline.captions.texts_file import CaptionText, read_texts
from pipeline.pictures.feature_bank import FeatureBank, check_same_backbone
from pipeline.pictures.frames_file import Frames, read_keys
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import END, Vocabulary


@dataclass(frozen=True)
class TrainingMaterial:
    """The training collections, in one order everywhere."""

    names: list[str]
    """Of their folders."""
    frames: list[Frames]
    texts: list[list[CaptionText]]
    bank: FeatureBank
    """The features of all pictures that suit the captioner."""
    tap: str
    backbone: str
    weights: str

    @classmethod
    def load(
        cls, texts: Sequence[Path], frames: Sequence[Path], features: Sequence[Path], *, grid: bool
    ) -> TrainingMaterial:
        """Read the files of each collection; ``grid`` says which kind of features are wanted.

        Raises PipelineError BAD_ARTIFACT where their features differ in kind.
        """
        tap, backbone, weights, _ = check_same_backbone(features, grid=grid)
        tables, keys = [Frames.load(path) for path in frames], [read_keys(path) for path in frames]
        return cls(
            [path.parent.name for path in texts],
            tables,
            _held_out_everywhere([read_texts(path) for path in texts], tables, keys),
            FeatureBank(features, tap),
            tap,
            backbone,
            weights,
        )

    def vocabulary(self, size: int) -> Vocabulary:
        """The most frequent words of the texts that are learned from."""
        tokens: Counter[tuple[str, str]] = Counter()
        for text in self._chosen(held_out=False):
            tokens.update(zip(text.words, text.parts, strict=True))
        return Vocabulary.from_counts(tokens, size)

    def fresh_model(self, architecture: Architecture, vocabulary: Vocabulary, seed: int) -> Model:
        """A model that has learned nothing but the statistics of the features."""
        spec = CaptionerSpec(
            **msgspec.structs.asdict(architecture),
            channels=self.bank.row_shape[-1],
            words=len(vocabulary),
            style={STYLE: CLASSES} if self.is_rated else {},
        )
        torch.manual_seed(seed)
        captioner = build_captioner(spec)
        captioner.mean, captioner.std, captioner.spread = self.bank.statistics()
        return Model(captioner, ModelCard(spec, self.backbone, self.weights, self.tap), vocabulary)

    def captions(
        self, model: Model, max_words: int, *, held_out: bool, weighted: bool = False
    ) -> CaptionSet:
        """The texts to learn from, or those held out; longer ones are cut at ``max_words``.

        If ``weighted``, better-rated texts count more. Raises PipelineError NOTHING_USABLE
        where there is none.
        """
        texts = self._chosen(held_out=held_out)
        if not texts:
            raise PipelineError(
                ExitCode.NOTHING_USABLE,
                f"no captions are left to {'measure by' if held_out else 'learn from'}",
                "Add captions of more pictures, or change `captions: texts: held_out:`",
            )
        rows = self._rows(held_out=held_out)
        ranks = rating_ranks(self._ratings(held_out=held_out))
        classes = len(model.card.spec.style)  # none where nothing is rated
        sentences = [[*model.encode(text.words)[:max_words], END] for text in texts]
        return CaptionSet(
            inputs_of(rows, model.card.spec),
            sentences,
            rating_classes(ranks)[:, None][:, :classes],
            rating_weights(ranks) if weighted else None,
        )

    @property
    def is_rated(self) -> bool:
        """Whether there are ratings to learn from."""
        return any(rating is not None for some in self._ratings(held_out=False) for rating in some)

    def _chosen(self, *, held_out: bool) -> list[CaptionText]:
        return [t for texts in self.texts for t in texts if t.words and t.held_out == held_out]

    def _rows(self, *, held_out: bool) -> Int64s:
        """Rows of the bank, for each of the chosen texts."""
        parts = [
            start + frames.row[[t.frame for t in texts if t.words and t.held_out == held_out]]
            for start, frames, texts in zip(self.bank.starts, self.frames, self.texts, strict=False)
            if texts
        ]
        return np.concatenate(parts).astype(np.int64)

    def _ratings(self, *, held_out: bool) -> list[list[float | None]]:
        """Of the chosen texts, by collection: scales differ between them."""
        return [
            [text.rating for text in texts if text.words and text.held_out == held_out]
            for texts in self.texts
        ]


def _held_out_everywhere(
    texts: Sequence[list[CaptionText]], frames: Sequence[Frames], keys: Sequence[list[bytes]]
) -> list[list[CaptionText]]:
    """The texts, where a picture that one collection holds out is held out of all."""
    tables = list(zip(texts, frames, keys, strict=True))
    out = {key[table.row[t.frame]] for some, table, key in tables for t in some if t.held_out}
    return [
        [msgspec.structs.replace(text, held_out=key[table.row[text.frame]] in out) for text in some]
        for some, table, key in tables
    ]
