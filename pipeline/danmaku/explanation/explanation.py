"""All that a page tells of each comment that a model wrote, each by a module of its own."""

from __future__ import annotations

from itertools import chain

import numpy as np

from pipeline.captioning.likelihood import caption_nats
from pipeline.danmaku.evaluation.training_pictures import TrainingPictures
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.explanation.heat_maps import heat_maps
from pipeline.danmaku.explanation.resemblance import resemblance
from pipeline.danmaku.explanation.standing import standings
from pipeline.danmaku.explanation.subject import Written
from pipeline.danmaku.training.corpus_file import TrainingCorpus
from pipeline.evaluation.corpus import Corpus
from pipeline.pictures.feature_bank import BlurredBank, FeatureBank
from pipeline.runtime.arrays import Float32s
from pipeline.text.vocabulary import END


def explain(written: Written, learned: TrainingCorpus, *, ranked: int, seed: int) -> Explained:
    """Explain every comment; of at most ``ranked`` moments those are ranked, see ``standings``.

    Raises PipelineError BAD_ARTIFACT for a comment about a frame that the video does not have.
    """
    said = [tuple(comment.words) for comment in written.comments]
    frame = np.array([comment.frame for comment in written.comments], np.int64)
    maps = heat_maps(written)
    pictures = TrainingPictures(learned.videos, written.model.captioner)
    corpus = Corpus(chain.from_iterable(map(pictures.sentences, range(len(pictures)))))
    standing = standings(written, corpus, ranked, seed)
    alike = resemblance(written, learned, pictures)
    return Explained(
        seen_s=written.frames.seek_times(written.frames.row[frame]),
        words=[comment.words for comment in written.comments],
        first_map=maps.first_map,
        attention=maps.attention,
        evidence=maps.evidence,
        attention_peak=maps.attention_peak,
        evidence_peak=maps.evidence_peak,
        nats=_nats(written, written.bank),
        mean_nats=_nats(written, BlurredBank([written.features], written.model.card.tap)),
        rank=standing.rank,
        candidates=standing.candidates,
        copies=np.array([corpus.counts[comment] for comment in said], np.int64),
        near=alike.near,
        similarity=alike.similarity,
        learned_video=[picture.video for picture in alike.learned],
        learned_s=np.array([picture.seconds for picture in alike.learned], np.float64),
        learned_picture=[picture.jpeg for picture in alike.learned],
        learned_comments=[picture.comments for picture in alike.learned],
    )


def _nats(written: Written, bank: FeatureBank) -> Float32s:
    """(n,) negative log-likelihoods of the comments with the pictures of ``bank``."""
    if not written.comments:
        return np.empty(0, np.float32)
    sentences = [[*words, END] for words in written.sentences]
    nats = caption_nats(written.model.captioner, bank, written.inputs, sentences)
    return nats.astype(np.float32)
