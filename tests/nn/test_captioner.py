from pathlib import Path

import pytest
import torch
from torch import Tensor

from pipeline.artifacts.features import FeatureStore
from pipeline.artifacts.model import ModelCard, load_model, save_model
from pipeline.errors import ExitCode, PipelineError
from pipeline.nn.captioner import Attention, Captioner
from pipeline.text.vocabulary import BEGIN
from tests.nn import toys
from tests.nn.conftest import GRID, features_file

WHICH = torch.tensor([1, 0, 2, 1, 1])
TOKENS = torch.tensor([[BEGIN, 4 + n % 6, 5, 6 + n % 4] for n in range(5)])

both_kinds = pytest.mark.parametrize("attention", ["additive", "dot", "none"])


def weights_by_word(captioner: Captioner, features: Tensor) -> list[Tensor]:
    pictures = captioner.look(features, WHICH)
    state = captioner.start(pictures)
    found = []
    for column in TOKENS.unbind(1):
        _, state, weights = captioner.step(column, state, pictures)
        assert weights is not None
        found.append(weights)
    return found


def test_attention_is_shared_out_among_the_positions() -> None:
    for weights in weights_by_word(toys.captioner("additive"), toys.features("additive", 3)):
        assert weights.shape == (5, GRID[0])
        assert (weights > 0).all()
        torch.testing.assert_close(weights.sum(1), torch.ones(5))


def test_attention_moves_from_word_to_word_and_from_picture_to_picture() -> None:
    first, second, *_ = weights_by_word(toys.captioner("additive"), toys.features("additive", 3))
    assert (first - second).abs().max() > 1e-4
    assert (first[0] - first[1]).abs().max() > 1e-4


def test_without_attention_there_are_no_weights() -> None:
    captioner = toys.captioner("none")
    pictures = captioner.look(toys.features("none", 3), WHICH)
    assert captioner.step(TOKENS[:, 0], captioner.start(pictures), pictures)[2] is None


@both_kinds
def test_the_gradient_reaches_every_parameter_and_the_picture(attention: Attention) -> None:
    captioner = toys.captioner(attention)
    features = toys.features(attention, 3).requires_grad_()
    captioner.logits(captioner(features, WHICH, TOKENS)).logsumexp(2).sum().backward()  # type: ignore[no-untyped-call]
    for name, parameter in captioner.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
    assert features.grad is not None
    assert (features.grad.flatten(1).abs().sum(1) > 0).all()


@both_kinds
def test_forward_is_step_after_step(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    outputs = captioner(features, WHICH, TOKENS)
    pictures = captioner.look(features, WHICH)
    state = captioner.start(pictures)
    for place, column in enumerate(TOKENS.unbind(1)):
        output, state, _ = captioner.step(column, state, pictures)
        torch.testing.assert_close(outputs[:, place], output)
    assert captioner.logits(outputs).shape == (5, 4, len(toys.VOCABULARY))


@both_kinds
def test_pictures_read_once_each_give_what_a_reading_for_each_comment_gives(
    attention: Attention,
) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    for_each = captioner(features[WHICH], torch.arange(5), TOKENS)
    torch.testing.assert_close(captioner(features, WHICH, TOKENS), for_each)


@both_kinds
def test_later_words_do_not_change_earlier_outputs(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    changed = TOKENS.clone()
    changed[:, 2] = 9
    before, after = (captioner(features, WHICH, tokens) for tokens in (TOKENS, changed))
    assert torch.equal(before[:, :2], after[:, :2])
    assert not torch.equal(before[:, 2], after[:, 2])


@both_kinds
def test_features_are_normalised_by_the_training_statistics(attention: Attention) -> None:
    captioner, features = toys.captioner(attention), toys.features(attention, 3)
    before = captioner(features, WHICH, TOKENS)
    captioner.mean = torch.full((GRID[1],), 50.0)
    captioner.std = torch.full((GRID[1],), 4.0)
    scaled = (features * 4 + 50).half().double()
    torch.testing.assert_close(captioner(scaled, WHICH, TOKENS), before, atol=0.05, rtol=0.05)


@both_kinds
def test_a_saved_model_gives_the_same_outputs(tmp_path: Path, attention: Attention) -> None:
    captioner, features = toys.captioner(attention, dropout=0.5), toys.features(attention, 3)
    captioner.mean = torch.arange(GRID[1], dtype=torch.float)
    card = ModelCard(captioner.spec, "toy", "none", "tap")
    save_model(tmp_path / "model.safetensors", captioner, card)
    loaded, read = load_model(tmp_path / "model.safetensors")
    assert read == card
    assert not loaded.training
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
