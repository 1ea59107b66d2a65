"""How likely viewers' comments are under the model, and how much of that the picture brings."""

from __future__ import annotations

import numpy as np

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.likelihood import caption_nats, unigram_nll
from pipeline.danmaku.evaluation.evaluation_file import Likelihood
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.danmaku.evaluation.values_file import CommentValues
from pipeline.danmaku.training.comment_sets import comment_set
from pipeline.evaluation.intervals import ratio_interval
from pipeline.pictures.feature_bank import FeatureBank, MeanPictureBank
from pipeline.text.vocabulary import END, UNKNOWN


def measure_likelihood(
    trained: Trained, episode: Episode, bank: FeatureBank, block_s: float, seed: int
) -> tuple[Likelihood, CommentValues]:
    """Score all comments that are to be measured; blocks of ``block_s`` seconds are resampled.

    Two ablations show what the picture contributes: every picture replaced by the mean picture,
    and every comment given the picture of another one.
    """
    aligned, model = episode.aligned, trained.model
    longest = max(map(len, aligned.words))
    comments = comment_set(
        aligned, episode.frames, 0, model.vocabulary, model.card.spec, longest, dev=True
    )
    blocks = (episode.aligned.second[aligned.dev] // block_s).astype(np.int64)
    words = np.array([len(sentence) for sentence in comments.sentences])

    def nats(pictures: FeatureBank, comments: CaptionSet) -> np.ndarray:
        return caption_nats(model.captioner, pictures, comments.inputs, comments.sentences)

    seen = nats(bank, comments)
    mean_picture = nats(MeanPictureBank([episode.features], model.card.tap), comments)
    shuffled = nats(bank, comments.with_pictures_shuffled(seed))
    likelihood = Likelihood(
        comments=len(comments),
        words=int(words.sum()),
        nll=ratio_interval(seen, words, blocks),
        nll_mean_picture=ratio_interval(mean_picture, words, blocks),
        nll_shuffled=ratio_interval(shuffled, words, blocks),
        nll_unigram=_unigram_nll(trained, comments),
        pmi=ratio_interval(mean_picture - seen, words, blocks),
        pmi_shuffled=ratio_interval(shuffled - seen, words, blocks),
    )
    line = aligned.line[aligned.dev]
    return likelihood, CommentValues(line, blocks, words, seen, mean_picture)


def _unigram_nll(trained: Trained, comments: CaptionSet) -> float:
    """Nats per word under the frequencies of the words of training that the model knows."""
    vocabulary = trained.model.vocabulary
    learned = [[*vocabulary.encode(sentence), END] for sentence in trained.sentences()]
    counts = np.bincount(np.concatenate(learned), minlength=len(vocabulary))
    counts[UNKNOWN] = 0
    return unigram_nll(counts, comments.sentences)
