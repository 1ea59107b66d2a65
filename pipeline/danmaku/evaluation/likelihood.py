"""How likely viewers' comments are to the model, and what the picture has to do with it."""

from __future__ import annotations

import numpy as np

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.likelihood import caption_nats, unigram_nll
from pipeline.danmaku.evaluation.intervals import ratio_interval
from pipeline.danmaku.evaluation.record import Likelihood
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.danmaku.training.comment_sets import comment_set
from pipeline.pictures.feature_bank import BlurredBank, FeatureBank
from pipeline.text.vocabulary import END, UNKNOWN


def measure_likelihood(
    trained: Trained, episode: Episode, bank: FeatureBank, block_s: float, seed: int
) -> Likelihood:
    """Over all comments that are to be measured; blocks of ``block_s`` seconds are resampled."""
    aligned, model = episode.aligned, trained.model
    longest = max(map(len, aligned.words))
    comments = comment_set(
        aligned, episode.frames, 0, model.vocabulary, model.captioner.spec, longest, dev=True
    )
    blocks = episode.seconds[aligned.dev] // block_s
    words = np.array([len(sentence) for sentence in comments.sentences])

    def nats(pictures: FeatureBank, asked: CaptionSet) -> np.ndarray:
        return caption_nats(model.captioner, pictures, asked.inputs, asked.sentences)

    seen = nats(bank, comments)
    blurred = nats(BlurredBank([episode.features], model.card.tap), comments)
    shuffled = nats(bank, comments.with_pictures_shuffled(seed))
    return Likelihood(
        comments=len(comments),
        words=int(words.sum()),
        nll=ratio_interval(seen, words, blocks),
        blurred=ratio_interval(blurred, words, blocks),
        shuffled=ratio_interval(shuffled, words, blocks),
        pmi=ratio_interval(blurred - seen, words, blocks),
        pmi_shuffled=ratio_interval(shuffled - seen, words, blocks),
        unigram=_unigram(trained, comments),
    )


def _unigram(trained: Trained, comments: CaptionSet) -> float:
    """Nats a word under the frequencies of known training words."""
    vocabulary = trained.model.vocabulary
    learned = [[*vocabulary.encode(comment), END] for comment in trained.comments()]
    counts = np.bincount(np.concatenate(learned), minlength=len(vocabulary))
    counts[UNKNOWN] = 0
    return unigram_nll(counts, comments.sentences)
