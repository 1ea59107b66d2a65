"""How likely people's captions are under the model, and how much of that the picture brings."""

from __future__ import annotations

import numpy as np

from pipeline.captioning.likelihood import caption_nats, unigram_nll
from pipeline.captions.evaluation.evaluation_file import Likelihood
from pipeline.captions.evaluation.subject import Subject
from pipeline.captions.inputs import inputs_of
from pipeline.captions.writing import judge
from pipeline.evaluation.intervals import ratio_interval
from pipeline.text.vocabulary import END, UNKNOWN


def measure_likelihood(subject: Subject, seed: int) -> Likelihood:
    """Score all texts, with their pictures, with none, and with those of others."""
    model, place = subject.model, subject.picture_of_text
    sentences = [model.encode(text.words) for text in subject.flat]
    ended = [[*sentence, END] for sentence in sentences]
    words = np.array(list(map(len, ended)))
    clusters = subject.clusters[place]
    seen, blind, _ = judge(model, subject.bank, subject.rows[place], sentences)
    inputs = inputs_of(subject.shuffled_rows(seed)[place], model.card.spec)
    shuffled = caption_nats(model.captioner, subject.bank, inputs, ended)
    return Likelihood(
        captions=len(ended),
        words=int(words.sum()),
        nll=ratio_interval(seen, words, clusters),
        nll_mean_picture=ratio_interval(blind, words, clusters),
        nll_shuffled=ratio_interval(shuffled, words, clusters),
        nll_unigram=unigram_nll(_word_counts(subject), ended),
        pmi=ratio_interval(blind - seen, words, clusters),
        pmi_shuffled=ratio_interval(shuffled - seen, words, clusters),
    )


def _word_counts(subject: Subject) -> np.ndarray:
    """(v,) how often each id occurs in what the model learned from."""
    vocabulary = subject.model.vocabulary
    learned = [[*vocabulary.encode(sentence), END] for sentence in subject.learned.sentences()]
    counts = np.bincount(np.concatenate(learned), minlength=len(vocabulary))
    counts[UNKNOWN] = 0
    return counts
