"""Which of two captions of a picture people liked better: whether a score tells."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from sklearn.linear_model import RidgeCV

from pipeline.captions.evaluation.evaluation_file import Better
from pipeline.captions.evaluation.subject import Subject
from pipeline.captions.ratings import rating_ranks
from pipeline.captions.texts_file import CaptionText
from pipeline.captions.writing import judge
from pipeline.evaluation.intervals import mean_interval
from pipeline.runtime.arrays import Float64s
from pipeline.runtime.sample_size import is_enough

_PENALTIES = (0.1, 1.0, 10.0, 100.0)


def measure_better(subject: Subject) -> Better | None:
    """Order all pairs of captions of one picture with different ratings."""
    texts, place = subject.flat, subject.picture_of_text
    pairs = [
        (first, second) if _rating(texts[first]) > _rating(texts[second]) else (second, first)
        for picture in np.unique(place)
        for first, second in combinations(np.flatnonzero(place == picture).tolist(), 2)
        if texts[first].rating is not None
        and texts[second].rating is not None
        and texts[first].rating != texts[second].rating
    ]
    if not is_enough(len(pairs)):
        return None
    better, worse = np.array(pairs).T
    clusters = subject.clusters[place[better]]
    return Better(
        len(pairs),
        {
            name: mean_interval((np.sign(scores[better] - scores[worse]) + 1) / 2, clusters)
            for name, scores in _scores(subject).items()
        },
    )


def _rating(text: CaptionText) -> float:
    return text.rating or 0.0


def _scores(subject: Subject) -> dict[str, Float64s]:
    """(texts,) by scorer: the more, the better."""
    texts, corpus = subject.flat, subject.corpus
    sentences = [subject.model.encode(text.words) for text in texts]
    rows = subject.rows[subject.picture_of_text]
    seen, blind, rating = judge(subject.model, subject.bank, rows, sentences)
    words = np.array([len(text.words) + 1 for text in texts])
    return {
        "likelihood": -seen,
        "mean per word": -seen / words,
        "PMI": blind - seen,
        "rating": rating,
        "blind": -blind,
        "text only": _text_only(subject),
        "length": -np.array([len(text.text) for text in texts], np.float64),
        "frequent": np.array([corpus.counts[text.sentence] for text in texts], np.float64),
    }


def _text_only(subject: Subject) -> Float64s:
    """(texts,) the rating that the words alone let expect: ridge regression on training texts."""
    corpus = subject.corpus
    known = [t for texts in subject.learned.texts for t in texts if t.rating is not None]
    if len({text.rating for text in known}) < 2:
        return np.zeros(len(subject.flat))
    ranks = rating_ranks([[text.rating for text in known]])
    regression = RidgeCV(_PENALTIES).fit(corpus.tfidf([text.words for text in known]), ranks)
    return np.asarray(regression.predict(corpus.tfidf([t.sentence for t in subject.flat])))
