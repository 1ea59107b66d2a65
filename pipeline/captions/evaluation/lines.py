"""How near the model's lines come to what people wrote, and how many are copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from pipeline.captions.evaluation.evaluation_file import Lines
from pipeline.captions.evaluation.subject import Subject
from pipeline.evaluation.corpus import Sentence
from pipeline.evaluation.diversity import measure_diversity
from pipeline.evaluation.intervals import mean_interval
from pipeline.text.vocabulary import join_words

_NEAR = 80.0  # chrF from which a line nearly is a copy
_COMPARED = 5  # training captions that a line is compared to, the nearest by their words


def measure_lines(subject: Subject, seed: int) -> dict[str, Lines]:
    """Compare the model's lines, and those of baselines, with the captions of the same pictures."""
    places = [place for place, line in enumerate(subject.lines) if line is not None]
    model = [tuple(line.words) for line in subject.lines if line is not None]
    order = np.random.default_rng([seed, len(model)]).permutation(len(model))
    return {
        "model": _measured(subject, places, model),
        "shuffled": _measured(subject, places, [model[index] for index in order]),
        "nearest": _measured(subject, places, [_of_nearest(subject, place) for place in places]),
        "frequent": _measured(subject, places, [subject.corpus.sentences[0]] * len(places)),
    }


def _measured(subject: Subject, places: Sequence[int], lines: Sequence[Sentence]) -> Lines:
    from sacrebleu.metrics.chrf import CHRF

    chrf = CHRF()
    scores = [
        chrf.sentence_score(
            join_words(line), [join_words(text.words) for text in subject.texts[place]]
        ).score
        for place, line in zip(places, lines, strict=True)
    ]
    diversity = measure_diversity([(0, line) for line in lines], subject.corpus.counts)
    return Lines(
        chrf=mean_interval(scores, subject.clusters[list(places)]),
        distinct_1=diversity.distinct_1,
        distinct_2=diversity.distinct_2,
        copied=diversity.copied,
        near_copies=_near_copies(subject, lines),
    )


def _near_copies(subject: Subject, lines: Sequence[Sentence]) -> float | None:
    """The share of lines that are no copies but nearly one."""
    from sacrebleu.metrics.chrf import CHRF

    chrf, corpus = CHRF(), subject.corpus
    new = [line for line in dict.fromkeys(lines) if line not in corpus.counts]
    near = {
        line
        for line, places in zip(new, corpus.nearest(new, _COMPARED), strict=True)
        if places
        and chrf.sentence_score(
            join_words(line), [join_words(corpus.sentences[place]) for place in places]
        ).score
        >= _NEAR
    }
    counts = Counter(lines)
    return sum(counts[line] for line in near) / len(lines) if lines else None


def _of_nearest(subject: Subject, place: int) -> Sentence:
    """The best-rated caption of the training picture most similar to a picture."""
    texts = subject.learned.texts[int(subject.nearest[0][place, 0])]
    return max(texts, key=lambda text: text.rating or 0.0).words
