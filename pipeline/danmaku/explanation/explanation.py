"""Everything that the report says about a comment of the model's, put together."""

from __future__ import annotations

from itertools import chain

import numpy as np

from pipeline.captioning.likelihood import WordPlaces, caption_nats, word_places
from pipeline.danmaku.evaluation.training_pictures import TrainingPictures
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.explanation.heat_maps import heat_maps
from pipeline.danmaku.explanation.model_output import ModelOutput
from pipeline.danmaku.explanation.nearest_training import nearest_training
from pipeline.danmaku.explanation.ranks import rank_comments
from pipeline.danmaku.training.corpus_file import TrainingCorpus
from pipeline.evaluation.corpus import Corpus
from pipeline.pictures.feature_bank import FeatureBank, MeanPictureBank
from pipeline.runtime.arrays import Float32s
from pipeline.text.vocabulary import END


def explain(
    output: ModelOutput, learned: TrainingCorpus, *, max_ranked: int, seed: int
) -> Explained:
    """Explain every comment of ``output``; ``max_ranked`` and ``seed`` are for ``rank_comments``.

    Raises PipelineError BAD_ARTIFACT for a comment about a frame that the video does not have.
    """
    maps = heat_maps(output)
    pictures = TrainingPictures(learned.videos, output.model.captioner)
    corpus = Corpus(chain.from_iterable(map(pictures.sentences, range(len(pictures)))))
    ranks = rank_comments(output, corpus, max_ranked, seed)
    nearest = nearest_training(output, learned, pictures)
    sentences = [tuple(comment.words) for comment in output.comments]
    places = _word_places(output)
    return Explained(
        seen_s=output.frames.seek_times(output.inputs.picture),
        words=[comment.words for comment in output.comments],
        first_map=maps.first_map,
        attention=maps.attention,
        saliency=maps.saliency,
        attention_peak=maps.attention_peak,
        saliency_peak=maps.saliency_peak,
        nats=_nats(output, output.bank),
        mean_nats=_nats(output, MeanPictureBank([output.features], output.model.card.tap)),
        word_nats=places.nats,
        word_rank=places.rank,
        rank=ranks.rank,
        candidates=ranks.candidates,
        copies=np.array([corpus.counts[comment] for comment in sentences], np.int64),
        near=nearest.near,
        similarity=nearest.similarity,
        learned_video=[picture.video for picture in nearest.learned],
        learned_s=np.array([picture.seconds for picture in nearest.learned], np.float64),
        learned_picture=[picture.jpeg for picture in nearest.learned],
        learned_comments=[picture.comments for picture in nearest.learned],
    )


def _nats(output: ModelOutput, bank: FeatureBank) -> Float32s:
    """(n,) negative log-likelihoods of the comments with the pictures of ``bank``."""
    if not output.comments:
        return np.empty(0, np.float32)
    sentences = [[*words, END] for words in output.sentences]
    nats = caption_nats(output.model.captioner, bank, output.inputs, sentences)
    return nats.astype(np.float32)


def _word_places(output: ModelOutput) -> WordPlaces:
    """Of all words of all comments, one comment after another."""
    if not output.comments:
        return WordPlaces(np.empty(0, np.float32), np.empty(0, np.int64))
    sentences = [[*words, END] for words in output.sentences]
    places = word_places(output.model.captioner, output.bank, output.inputs, sentences)
    return WordPlaces(*map(np.concatenate, zip(*places, strict=True)))
