"""How likely viewers' comments are to the model, and what the picture has to do with it."""

from __future__ import annotations

import numpy as np

from pipeline.captioning.dataset import CommentSet, comment_set
from pipeline.captioning.likelihood import comment_nats
from pipeline.danmaku.evaluation.intervals import ratio_interval
from pipeline.danmaku.evaluation.record import Likelihood
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.pictures.feature_bank import BlurredBank, FeatureBank
from pipeline.text.vocabulary import END


def measure_likelihood(
    trained: Trained, episode: Episode, bank: FeatureBank, block_s: float, seed: int
) -> Likelihood:
    """Over all comments that are to be measured; blocks of ``block_s`` seconds are resampled."""
    aligned, spec = episode.aligned, trained.captioner.spec
    longest = max(map(len, aligned.words))
    comments = comment_set(aligned, episode.frames, 0, trained.vocabulary, spec, longest, dev=True)
    blocks = episode.seconds[aligned.dev] // block_s
    words = np.array([len(sentence) for sentence in comments.sentences])

    def nats(pictures: FeatureBank, asked: CommentSet) -> np.ndarray:
        return comment_nats(trained.captioner, pictures, asked.moments, asked.sentences)

    seen = nats(bank, comments)
    blurred = nats(BlurredBank([episode.features], trained.tap), comments)
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


def _unigram(trained: Trained, comments: CommentSet) -> float:
    """Nats a word under the frequencies of training words, one added to each."""
    counts = np.ones(len(trained.vocabulary))
    ids = trained.vocabulary.ids()
    for comment in trained.comments():
        np.add.at(counts, [*(ids[word] for word in comment if word in ids), END], 1)
    log_share = np.log(counts / counts.sum())
    return float(-log_share[np.concatenate(comments.sentences)].mean())
