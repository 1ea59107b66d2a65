"""All measurements of a model on one episode, each from a module of its own."""

from __future__ import annotations

import numpy as np
from numpy.random import default_rng

from pipeline.captioning.attention_maps import caption_maps
from pipeline.danmaku.evaluation.evaluation_file import Evaluation, Pointing
from pipeline.danmaku.evaluation.likelihood import measure_likelihood
from pipeline.danmaku.evaluation.naming import measure_naming, name_values
from pipeline.danmaku.evaluation.pointing import Whereabouts, measure_pointing
from pipeline.danmaku.evaluation.ranking_benchmark import run_ranking
from pipeline.danmaku.evaluation.rate_fit import measure_rate
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.danmaku.evaluation.values_file import (
    NO_COMMENTS,
    NO_NAMES,
    Basis,
    Values,
    digest,
    digest_of_comments,
)
from pipeline.danmaku.training.inputs import inputs_of_generated
from pipeline.evaluation.corpus import Corpus
from pipeline.evaluation.diversity import Diversity, measure_diversity
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.sample_size import is_enough


def evaluate(
    trained: Trained, episode: Episode, *, max_queries: int, block_s: float, seed: int
) -> tuple[Evaluation, Values]:
    """Measure everything that there is enough data for, and return the single values, too.

    At most ``max_queries`` seconds are ranked; intervals resample blocks of ``block_s`` seconds.
    """
    bank = trained.model.bank(episode.features)
    corpus = Corpus(trained.sentences())
    ranked = run_ranking(
        trained, episode, bank, corpus, max_queries=max_queries, block_s=block_s, seed=seed
    )
    truth = episode.truth
    naming = measure_naming(episode.generated, truth, trained.model.vocabulary) if truth else None
    pointing, faces = _pointing(trained, episode, bank)

    # Names can only be counted by measuring, so those are measured and then dropped.
    measured = int(episode.aligned.dev.sum())
    counts = {
        "likelihood": measured,
        "ranking": ranked.table.all.queries,
        "diversity": min(measured, len(episode.generated)),
        "rate": len(episode.aligned.per_second()),
    }
    if truth:
        counts["naming"] = naming.names if naming else 0
    if truth and trained.model.card.spec.attends:
        counts["pointing"] = pointing.names if pointing else 0
    if episode.faces and trained.model.card.spec.attends:
        counts["faces"] = faces.names if faces else 0
    too_little = {name: count for name, count in counts.items() if not is_enough(count)}
    likelihood, comments = (
        (None, NO_COMMENTS)
        if "likelihood" in too_little
        else measure_likelihood(trained, episode, bank, block_s, seed)
    )
    evaluation = Evaluation(
        video=episode.name,
        measured_on=episode.measured_on,
        bootstrap_block_seconds=block_s,
        too_little=too_little,
        likelihood=likelihood,
        ranking=ranked.table,
        mrr_gain=ranked.gains,
        diversity={} if "diversity" in too_little else _diversity(episode, corpus, seed),
        rate=None if "rate" in too_little else measure_rate(trained, episode, block_s),
        naming=None if "naming" in too_little else naming,
        pointing=None if "pointing" in too_little else pointing,
        faces=None if "faces" in too_little else faces,
    )
    names = name_values(episode.generated, truth) if truth else NO_NAMES
    basis = _basis(trained, episode, block_s, ranked.candidates)
    return evaluation, Values(basis, comments, ranked.values, names)


def _basis(trained: Trained, episode: Episode, block_s: float, candidates: str) -> Basis:
    aligned = episode.aligned
    return Basis(
        frames=episode.frames.fingerprint,
        measured_on=episode.measured_on,
        block_s=block_s,
        comments=digest_of_comments(aligned, aligned.line[aligned.dev]),
        vocabulary=digest(trained.model.vocabulary.words),
        candidates=candidates,
    )


def _diversity(episode: Episode, corpus: Corpus, seed: int) -> dict[str, Diversity]:
    """Measure equal numbers of the model's and the viewers' comments, drawn at random."""
    aligned = episode.aligned
    model = [(comment.time_ms, tuple(comment.words)) for comment in episode.generated]
    viewers = [
        (int(aligned.time_ms[index]), tuple(aligned.words[index]))
        for index in np.flatnonzero(aligned.dev).tolist()
    ]
    count = min(len(model), len(viewers))
    diversity = {}
    for name, comments in (("model", model), ("viewers", viewers)):
        drawn = sorted(default_rng(seed).permutation(len(comments))[:count])
        diversity[name] = measure_diversity([comments[index] for index in drawn], corpus.counts)
    return diversity


def _pointing(
    trained: Trained, episode: Episode, bank: FeatureBank
) -> tuple[Pointing | None, Pointing | None]:
    """At whole characters of the show, and at the faces of a named cast."""
    captioner, comments = trained.model.captioner, episode.generated
    truth = Whereabouts.of_truth(episode.truth) if episode.truth else None
    known = [truth, episode.faces]
    if not any(known) or not captioner.spec.attends or not comments:
        return None, None
    sentences = [trained.model.encode(comment.words) for comment in comments]
    everything = np.arange(len(comments))
    inputs = inputs_of_generated(comments, sentences, everything, episode.frames, captioner.spec)
    maps = caption_maps(captioner, inputs, bank, sentences)
    attention, saliency = zip(*maps, strict=True)
    at_truth, at_faces = (
        measure_pointing(comments, attention, saliency, who) if who else None for who in known
    )
    return at_truth, at_faces
