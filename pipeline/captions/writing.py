"""Lines for pictures: several are drawn for each, and those win that are about *this* picture.

What is drawn for a picture depends on the seed, the model and the picture alone, whatever else is
in its collection and wherever it lies.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pipeline.captioning.decoding import Draws, decode, draw_count
from pipeline.captioning.likelihood import caption_nats, read_captions
from pipeline.captioning.model_file import Model
from pipeline.captioning.settings import DecodingSettings
from pipeline.captions.captions_file import Candidate
from pipeline.captions.inputs import inputs_of
from pipeline.captions.ratings import expected_rating
from pipeline.evaluation.corpus import Sentence
from pipeline.pictures.feature_bank import ConstantBank, FeatureBank
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.progress import track
from pipeline.text.vocabulary import END, join_words
from pipeline.text.word_lists import has_ng_words

_PICTURES = 32  # written for at once


@dataclass(frozen=True)
class WritingOptions:
    """How lines are written, chosen and which are allowed."""

    decoding: DecodingSettings
    candidates: int
    """Lines drawn for a picture."""
    blind: float
    """How much of what a line gets without the picture counts against it: 1 is pointwise mutual
    information, 0 the likelihood alone."""
    liking: float
    """How much the rating that is expected counts: nats between the worst and the best."""
    ng_words: re.Pattern[str] | None
    """No line may match."""
    seed: int

    def score(self, judged: Judged) -> Float64s:
        """(n,) by which candidates are ranked."""
        return self.blind * judged.blind_nats - judged.nats + self.liking * judged.rating


def write_lines_for(
    rows: Int64s,
    keys: Sequence[bytes],
    model: Model,
    bank: FeatureBank,
    known: Collection[Sentence],
    options: WritingOptions,
) -> list[list[Candidate]]:
    """Candidates for pictures by their ``rows`` (n,) of the bank, the best first.

    ``keys`` (n,) tell pictures apart; ``known`` are the sentences of training. A picture has fewer
    candidates where lines were drawn twice, and none where no allowed one was drawn.
    """
    written: list[list[Candidate]] = []
    starts = range(0, len(rows), _PICTURES)
    for start in track(starts, len(starts), "captions", "batches"):
        some = slice(start, start + _PICTURES)
        written += _write(rows[some], keys[some], model, bank, known, options)
    return written


def blind_bank(model: Model) -> ConstantBank:
    """One picture: the mean of those of training."""
    captioner = model.captioner
    mean = captioner.mean.cpu().numpy().astype(np.float16)
    return ConstantBank(mean[None] if captioner.spec.attends else mean, 1)


def _write(
    rows: Int64s,
    keys: Sequence[bytes],
    model: Model,
    bank: FeatureBank,
    known: Collection[Sentence],
    options: WritingOptions,
) -> list[list[Candidate]]:
    captioner, count = model.captioner, options.candidates
    inputs = inputs_of(np.repeat(rows, count), captioner.spec)
    draws = np.concatenate([_draws(key, model, options) for key in keys])
    prompt = inputs.prompt(bank, captioner.mean.device)
    drawn = decode(captioner, prompt, options.decoding, draws, None).sentences
    judged = judge(model, bank, np.repeat(rows, count), drawn)
    scores = options.score(judged)
    found: list[list[Candidate]] = []
    for place in range(len(rows)):
        mine = range(place * count, (place + 1) * count)
        texts: dict[str, Candidate] = {}
        for index in mine:
            words = model.vocabulary.decode(drawn[index])
            text = join_words(words)
            if has_ng_words(text, options.ng_words):
                continue
            texts.setdefault(
                text,
                Candidate(
                    text=text,
                    words=words,
                    score=round(float(scores[index]), 4),
                    nats=round(float(judged.nats[index]), 4),
                    blind_nats=round(float(judged.blind_nats[index]), 4),
                    rating=round(float(judged.rating[index]), 4),
                    copied=tuple(words) in known,
                ),
            )
        found.append(sorted(texts.values(), key=lambda one: (-one.score, one.text)))
    return found


class Judged(NamedTuple):
    """What a model thinks of n captions."""

    nats: Float64s
    """(n,) minus the log-likelihood of each, given its picture."""
    blind_nats: Float64s
    """(n,) the same given no picture."""
    rating: Float64s
    """(n,) the rank, from 0 to 1, that it expects people's ratings to have; 0.5 if the model has
    learned from no ratings."""


def judge(
    model: Model, bank: FeatureBank, rows: Int64s, sentences: Sequence[Sequence[int]]
) -> Judged:
    """Let the model read ``sentences`` (n,), word ids without end marks, about ``rows`` (n,)."""
    ended = [[*sentence, END] for sentence in sentences]
    captioner, spec = model.captioner, model.captioner.spec
    seen = read_captions(captioner, bank, inputs_of(rows, spec), ended)
    # Without a picture a sentence always has the same likelihood: each is read once.
    numbers: dict[tuple[int, ...], int] = {}
    which = [numbers.setdefault(tuple(sentence), len(numbers)) for sentence in ended]
    blind = inputs_of(np.zeros(len(numbers), np.int64), spec)
    unseen = caption_nats(captioner, blind_bank(model), blind, list(map(list, numbers)))[which]
    rating = expected_rating(seen.style[0]) if spec.style else np.full(len(rows), 0.5)
    return Judged(seen.nats, unseen, rating)


def _draws(key: bytes, model: Model, options: WritingOptions) -> Draws:
    """(candidates, draw_count) the random numbers of one picture."""
    count = draw_count(model.captioner.spec, options.decoding)
    stream = np.random.default_rng([options.seed, int.from_bytes(key)])
    return stream.random((options.candidates, count))
