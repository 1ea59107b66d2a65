"""What captioners make of features, facts and context."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.captioning.prompt import FACTS
from tests.captioning import toys
from tests.captioning.conftest import GRID
from tests.captioning.reading import (
    PICTURES,
    bank,
    captions,
    sensitive,
)
from tests.captioning.toys import Kind


@toys.all_kinds
def test_features_are_in_units_of_the_training_statistics(tmp_path: Path, kind: Kind) -> None:
    network = toys.captioner(kind)
    prompt, words = toys.reading(captions(kind), bank(tmp_path, kind))
    before = network.read(prompt, words).hidden
    network.mean = torch.arange(GRID[1], dtype=torch.float)
    network.std = torch.linspace(1, 3, GRID[1])
    scaled = prompt._replace(
        features=prompt.features.float() * network.std + network.mean,
        around=prompt.around.float() * network.std + network.mean,
    )
    after = network.read(scaled, words).hidden
    torch.testing.assert_close(after, before, atol=1e-5, rtol=1e-4)


@toys.each([toys.ADDITIVE, toys.DOT])
def test_an_lstm_starts_from_the_pooled_features_in_units_of_their_spread(
    tmp_path: Path, kind: Kind
) -> None:
    network = toys.captioner(kind)
    prompt, _ = toys.reading(captions(kind), bank(tmp_path, kind))
    network.spread = torch.linspace(0.1, 0.6, GRID[1])
    state = network.start(prompt)
    pooled = prompt.features.float().mean(1)[torch.tensor(PICTURES)] / network.spread
    initial = network.get_submodule("initial")
    begun = initial(torch.cat([pooled, prompt.facts], 1)).tanh()
    torch.testing.assert_close(torch.cat([state.hidden, state.cell], 1), begun)


def test_pooled_training_pictures_vary_by_one_in_every_channel(tmp_path: Path) -> None:
    shown = toys.bank(tmp_path, toys.ADDITIVE, count=30)
    mean, std, spread = shown.statistics()
    pooled = ((shown.gather(np.arange(30)).float() - mean) / std).mean(1) / spread
    deviation, middle = torch.std_mean(pooled, 0, unbiased=False)
    torch.testing.assert_close(deviation, torch.ones(GRID[1]), atol=1e-4, rtol=0)
    torch.testing.assert_close(middle, torch.zeros(GRID[1]), atol=1e-4, rtol=0)


@toys.all_kinds
@pytest.mark.parametrize(("time", "rate"), [(True, True), (True, False), (False, False)])
def test_only_facts_that_are_known_change_anything(
    tmp_path: Path, kind: Kind, *, time: bool, rate: bool
) -> None:
    network = sensitive(kind, time=time, rate=rate)
    prompt, words = toys.reading(captions(kind), bank(tmp_path, kind))
    before = network.read(prompt, words).hidden
    for index, fact in enumerate(FACTS):
        facts = prompt.facts.clone()
        facts[:, index] += 1
        after = network.read(prompt._replace(facts=facts), words).hidden
        assert torch.equal(before, after) != (rate if fact == "rate" else time), fact


@toys.each([toys.TRANSFORMER, toys.BLIND_TRANSFORMER])
def test_a_transformer_reads_pictures_around_and_context(tmp_path: Path, kind: Kind) -> None:
    network = sensitive(kind)
    prompt, words = toys.reading(captions(kind), bank(tmp_path, kind))
    before = network.read(prompt, words).hidden
    for index in range(prompt.around.shape[1]):
        around = prompt.around.clone()
        around[:, index] += 1
        assert (network.read(prompt._replace(around=around), words).hidden - before).any(1).all()
    last_words = prompt.context[:, -1, 0]  # of three contexts, one is of no comments
    context = prompt.context.clone()
    context[:, -1, 0] = torch.where(last_words > 0, 4 + (last_words - 3) % 6, last_words)
    has_context = last_words[prompt.context_of] > 0
    changed = (network.read(prompt._replace(context=context), words).hidden - before).any(1)
    assert torch.equal(changed, has_context[words.caption])
    assert has_context.any()
    assert not has_context.all()
