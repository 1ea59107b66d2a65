"""How good translations of held-out pictures are, beside those of simple methods.

Each held-out picture is translated into each other domain. n is the number of these translations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from pipeline.evaluation.intervals import mean_interval, paired_difference
from pipeline.runtime.arrays import Bools, Float32s, Float64s, Int64s
from pipeline.translation import baselines
from pipeline.translation.evaluation_file import Evaluation, Measures, OfTarget, Scores
from pipeline.translation.judge import Judge
from pipeline.translation.kernel_distance import kernel_distance
from pipeline.translation.networks import Generator
from pipeline.translation.similarity import l1, ssim, structure
from pipeline.translation.training_set import NO_TRUTH, TrainingSet

MODEL = "model"
Extractor = Callable[[Tensor], Float64s]
"""From pictures (n, 3, s, s) in −1…1 to features (n, d)."""
_BATCH = 64
_MOST_REAL = 500  # pictures of a domain that translations are compared with as a set
_MOST_VALUES = 2**26  # of the pictures that simple methods learn from at once: 256 MiB


class _Query(NamedTuple):
    """Pictures to be translated from one set of domains into one other."""

    rows: Int64s
    target: int
    """The domain that they get, or the attribute that changes."""
    wanted: Float32s
    """(d,)"""
    known: Int64s
    """Rows of pictures that are as is ``wanted``, to learn from."""
    pairs: tuple[Int64s, Int64s]
    """Rows to learn from: pictures of the same domains, and their true translations."""


class _Results:
    """What each method made, put together query by query."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, list[Float64s]]] = {}
        self.features: dict[str, dict[int, list[Float64s]]] = {}
        self.things: list[Int64s] = []
        self.targets: list[Int64s] = []
        self.paired: list[Bools] = []
        self.cycle: list[Float64s] = []

    def add(self, method: str, values: Mapping[str, Tensor]) -> None:
        """Note values (n,) of a query."""
        for name, column in values.items():
            columns = self.values.setdefault(method, {})
            columns.setdefault(name, []).append(column.double().cpu().numpy())

    def column(self, method: str, name: str) -> Float64s:
        """(n,) of all queries."""
        return np.concatenate(self.values[method][name])


def evaluate(
    pictures: TrainingSet,
    generator: Generator,
    extract: Extractor,
    extractor: str,
    device: torch.device,
    *,
    most: int,
    judge_steps: int,
    seed: int,
    on_query: Callable[[int], object],
) -> Evaluation:
    """Measure a generator on at most so many held-out pictures.

    ``on_query`` is told how many pictures have been translated.
    """
    rows = pictures.rows(held_out=True)
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:most])
    judge = Judge(pictures, device, steps=judge_steps, seed=seed)
    own = torch.from_numpy(pictures.domains[rows]).to(device)
    real = judge.right(pictures.pictures(rows, device), own).cpu().numpy()
    results = _Results()
    for query in _queries(pictures, rows):
        _measure(query, pictures, generator, judge, extract, results, device)
        on_query(len(query.rows))
    return _summed_up(pictures, rows, real, results, extractor, extract, device)


def count_queries(pictures: TrainingSet, most: int) -> int:
    """How many translations ``evaluate`` measures."""
    targets = len(pictures.domain_names) - pictures.exclusive
    return min(most, len(pictures.rows(held_out=True))) * targets


def _queries(pictures: TrainingSet, rows: Int64s) -> Iterator[_Query]:
    learned = pictures.rows(held_out=False)
    table = pictures.domains
    for own in np.unique(table[rows], axis=0):
        here = rows[(table[rows] == own).all(1)]
        like = learned[(table[learned] == own).all(1)]
        for target, one in enumerate(np.eye(table.shape[1], dtype=np.float32)):
            wanted = one if pictures.exclusive else np.abs(own - one)
            if (wanted == own).all():
                continue
            known = learned[table[learned, target] == wanted[target]]
            truths = pictures.truths(like, np.repeat(wanted[None], len(like), 0))
            there = truths != NO_TRUTH
            yield _Query(here, target, wanted, known, (like[there], truths[there]))


