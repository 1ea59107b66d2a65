from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.artifacts.features import FeatureStore
from pipeline.artifacts.model import ModelCard, load_model, save_model
from pipeline.errors import ExitCode, PipelineError
from pipeline.nn.captioner import Attention, Captioner, State
from pipeline.text.vocabulary import BEGIN, PADDING
from tests.nn import toys
from tests.nn.conftest import GRID, features_file

WHICH = torch.tensor([1, 0, 2, 1, 1])
LENGTHS = [4, 4, 3, 2, 1]
TOKENS = torch.tensor(
    [
        [BEGIN, 4, 5, 6],
        [BEGIN, 5, 5, 7],
        [BEGIN, 6, 5, PADDING],
        [BEGIN, 7, PADDING, PADDING],
        [BEGIN, PADDING, PADDING, PADDING],
    ]
)
FULL = torch.tensor([[BEGIN, 4 + n % 6, 5, 6 + n % 4] for n in range(5)])

all_kinds = pytest.mark.parametrize("attention", ["additive", "dot", "none"])
attending = pytest.mark.parametrize("attention", ["additive", "dot"])


def of_each_comment(outputs: Tensor, tokens: Tensor) -> list[Tensor]:
    """The outputs after each word of each comment, from those in order of words."""
    real = (tokens != PADDING).T
    _, comment = real.nonzero(as_tuple=True)
    assert len(outputs) == len(comment)
    return [outputs[comment == index] for index in range(len(tokens))]


def told_alone(
    captioner: Captioner, features: Tensor, tokens: Tensor
) -> tuple[Tensor, list[Tensor]]:
    """Outputs and attention of one comment (t,) on one picture (p, c) or (c,), step by step."""
    pictures = captioner.look(features[None], torch.tensor([0]))
    state = captioner.start(pictures)
    outputs, attention = [], []
    for token in tokens[tokens != PADDING]:
        output, state, weights = captioner.step(token[None], state, pictures)
        outputs.append(output)
        attention += [] if weights is None else [weights[0]]
    return torch.cat(outputs), attention


def weights_by_word(captioner: Captioner, features: Tensor) -> list[Tensor]:
    pictures = captioner.look(features, WHICH)
    state = captioner.start(pictures)
    found = []
    for column in FULL.unbind(1):
        _, state, weights = captioner.step(column, state, pictures)
        assert weights is not None
        found.append(weights)
    return found


@attending
def test_attention_is_shared_out_among_the_positions(attention: Attention) -> None:
    for weights in weights_by_word(toys.captioner(attention), toys.features(attention, 3)):
        assert weights.shape == (5, GRID[0])
        assert (weights > 0).all()
        torch.testing.assert_close(weights.sum(1), torch.ones(5))


@attending
def test_attention_moves_from_word_to_word_and_from_picture_to_picture(
    attention: Attention,
) -> None:
    first, second, *_ = weights_by_word(toys.captioner(attention), toys.features(attention, 3))
    assert (first - second).abs().max() > 1e-4
    assert (first[0] - first[1]).abs().max() > 1e-4


