"""Clusters beside the domains that pictures are known to be in.

n  pictures
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.evaluation.intervals import mean_interval
from pipeline.learning.heads.calibration import calibrated_unseen
from pipeline.learning.heads.cross_validation import cross_validated, folds_of, unseen_logits
from pipeline.pictures.clusters.clusters_file import Agreement, Recognition
from pipeline.pictures.clusters.vectors import evened
from pipeline.runtime.arrays import Float32s, Int64s

_PENALTIES = (100.0, 30.0, 10.0, 3.0)
"""1 / variance that is expected of effects on the log-odds of a domain."""


class Recognised(NamedTuple):
    """What a head says of the domains of pictures which it has not seen."""

    own: Float32s
    """(n,) the probability of each picture's own domain; NaN where that is not known."""
    likeliest: list[str]
    """(n) the domain that it would say; empty where the own one is not known."""
    figures: Recognition


def agreement(clusters: Int64s, domains: Sequence[str], units: Int64s) -> Agreement:
    """How much ``clusters`` (n,) have in common with ``domains`` (n), which may be empty.

    ``units`` (n,) are what is resampled.
    """
    from sklearn.metrics import normalized_mutual_info_score

    known = np.array([bool(domain) for domain in domains])
    clusters, units = clusters[known], units[known]
    truth = np.array(domains)[known]
    majority = {
        cluster: Counter(truth[clusters == cluster].tolist()).most_common(1)[0][0]
        for cluster in np.unique(clusters).tolist()
    }
    right = np.array([majority[cluster] for cluster in clusters.tolist()]) == truth
    sizes = Counter(truth.tolist())
    return Agreement(
        pictures=len(truth),
        domains=len(sizes),
        nmi=float(normalized_mutual_info_score(truth, clusters)),
        purity=mean_interval(right, units),
        blind=max(sizes.values()) / len(truth),
    )


def recognised(points: Float32s, domains: Sequence[str], units: Int64s, seed: int) -> Recognised:
    """Learn ``domains`` (n), which may be empty, from principal vectors ``points`` (n, k).

    What has one number in ``units`` (n,) is learned from together, or not at all; there must be
    two at least.
    """
    known = np.flatnonzero([bool(domain) for domain in domains])
    names = sorted({*domains} - {""})
    truth = np.array([names.index(domain) for domain in domains if domain])
    targets = truth[:, None] == np.arange(len(names))
    fold = folds_of(units[known], seed)
    trials = cross_validated("points", evened(points[known]), targets, fold, _PENALTIES)
    each = calibrated_unseen(unseen_logits(trials, fold), targets, fold)
    # A picture is in one domain; the probabilities are of each domain by itself.
    shares = each / np.maximum(each.sum(1, keepdims=True), np.finfo(np.float32).tiny)
    said = shares.argmax(1)
    own, likeliest = np.full(len(domains), np.nan, np.float32), [""] * len(domains)
    own[known] = shares[np.arange(len(known)), truth]
    for place, number in zip(known.tolist(), said.tolist(), strict=True):
        likeliest[place] = names[number]
    accuracy = mean_interval(said == truth, units[known])
    return Recognised(own, likeliest, Recognition(accuracy, float(targets.mean(0).max())))
