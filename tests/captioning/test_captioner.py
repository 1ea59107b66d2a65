from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import Captioner, Reading, Step, draw_masks
from pipeline.captioning.model_file import Model, ModelCard, load_model, save_model
from pipeline.captioning.prompt import FACTS, DropoutMasks, PackedWords, PictureGroups, Prompt
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import FeatureStore
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import BEGIN
from tests.captioning import toys
from tests.captioning.conftest import GRID, features_file
from tests.captioning.toys import CPU, Kind

PICTURES = [1, 0, 2, 1, 1]
RAGGED = [[4, 5, 6], [5, 5, 7], [6, 5], [7], []]
FULL = [[4 + n % 6, 5, 6 + n % 4] for n in range(5)]
LENGTHS = [len(words) + 1 for words in RAGGED]

sentences = pytest.mark.parametrize("sentences", [RAGGED, FULL], ids=["ragged", "full"])


def comments(kind: Kind, sentences: list[list[int]] = RAGGED) -> CaptionSet:
    return toys.caption_set(toys.varied_inputs(kind, PICTURES), sentences)


def bank(folder: Path, kind: Kind) -> FeatureBank:
    return toys.bank(folder, kind, count=4)


def sensitive(kind: Kind, **changes: Any) -> Captioner:
    """So that every word and picture matters to all that comes after."""
    network = toys.captioner(kind, **changes)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2)
    return network


def stepped(network: Captioner, prompt: Prompt, words: PackedWords) -> list[Step]:
    """Of comments of one length: each of their words read after the other."""
    state = network.start(prompt)
    steps = []
    for tokens in by_word(words.inputs, words):
        steps.append(network.step(tokens, state))
        state = steps[-1].state
    return steps


def told_alone(
    network: Captioner, comments: CaptionSet, bank: FeatureBank, row: int
) -> tuple[Tensor, Tensor]:
    """What is in mind and how attention is shared out, (t, d) and (t, p), step by step."""
    prompt, words = toys.reading(comments, bank, [row])
    steps = stepped(network, prompt, words)
    weights = [step.weights for step in steps if step.weights is not None]
    shared = torch.cat(weights) if weights else torch.empty(len(steps), 0)
    return torch.cat([step.hidden for step in steps]), shared


def by_word(places: Tensor, words: PackedWords) -> list[Tensor]:
    """What is of the first words, of the second, …"""
    parts: tuple[Tensor, ...] = places.split(words.batch_sizes)  # type: ignore[no-untyped-call]
    return list(parts)


def of_each_comment(mind: Tensor, words: PackedWords) -> list[Tensor]:
    """What is in mind after each word of each comment, from all in order of words."""
    return [mind[words.caption == index] for index in range(len(words.last))]


def read_full(network: Captioner, kind: Kind, bank: FeatureBank) -> list[Step]:
    prompt, words = toys.reading(comments(kind, FULL), bank)
    return stepped(network, prompt, words)


@toys.attending
def test_attention_is_shared_out_among_the_positions(tmp_path: Path, kind: Kind) -> None:
    for step in read_full(toys.captioner(kind), kind, bank(tmp_path, kind)):
        assert step.weights is not None
        assert step.weights.shape == (5, GRID[0])
        assert (step.weights > 0).all()
        torch.testing.assert_close(step.weights.sum(1), torch.ones(5))


@toys.attending
def test_attention_moves_from_word_to_word_and_from_picture_to_picture(
    tmp_path: Path, kind: Kind
) -> None:
    first, second, *_ = read_full(sensitive(kind), kind, bank(tmp_path, kind))
    assert first.weights is not None
    assert second.weights is not None
    assert (first.weights - second.weights).abs().max() > 1e-3
    assert (first.weights[0] - first.weights[1]).abs().max() > 1e-3


