"""How likely viewers' comments are under the model, and how much of that the picture brings."""

from __future__ import annotations

import numpy as np

from pipeline.captioning.dataset import CommentSet, comment_set
from pipeline.captioning.likelihood import comment_nats
from pipeline.danmaku.evaluation.evaluation_file import Likelihood
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.evaluation.intervals import ratio_interval
from pipeline.pictures.feature_bank import FeatureBank, MeanPictureBank
from pipeline.text.vocabulary import END


def measure_likelihood(
    trained: Trained, episode: Episode, bank: FeatureBank, block_s: float, seed: int
) -> Likelihood:
    """Score all comments that are to be measured; blocks of ``block_s`` seconds are resampled.

    Two ablations tell what the picture is worth: every picture replaced by the mean picture,
    and every comment given the picture of another one.
    """
    aligned, spec = episode.aligned, trained.captioner.spec
    longest = max(map(len, aligned.words))
    comments = comment_set(aligned, episode.frames, 0, trained.vocabulary, spec, longest, dev=True)
    blocks = episode.aligned.second[aligned.dev] // block_s
    words = np.array([len(sentence) for sentence in comments.sentences])

    def nats(pictures: FeatureBank, comments: CommentSet) -> np.ndarray:
        return comment_nats(trained.captioner, pictures, comments.moments, comments.sentences)

    seen = nats(bank, comments)
    mean_picture = nats(MeanPictureBank([episode.features], trained.tap), comments)
    shuffled = nats(bank, comments.with_pictures_shuffled(seed))
    return Likelihood(
        comments=len(comments),
        words=int(words.sum()),
        nll=ratio_interval(seen, words, blocks),
        nll_mean_picture=ratio_interval(mean_picture, words, blocks),
        nll_shuffled=ratio_interval(shuffled, words, blocks),
        nll_unigram=_unigram_nll(trained, comments),
        pmi=ratio_interval(mean_picture - seen, words, blocks),
        pmi_shuffled=ratio_interval(shuffled - seen, words, blocks),
    )


def _unigram_nll(trained: Trained, comments: CommentSet) -> float:
    """Nats per word under the word frequencies of training, with add-one smoothing."""
    counts = np.ones(len(trained.vocabulary))
    ids = trained.vocabulary.ids()
    for sentence in trained.sentences():
        np.add.at(counts, [*(ids[word] for word in sentence if word in ids), END], 1)
    log_share = np.log(counts / counts.sum())
    return float(-log_share[np.concatenate(comments.sentences)].mean())
