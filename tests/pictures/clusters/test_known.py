"""Clusters beside domains, and pictures least like their own domain."""

import numpy as np

from pipeline.pictures.clusters.known import agreement, recognised

COUNT = 120


def test_equal_partitions_agree_wholly_and_one_cluster_not_at_all() -> None:
    domains = ["a", "b", "b"] * 40 + [""]
    clusters = np.array([2, 1, 1] * 40 + [1])
    units = np.arange(121)
    found = agreement(clusters, domains, units)
    assert (found.pictures, found.domains, found.nmi, found.purity.mean) == (120, 2, 1, 1)
    alone = agreement(np.ones(121, np.int64), domains, units)
    assert (alone.nmi, alone.purity.mean) == (0, alone.blind)


def test_a_picture_in_the_wrong_folder_is_least_like_its_domain() -> None:
    draws = np.random.default_rng(0)
    truth = np.arange(COUNT) % 3
    points = (np.eye(8)[truth] * 3 + draws.normal(size=(COUNT, 8))).astype(np.float32)
    points -= points.mean(0)
    domains = [f"domain {number}" for number in truth]
    domains[0], domains[3] = "domain 1", ""
    found = recognised(points, domains, np.arange(COUNT), 0)
    assert np.nanargmin(found.own) == 0 and found.likeliest[0] == "domain 0"
    assert np.isnan(found.own[3]) and found.likeliest[3] == ""
    assert found.figures.accuracy.mean > 0.8 > found.figures.blind