@toys.attending
def test_comments_on_one_picture_attend_as_each_does_alone(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    steps = read_full(network, kind, shown)
    together = torch.stack([step.weights for step in steps if step.weights is not None], 1)
    for row in range(len(PICTURES)):
        _, alone = told_alone(network, comments(kind, FULL), shown, row)
        torch.testing.assert_close(together[row], alone)
    # Comments 0, 3 and 4 look at one picture, but not alike once their words differ.
    assert (together[0, 2] - together[3, 2]).abs().max() > 1e-4


@toys.attending
def test_coverage_is_the_attention_during_a_comment(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    coverage = network.read(*toys.reading(comments(kind), shown)).coverage
    torch.testing.assert_close(coverage.sum(1), torch.tensor(LENGTHS, dtype=torch.float32))
    for row, found in enumerate(coverage):
        _, alone = told_alone(network, comments(kind), shown, row)
        torch.testing.assert_close(found, alone.sum(0))


@toys.each([toys.BLIND, toys.BLIND_TRANSFORMER])
def test_without_attention_there_are_no_weights(tmp_path: Path, kind: Kind) -> None:
    for step in read_full(toys.captioner(kind), kind, bank(tmp_path, kind)):
        assert step.weights is None


@toys.lstms
def test_each_picture_is_read_once(tmp_path: Path, kind: Kind) -> None:
    network = toys.captioner(kind)
    prompt, _ = toys.reading(comments(kind), bank(tmp_path, kind))
    pictures = network.start(prompt).pictures
    assert pictures.values.shape == (3, *prompt.features.shape[1:-1], network.spec.size)
    assert pictures.keys.shape == (pictures.values.shape if kind.attends else (0, 16))
    assert pictures.groups.picture.tolist() == PICTURES


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30))
def test_every_comment_has_a_seat_of_its_own_at_its_picture(which: list[int]) -> None:
    groups = PictureGroups.from_pictures(np.array(which, np.int64), CPU)
    seats = groups.slots.tolist()
    assert len(set(seats)) == len(which)
    assert [seat // groups.size for seat in seats] == which == groups.picture.tolist()
    assert groups.size == max(which.count(picture) for picture in which)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.data())
def test_rows_meet_the_matrix_of_their_picture(which: list[int], data: st.DataObject) -> None:
    some = data.draw(st.integers(1, len(which)))
    rows, matrices = torch.randn(some, 3), torch.randn(4, 3, 2)
    found = PictureGroups.from_pictures(np.array(which, np.int64), CPU).bmm(rows, matrices)
    wanted = [row @ matrices[picture] for row, picture in zip(rows, which, strict=False)]
    torch.testing.assert_close(found, torch.stack(wanted))


def loss(network: Captioner, reading: Reading, words: PackedWords) -> Tensor:
    """In which everything that was read counts, each word for itself."""
    told = network.softmax.total_loss(reading.hidden, words.targets)
    looks = torch.cat(network.style_logits(reading.end), 1)
    return told + (looks**2).sum() + (reading.coverage**2).sum()


@toys.all_kinds
@sentences
def test_the_gradient_reaches_every_parameter_and_the_picture(
    tmp_path: Path, kind: Kind, sentences: list[list[int]]
) -> None:
    network = sensitive(kind)
    prompt, words = toys.reading(comments(kind, sentences), bank(tmp_path, kind))
    features = prompt.features.float().requires_grad_()
    loss(network, network.read(prompt._replace(features=features), words), words).backward()  # type: ignore[no-untyped-call]
    unfelt = [  # with one position there is nothing to ask
        f"blocks.{block}.{parameter}"
        for block in (0, 1)
        for layer in ("norms.2", "to_picture.query", "to_picture.key")
        for parameter in (f"{layer}.weight", f"{layer}.bias")
    ]
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        felt = kind is not toys.BLIND_TRANSFORMER or name not in unfelt
        assert bool(parameter.grad.any()) == felt, name
    assert features.grad is not None
    assert features.grad.flatten(1).any(1).all()