@attending
def test_comments_on_one_picture_attend_as_each_does_alone(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    together = torch.stack(weights_by_word(captioner, features), 1)
    for index, picture in enumerate(WHICH.tolist()):
        _, alone = told_alone(captioner, features[picture], FULL[index])
        torch.testing.assert_close(together[index], torch.stack(alone))
    # Comments 0, 3 and 4 look at one picture, but not alike once their words differ.
    assert (together[0, 2] - together[3, 2]).abs().max() > 1e-4


def test_without_attention_there_are_no_weights() -> None:
    captioner = toys.captioner("none")
    pictures = captioner.look(toys.features("none", 3), WHICH)
    assert captioner.step(TOKENS[:, 0], captioner.start(pictures), pictures)[2] is None


@all_kinds
def test_each_picture_is_read_once_and_each_comment_has_a_seat(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 4)
    pictures = captioner.look(features, WHICH)  # nobody comments on the last picture
    assert pictures.values.shape == (4, *features.shape[1:-1], captioner.spec.size)
    per_comment = (len(WHICH), *pictures.values.shape[1:])
    keys = {"dot": pictures.values.shape, "additive": per_comment, "none": (4, 0)}
    assert pictures.keys.shape == keys[attention]
    assert pictures.gist.shape == (4, GRID[1] if attention != "none" else 0)
    assert pictures.most == 3
    assert (pictures.seats // 3).tolist() == pictures.which.tolist() == WHICH.tolist()
    assert len(set(pictures.seats.tolist())) == 5


@all_kinds
@pytest.mark.parametrize("tokens", [TOKENS, FULL], ids=["ragged", "full"])
def test_the_gradient_reaches_every_parameter_and_the_picture(
    attention: Attention, tokens: Tensor
) -> None:
    captioner = toys.captioner(attention)
    features = toys.features(attention, 3).requires_grad_()
    captioner.logits(captioner(features, WHICH, tokens)).logsumexp(1).sum().backward()  # type: ignore[no-untyped-call]
    for name, parameter in captioner.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
    assert features.grad is not None
    assert (features.grad.flatten(1).abs().sum(1) > 0).all()


@all_kinds
def test_the_gradient_is_the_sum_of_those_of_the_comments_alone(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    parameters = list(captioner.parameters())

    def gradients(outputs: Tensor) -> tuple[Tensor, ...]:
        return torch.autograd.grad(captioner.logits(outputs).logsumexp(1).sum(), parameters)

    alone = [
        gradients(told_alone(captioner, features[picture], TOKENS[index])[0])
        for index, picture in enumerate(WHICH.tolist())
    ]
    together = gradients(captioner(features, WHICH, TOKENS))
    for found, parts in zip(together, zip(*alone, strict=True), strict=True):
        torch.testing.assert_close(found, torch.stack(parts).sum(0), atol=1e-5, rtol=1e-5)


@all_kinds
def test_forward_is_step_after_step(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    outputs = captioner(features, WHICH, FULL)
    pictures = captioner.look(features, WHICH)
    state = captioner.start(pictures)
    for column, found in zip(FULL.unbind(1), outputs.split(5), strict=True):
        output, state, _ = captioner.step(column, state, pictures)
        torch.testing.assert_close(found, output)
    assert captioner.logits(outputs).shape == (5 * 4, len(toys.VOCABULARY))


@all_kinds
@pytest.mark.parametrize("seed", range(4))
def test_forward_gives_each_comment_what_it_is_given_alone_in_any_order(
    attention: Attention, seed: int
) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    draws = torch.Generator().manual_seed(seed)
    tokens = torch.cat([TOKENS, FULL])
    which = torch.cat([WHICH, torch.randint(0, 3, (5,), generator=draws)])
    order = torch.randperm(10, generator=draws)
    lengths = (tokens[order] != PADDING).sum(1)
    order = order[lengths.argsort(descending=True, stable=True)]
    pages = torch.randperm(3, generator=draws)  # the pictures in another order too
    outputs = captioner(features[pages], pages.argsort()[which[order]], tokens[order])
    assert len(outputs) == sum(LENGTHS) + 5 * 4
    for index, found in zip(order.tolist(), of_each_comment(outputs, tokens[order]), strict=True):
        alone, _ = told_alone(captioner, features[which[index]], tokens[index])
        torch.testing.assert_close(found, alone)
        one = captioner(features[which[index]][None], torch.tensor([0]), tokens[index][None])
        torch.testing.assert_close(one, alone)


@all_kinds
def test_outputs_come_in_order_of_words_without_padding(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    width = captioner.spec.size * (2 if attention != "none" else 1)
    outputs = captioner(features, WHICH, TOKENS)
    assert outputs.shape == (sum(LENGTHS), width)
    alone = [
        told_alone(captioner, features[picture], TOKENS[index])[0]
        for index, picture in enumerate(WHICH.tolist())
    ]
    wanted = [
        alone[index][place] for place in range(4) for index in range(5) if place < LENGTHS[index]
    ]
    torch.testing.assert_close(outputs, torch.stack(wanted))


@all_kinds
def test_a_step_takes_the_first_comments_only(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    pictures = captioner.look(features, WHICH)
    state = captioner.start(pictures)
    output, after, weights = captioner.step(FULL[:, 0], state, pictures)
    for k in range(1, 6):
        some = State(state.hidden[:k], state.cell[:k])
        first, then, shares = captioner.step(FULL[:k, 0], some, pictures)
        torch.testing.assert_close(first, output[:k])
        torch.testing.assert_close(then, State(after.hidden[:k], after.cell[:k]))
        assert (shares is None) == (weights is None) == (attention == "none")
        if shares is not None and weights is not None:
            torch.testing.assert_close(shares, weights[:k])


@all_kinds
@pytest.mark.parametrize("tokens", [TOKENS, FULL], ids=["ragged", "full"])
def test_pictures_read_once_each_give_what_a_reading_for_each_comment_gives(
    attention: Attention, tokens: Tensor
) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    for_each = captioner(features[WHICH], torch.arange(5), tokens)
    torch.testing.assert_close(captioner(features, WHICH, tokens), for_each)


@all_kinds
def test_a_crowd_on_one_picture_is_told_what_each_of_it_is_told_alone(
    attention: Attention,
) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 2)
    tokens = FULL.repeat(8, 1)
    tokens[:, 1] = 4 + torch.arange(40) % 6
    which = torch.tensor([0] * 39 + [1])
    outputs = captioner(features, which, tokens)
    for index, found in enumerate(of_each_comment(outputs, tokens)):
        alone, _ = told_alone(captioner, features[which[index]], tokens[index])
        torch.testing.assert_close(found, alone)


@all_kinds
def test_later_words_do_not_change_earlier_outputs(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    changed = FULL.clone()
    changed[:, 2] = 9
    before, after = (captioner(features, WHICH, tokens).split(5) for tokens in (FULL, changed))
    for place in (0, 1):
        assert torch.equal(before[place], after[place])
    assert not torch.equal(before[2], after[2])


@all_kinds
def test_words_of_one_comment_do_not_change_another_on_its_picture(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    changed = FULL.clone()
    changed[0, 1:] = 9
    before, after = (
        of_each_comment(captioner(features, WHICH, tokens), tokens) for tokens in (FULL, changed)
    )
    assert not torch.equal(before[0], after[0])
    for index in range(1, 5):
        assert torch.equal(before[index], after[index])


@all_kinds
def test_features_are_normalised_by_the_training_statistics(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    before = captioner(features, WHICH, TOKENS)
    captioner.mean = torch.full((GRID[1],), 50.0)
    captioner.std = torch.full((GRID[1],), 4.0)
    scaled = (features * 4 + 50).half().double()
    torch.testing.assert_close(captioner(scaled, WHICH, TOKENS), before, atol=0.05, rtol=0.05)


@attending
def test_the_gist_is_the_mean_position_in_units_of_its_spread(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    before = captioner.look(features, WHICH)
    begun = captioner.start(before)
    torch.testing.assert_close(before.gist, features.mean(1))
    captioner.mean = torch.arange(GRID[1], dtype=torch.float)
    captioner.std = torch.linspace(1, 3, GRID[1])
    captioner.spread = torch.linspace(0.1, 0.6, GRID[1])
    after = captioner.look(features * captioner.std + captioner.mean, WHICH)
    torch.testing.assert_close(after.gist, features.mean(1) / captioner.spread)
    torch.testing.assert_close(after.values, before.values)  # the spread is the gist's alone
    assert (captioner.start(after).hidden - begun.hidden).abs().max() > 1e-3


@attending
def test_training_pictures_differ_by_one_in_every_channel_of_their_gist(
    tmp_path: Path, attention: Attention
) -> None:
    captioner, bank = toys.captioner(attention), toys.bank(tmp_path, attention, count=30)
    captioner.mean, captioner.std, captioner.spread = bank.statistics()
    pictures = captioner.look(bank.gather(np.arange(30)), torch.arange(30))
    std, mean = torch.std_mean(pictures.gist, 0, unbiased=False)
    torch.testing.assert_close(std, torch.ones(GRID[1]), atol=1e-4, rtol=0)
    torch.testing.assert_close(mean, torch.zeros(GRID[1]), atol=1e-4, rtol=0)


@all_kinds
def test_a_saved_model_gives_the_same_outputs(tmp_path: Path, attention: Attention) -> None:
    captioner, features = toys.captioner(attention, dropout=0.5), toys.features(attention, 3)
    captioner.mean = torch.arange(GRID[1], dtype=torch.float)
    captioner.std = torch.linspace(1, 3, GRID[1])
    captioner.spread = torch.linspace(0.1, 0.6, GRID[1])
    card = ModelCard(captioner.spec, "toy", "none", "tap")
    save_model(tmp_path / "model.safetensors", captioner, card)
    loaded, read = load_model(tmp_path / "model.safetensors")
    assert read == card
    assert not loaded.training
    for name in ("mean", "std", "spread"):
        assert torch.equal(getattr(loaded, name), getattr(captioner, name))
    outputs = loaded(features, WHICH, TOKENS)
    assert torch.equal(outputs, captioner.eval()(features, WHICH, TOKENS))


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
    path = features_file(tmp_path / "features.h5", tap=toys.features("additive", 2).numpy())
    card = ModelCard(toys.captioner("additive").spec, backbone, weights, tap)
    with FeatureStore(path) as store:
        if fits:
            card.require_match(store, path)
            return
        with pytest.raises(PipelineError) as caught:
            card.require_match(store, path)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