def _measure(
    query: _Query,
    pictures: TrainingSet,
    generator: Generator,
    judge: Judge,
    extract: Extractor,
    results: _Results,
    device: torch.device,
) -> None:
    """Translate the pictures of a query by every method, and note how good that is."""
    n = len(query.rows)
    sources = pictures.pictures(query.rows, device)
    wanted = torch.from_numpy(np.repeat(query.wanted[None], n, 0)).to(device)
    truth_rows = pictures.truths(query.rows, wanted.cpu().numpy())
    paired = truth_rows != NO_TRUTH
    truths = pictures.pictures(np.where(paired, truth_rows, query.rows), device)
    methods = {MODEL: _translated(generator, sources, wanted)}
    methods |= _baselines(query, pictures, sources, device)
    for method, made in methods.items():
        values = {
            "target": judge.right(made, wanted),
            "l1": l1(made, truths),
            "ssim": ssim(made, truths),
            "structure": structure(made, sources),
        }
        results.add(method, values)
        results.features.setdefault(method, {}).setdefault(query.target, []).append(extract(made))
    own = torch.from_numpy(pictures.domains[query.rows]).to(device)
    back = _translated(generator, methods[MODEL], own)
    results.cycle.append(l1(back, sources).double().cpu().numpy())
    results.things.append(pictures.things(query.rows))
    results.targets.append(np.full(n, query.target))
    results.paired.append(paired)


def _baselines(
    query: _Query, pictures: TrainingSet, sources: Tensor, device: torch.device
) -> dict[str, Tensor]:
    most = max(1, _MOST_VALUES // (3 * pictures.size**2))
    known, own, others = (
        pictures.pictures(_thinned(rows, most), device) for rows in (query.known, *query.pairs)
    )
    made = {
        "identity": sources,
        "colour": baselines.colour_transfer(sources, known),
        # Where pairs exist, the nearest picture of the same domain, as it is in the target, is a
        # harder one to beat.
        "nearest": baselines.nearest(sources, own, others)
        if len(own)
        else baselines.nearest(sources, known, known),
    }
    if len(own) > 1:
        made["pca"] = baselines.LinearTranslation(own, others)(sources)
    return made


def _thinned(rows: Int64s, most: int) -> Int64s:
    """At most so many rows, taken evenly."""
    return rows[:: -(-len(rows) // most)] if len(rows) else rows


def _translated(generator: Generator, pictures: Tensor, targets: Tensor) -> Tensor:
    batches = zip(torch.split(pictures, _BATCH), torch.split(targets, _BATCH), strict=True)
    with torch.inference_mode():
        return torch.cat([generator(some, wanted) for some, wanted in batches])


def _summed_up(
    pictures: TrainingSet,
    rows: Int64s,
    real: Float64s,
    results: _Results,
    extractor: str,
    extract: Extractor,
    device: torch.device,
) -> Evaluation:
    things, targets = np.concatenate(results.things), np.concatenate(results.targets)
    paired = np.concatenate(results.paired)
    # A method that not every query has, for want of pairs, stands beside nothing.
    whole = [m for m in results.values if len(results.column(m, "target")) == len(things)]
    references = _references(pictures, extract, device)
    scores = {
        method: Scores(
            _measures(results, method, things, paired, np.ones(len(things), bool)),
            {
                pictures.domain_names[target]: OfTarget(
                    _measures(results, method, things, paired, targets == target),
                    kernel_distance(
                        np.concatenate(results.features[method][target]),
                        references[target],
                        things[targets == target],
                    ),
                )
                for target in results.features[method]
            },
        )
        for method in whole
    }
    return Evaluation(
        domains=pictures.domain_names,
        pictures=len(rows),
        translations=len(things),
        pairs=int(paired.sum()),
        extractor=extractor,
        real_kid={
            name: kernel_distance(
                extract(pictures.pictures(here, device)),
                references[target],
                pictures.things(here),
            )
            for target, name in enumerate(pictures.domain_names)
            if len(here := rows[pictures.domains[rows, target] == 1])
        },
        judge=mean_interval(real, pictures.things(rows)),
        cycle=mean_interval(np.concatenate(results.cycle), things),
        scores=scores,
        gains={
            method: {
                name: paired_difference(
                    sign * results.column(MODEL, name)[paired],
                    sign * results.column(method, name)[paired],
                    things[paired],
                )
                for name, sign in (("l1", -1), ("ssim", 1))
            }
            for method in whole
            if method != MODEL and paired.any()
        },
    )


def _measures(
    results: _Results, method: str, things: Int64s, paired: Bools, chosen: Bools
) -> Measures:
    with_truth = paired & chosen
    shown = {
        name: mean_interval(results.column(method, name)[which], things[which])
        for name, which in (
            ("target", chosen),
            ("structure", chosen),
            ("l1", with_truth),
            ("ssim", with_truth),
        )
        if which.any()
    }
    return Measures(**shown)


def _references(
    pictures: TrainingSet, extract: Extractor, device: torch.device
) -> dict[int, Float64s]:
    """Features of real pictures of each domain."""
    learned = pictures.rows(held_out=False)
    found = {}
    for target in range(len(pictures.domain_names)):
        here = learned[pictures.domains[learned, target] == 1]
        found[target] = extract(pictures.pictures(_thinned(here, _MOST_REAL), device))
    return found