@toys.all_kinds
def test_the_gradient_is_the_sum_of_those_of_the_comments_alone(tmp_path: Path, kind: Kind) -> None:
    network, shown = toys.captioner(kind), bank(tmp_path, kind)
    parameters = list(network.parameters())

    def gradients(total: Tensor) -> tuple[Tensor, ...]:
        return torch.autograd.grad(total, parameters, materialize_grads=True)

    alone = []
    for row in range(len(PICTURES)):
        _, words = toys.reading(comments(kind), shown, [row])
        mind, weights = told_alone(network, comments(kind), shown, row)
        coverage = weights.sum(0, keepdim=True)
        if kind is toys.BLIND_TRANSFORMER:
            coverage = torch.full((1, 1), float(LENGTHS[row]))
        alone.append(gradients(loss(network, Reading(mind, mind[-1:], coverage), words)))
    prompt, words = toys.reading(comments(kind), shown)
    together = gradients(loss(network, network.read(prompt, words), words))
    for found, parts in zip(together, zip(*alone, strict=True), strict=True):
        torch.testing.assert_close(found, torch.stack(parts).sum(0), atol=1e-4, rtol=1e-4)


@toys.all_kinds
def test_reading_is_step_after_step(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    reading = network.read(*toys.reading(comments(kind, FULL), shown))
    steps = read_full(network, kind, shown)
    torch.testing.assert_close(reading.hidden, torch.cat([step.hidden for step in steps]))
    torch.testing.assert_close(reading.end, steps[-1].hidden)
    assert network.softmax.log_probs(reading.hidden).shape == (5 * 4, len(toys.VOCABULARY))
    assert [scores.shape for scores in network.style_logits(reading.end)] == [
        (5, 3),
        (5, 3),
        (5, 2),
    ]


@toys.all_kinds
def test_lines_of_any_length_can_be_read(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    long = [sentence * 100 for sentence in FULL]
    prompt, words = toys.reading(comments(kind, long), shown)
    reading = network.read(prompt, words)
    torch.testing.assert_close(reading.end, stepped(network, prompt, words)[-1].hidden)


@toys.all_kinds
@pytest.mark.parametrize("seed", range(3))
def test_each_comment_is_read_as_it_is_alone_in_any_order(
    tmp_path: Path, kind: Kind, seed: int
) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    draws = np.random.default_rng(seed)
    pictures = [*PICTURES, *draws.integers(0, 3, 5).tolist()]
    every = toys.caption_set(toys.varied_inputs(kind, pictures, seed), [*RAGGED, *FULL])
    order = draws.permutation(10).tolist()
    order.sort(key=lambda row: -len(every.sentences[row]))
    pages = [np.array([row], np.int64) for row in order]  # a picture comes once a comment
    batch = every.batch(pages, shown, CPU)
    assert batch is not None
    assert batch.rows.tolist() == list(range(10))
    prompt, words = toys.reading(every, shown, order)
    assert len(prompt.features) == len(set(pictures))
    assert len(batch.prompt.features) == 10
    together = network.read(prompt, words).hidden
    copied = network.read(batch.prompt, batch.words).hidden
    assert len(together) == sum(LENGTHS) + 5 * 4
    for row, found, likewise in zip(
        order, of_each_comment(together, words), of_each_comment(copied, words), strict=True
    ):
        alone, _ = told_alone(network, every, shown, row)
        torch.testing.assert_close(found, alone, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(likewise, alone, atol=1e-5, rtol=1e-4)
        one = network.read(*toys.reading(every, shown, [row])).hidden
        torch.testing.assert_close(one, alone, atol=1e-5, rtol=1e-4)


@toys.all_kinds
def test_what_was_in_mind_comes_in_order_of_words_without_padding(
    tmp_path: Path, kind: Kind
) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    reading = network.read(*toys.reading(comments(kind), shown))
    assert reading.hidden.shape == (sum(LENGTHS), network.spec.size)
    alone = [told_alone(network, comments(kind), shown, row)[0] for row in range(5)]
    wanted = [alone[row][place] for place in range(4) for row in range(5) if place < LENGTHS[row]]
    torch.testing.assert_close(reading.hidden, torch.stack(wanted), atol=1e-5, rtol=1e-4)
    ends = torch.stack([mind[-1] for mind in alone])
    torch.testing.assert_close(reading.end, ends, atol=1e-5, rtol=1e-4)


@toys.all_kinds
def test_any_states_can_be_gone_on_from_more_than_once(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    prompt, words = toys.reading(comments(kind, FULL), shown)
    first, second, *_ = by_word(words.inputs, words)
    begun = network.step(first, network.start(prompt))
    whole = network.step(second, begun.state)
    for rows in ([4, 0, 0, 2], [3], [0, 1, 2, 3, 4], [1] * 7):
        index = torch.tensor(rows)
        chosen = network.select(begun.state, np.array(rows, np.int64))
        some = network.step(second[index], chosen)
        torch.testing.assert_close(some.hidden, whole.hidden[index])
        assert (some.weights is None) == (whole.weights is None) == (not kind.attends)
        if some.weights is not None and whole.weights is not None:
            torch.testing.assert_close(some.weights, whole.weights[index])
        again = network.step(second[index], network.select(chosen, np.arange(len(rows))))
        torch.testing.assert_close(again.hidden, some.hidden)


@toys.all_kinds
def test_a_crowd_on_one_picture_is_told_what_each_of_it_is_told_alone(
    tmp_path: Path, kind: Kind
) -> None:
    network, shown = toys.captioner(kind), bank(tmp_path, kind)
    pictures = [0] * 39 + [1]
    said = [[4 + n % 6, 5, 6 + n % 4] for n in range(40)]
    crowd = toys.caption_set(toys.varied_inputs(kind, pictures), said)
    prompt, words = toys.reading(crowd, shown)
    mind = of_each_comment(network.read(prompt, words).hidden, words)
    for row in range(0, 40, 3):
        torch.testing.assert_close(mind[row], told_alone(network, crowd, shown, row)[0])


@toys.all_kinds
def test_later_words_do_not_change_what_was_in_mind_before(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    prompt, words = toys.reading(comments(kind, FULL), shown)
    changed = words.inputs.clone()
    changed[10:15] = 9  # of all comments, the third to be read
    before, after = (
        by_word(network.read(prompt, words._replace(inputs=read)).hidden, words)
        for read in (words.inputs, changed)
    )
    for place in (0, 1):
        torch.testing.assert_close(before[place], after[place])
    for place in (2, 3):
        assert (before[place] - after[place]).abs().max() > 1e-3


@toys.all_kinds
def test_words_of_one_comment_do_not_change_another_on_its_picture(
    tmp_path: Path, kind: Kind
) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    prompt, words = toys.reading(comments(kind, FULL), shown)
    changed = words.inputs.clone()
    changed[(words.caption == 0) & (words.inputs != BEGIN)] = 9
    before, after = (
        of_each_comment(network.read(prompt, words._replace(inputs=read)).hidden, words)
        for read in (words.inputs, changed)
    )
    assert (before[0] - after[0]).abs().max() > 1e-3
    for index in range(1, 5):
        torch.testing.assert_close(before[index], after[index])


@toys.all_kinds
def test_features_are_in_units_of_the_training_statistics(tmp_path: Path, kind: Kind) -> None:
    network = toys.captioner(kind)
    prompt, words = toys.reading(comments(kind), bank(tmp_path, kind))
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
def test_an_lstm_begins_from_the_mean_position_in_units_of_its_spread(
    tmp_path: Path, kind: Kind
) -> None:
    network = toys.captioner(kind)
    prompt, _ = toys.reading(comments(kind), bank(tmp_path, kind))
    network.spread = torch.linspace(0.1, 0.6, GRID[1])
    state = network.start(prompt)
    gist = prompt.features.float().mean(1)[torch.tensor(PICTURES)] / network.spread
    begin = network.get_submodule("begin")
    begun = begin(torch.cat([gist, prompt.facts], 1)).tanh()
    torch.testing.assert_close(torch.cat([state.hidden, state.cell], 1), begun)


def test_training_pictures_differ_by_one_in_every_channel_of_their_gist(tmp_path: Path) -> None:
    shown = toys.bank(tmp_path, toys.ADDITIVE, count=30)
    mean, std, spread = shown.statistics()
    gist = ((shown.gather(np.arange(30)).float() - mean) / std).mean(1) / spread
    deviation, middle = torch.std_mean(gist, 0, unbiased=False)
    torch.testing.assert_close(deviation, torch.ones(GRID[1]), atol=1e-4, rtol=0)
    torch.testing.assert_close(middle, torch.zeros(GRID[1]), atol=1e-4, rtol=0)


@toys.all_kinds
@pytest.mark.parametrize(("time", "rate"), [(True, True), (True, False), (False, False)])
def test_only_facts_that_are_told_change_anything(
    tmp_path: Path, kind: Kind, *, time: bool, rate: bool
) -> None:
    network = sensitive(kind, time=time, rate=rate)
    prompt, words = toys.reading(comments(kind), bank(tmp_path, kind))
    before = network.read(prompt, words).hidden
    for index, fact in enumerate(FACTS):
        facts = prompt.facts.clone()
        facts[:, index] += 1
        after = network.read(prompt._replace(facts=facts), words).hidden
        assert torch.equal(before, after) != (rate if fact == "rate" else time), fact


@toys.each([toys.TRANSFORMER, toys.BLIND_TRANSFORMER])
def test_a_transformer_reads_what_is_around_and_what_was_said(tmp_path: Path, kind: Kind) -> None:
    network = sensitive(kind)
    prompt, words = toys.reading(comments(kind), bank(tmp_path, kind))
    before = network.read(prompt, words).hidden
    for index in range(prompt.around.shape[1]):
        around = prompt.around.clone()
        around[:, index] += 1
        assert (network.read(prompt._replace(around=around), words).hidden - before).any(1).all()
    said = prompt.context[:, -1, 0]  # of three contexts, one is of no comments
    context = prompt.context.clone()
    context[:, -1, 0] = torch.where(said > 0, 4 + (said - 3) % 6, said)
    heard = said[prompt.context_of] > 0
    changed = (network.read(prompt._replace(context=context), words).hidden - before).any(1)
    assert torch.equal(changed, heard[words.caption])
    assert heard.any()
    assert not heard.all()


@pytest.mark.parametrize("bias", [-200.0, 200.0], ids=["shut", "open"])
def test_a_gate_that_is_shut_lets_nothing_be_seen(tmp_path: Path, bias: float) -> None:
    network = sensitive(toys.ADDITIVE)
    network.get_submodule("gate").bias.data.fill_(bias)  # type: ignore[operator]
    prompt, words = toys.reading(comments(toys.ADDITIVE), bank(tmp_path, toys.ADDITIVE))
    state = network.start(prompt)
    moved = state._replace(pictures=state.pictures._replace(values=state.pictures.values + 1))
    one, other = (network.step(words.inputs[:5], begun).hidden for begun in (state, moved))
    assert torch.equal(one, other) == (bias < 0)


@toys.all_kinds
def test_dropout_leaves_out_what_the_masks_say(tmp_path: Path, kind: Kind) -> None:
    network = sensitive(kind, dropout=0.5)
    prompt, words = toys.reading(comments(kind), bank(tmp_path, kind))
    whole = DropoutMasks(torch.ones(3, 16), torch.ones(5, 16), torch.ones(5, 16))
    plain = network.train().read(prompt, words)
    torch.testing.assert_close(network.read(prompt, words, whole), plain)
    for name, mask in whole._asdict().items():
        masked = mask.clone()
        masked[0, 8:] = 0
        changed = (
            network.read(prompt, words, whole._replace(**{name: masked})).hidden - plain.hidden
        )
        touched = words.caption == (1 if name == "picture" else 0)  # picture 0 is the second's
        assert changed[touched].any(1).all(), name
        assert not changed[~touched].abs().gt(1e-5).any(), name


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_masks_keep_their_share_scaled_up(share: float) -> None:
    masks = draw_masks(toys.captioner(toys.DOT, dropout=share), 300, 500, [1, 2, 3])
    assert masks is not None
    assert [mask.shape for mask in masks] == [(300, 16), (500, 16), (500, 16)]
    for mask in masks:
        assert set(mask.flatten().tolist()) == {0, np.float32(1 / (1 - share))}
        assert (mask == 0).float().mean().item() == pytest.approx(share, abs=0.03)


def test_masks_are_a_function_of_their_seed() -> None:
    network = toys.captioner(toys.DOT, dropout=0.5)

    def drawn(*seed: int) -> Tensor:
        masks = draw_masks(network, 3, 5, list(seed))
        assert masks is not None
        return torch.cat(masks)

    once = drawn(1, 2, 3)
    torch.manual_seed(99)
    state = torch.get_rng_state()
    assert torch.equal(once, drawn(1, 2, 3))
    assert torch.equal(state, torch.get_rng_state())
    for other in ([1, 2, 4], [1, 3, 3], [2, 2, 3], [3, 2, 1], [1, 23], [12, 3]):
        assert not torch.equal(once, drawn(*other)), other


def test_without_dropout_there_are_no_masks() -> None:
    assert draw_masks(toys.captioner(toys.DOT), 3, 5, [1]) is None


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
def test_a_saved_model_reads_alike(tmp_path: Path, kind: Kind, softmax: str) -> None:
    network = toys.captioner(kind, dropout=0.5, softmax=softmax, rate=False)
    network.mean = torch.arange(GRID[1], dtype=torch.float)
    network.std = torch.linspace(1, 3, GRID[1])
    network.spread = torch.linspace(0.1, 0.6, GRID[1])
    card = ModelCard(network.spec, "toy", "none", "tap")
    files = set()
    for _ in range(8):
        save_model(tmp_path / "model.safetensors", Model(network, card, toys.VOCABULARY))
        files.add((tmp_path / "model.safetensors").read_bytes())
    assert len(files) == 1
    loaded, read, vocabulary = load_model(tmp_path / "model.safetensors")
    assert read == card
    assert vocabulary == toys.VOCABULARY
    assert not loaded.training
    for name in ("mean", "std", "spread"):
        assert torch.equal(getattr(loaded, name), getattr(network, name))
    prompt, words = toys.reading(comments(kind), bank(tmp_path, kind))
    one, other = (model.eval().read(prompt, words) for model in (loaded, network))
    assert all(map(torch.equal, one, other))
    chances = [model.softmax.log_probs(one.hidden) for model in (loaded, network)]
    assert torch.equal(*chances)


@pytest.mark.parametrize(
    ("backbone", "weights", "tap", "fits"),
    [
        ("toy", "none", "tap", True),
        ("vgg19", "none", "tap", False),
        ("toy", "imagenet", "tap", False),
        ("toy", "none", "other", False),
    ],
)
def test_a_model_refuses_features_of_another_making(
    tmp_path: Path, backbone: str, weights: str, tap: str, fits: bool
) -> None:
    path = features_file(tmp_path / "features.h5", tap=toys.features(toys.ADDITIVE, 2).numpy())
    card = ModelCard(toys.spec(toys.ADDITIVE), backbone, weights, tap)
    with FeatureStore(path) as store:
        if fits:
            card.require_match(store, path)
            return
        with pytest.raises(PipelineError) as caught:
            card.require_match(store, path)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
