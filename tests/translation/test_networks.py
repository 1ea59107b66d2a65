"""What the two networks take and give."""

from pathlib import Path

import msgspec
import pytest
import torch
from torch import nn

from pipeline.translation.model_file import Translator, TranslatorCard
from pipeline.translation.networks import Generator, InstanceNorm, frozen
from pipeline.translation.training_set import TrainingSet
from tests.translation import toys


@pytest.mark.parametrize("shape", [(16, 16), (17, 30), (4, 9), (2, 3), (1, 1)])
def test_pictures_of_any_size_stay_of_that_size(shape: tuple[int, int]) -> None:
    generator, _ = toys.networks(3)
    with torch.no_grad():
        made = generator(torch.rand(2, 3, *shape) * 2 - 1, torch.eye(3)[:2])
    assert made.shape == (2, 3, *shape)
    assert made.abs().max() <= 1


def test_sides_are_filled_up_with_the_pictures_own_border() -> None:
    generator, _ = toys.networks(2)
    picture, target = torch.rand(1, 3, 16, 14) * 2 - 1, torch.eye(2)[:1]
    reflected = torch.cat([picture, picture[..., [12, 11]]], 3)
    with torch.no_grad():
        assert torch.equal(generator(picture, target), generator(reflected, target)[..., :14])


def test_targets_matter() -> None:
    generator, _ = toys.networks(2)
    picture = torch.rand(1, 3, 16, 16)
    with torch.no_grad():
        one, other = (generator(picture, target[None]) for target in torch.eye(2))
    assert (one - other).abs().mean() > 1e-3


def test_the_discriminator_scores_patches_and_tells_domains() -> None:
    _, discriminator = toys.networks(3)
    features = discriminator.features(torch.rand(5, 3, toys.SIZE, toys.SIZE))
    assert discriminator.scores(features).shape == (5, 1, 4, 4)
    assert discriminator.logits(features).shape == (5, 3)


def test_instances_are_normalised_as_torch_does() -> None:
    ours, theirs = InstanceNorm(6), nn.InstanceNorm2d(6, affine=True)
    for norm in (ours, theirs):
        nn.init.constant_(norm.weight, 2)
        nn.init.constant_(norm.bias, 0.5)
    x = torch.randn(3, 6, 5, 7)
    torch.testing.assert_close(ours(x), theirs(x))


def test_a_frozen_network_gets_no_gradient_and_passes_it_on() -> None:
    layer, x = nn.Linear(2, 1), torch.ones(1, 2, requires_grad=True)
    with frozen(layer):
        y = layer(x)
    y.sum().backward()
    assert layer.weight.grad is None
    assert x.grad is not None
    assert layer.weight.requires_grad


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    generator, _ = toys.networks(3)
    card = TranslatorCard(toys.NETWORKS, toys.DOMAINS, True, toys.SIZE)
    Translator(generator, card).save(tmp_path / "model.safetensors")
    read = Translator.load(tmp_path / "model.safetensors")
    assert read.card == card
    picture, target = torch.rand(1, 3, 8, 8), torch.eye(3)[:1]
    with torch.no_grad():
        assert torch.equal(read.generator(picture, target), generator(picture, target))


def unet() -> Generator:
    torch.manual_seed(0)
    made = Generator(2, msgspec.structs.replace(toys.NETWORKS, generator="unet"))
    for layer in made.modules():  # which are 0 at first
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.5)
    return made


@pytest.mark.parametrize("shape", [(16, 16), (17, 30), (9, 4), (1, 1)])
def test_a_unet_keeps_sizes_and_follows_targets(shape: tuple[int, int]) -> None:
    generator, pictures = unet(), torch.rand(1, 3, *shape) * 2 - 1
    with torch.no_grad():
        one, other = (generator(pictures, target[None]) for target in torch.eye(2))
    assert one.shape == (1, 3, *shape) and one.abs().max() <= 1
    assert shape == (1, 1) or (one - other).abs().mean() > 1e-3


def test_a_unet_sees_the_target_in_the_middle_of_a_large_picture() -> None:
    """StarGAN's does so from the border on, since a constant is normalised away."""
    generator, picture = unet(), torch.zeros(1, 3, 160, 160)
    with torch.no_grad():
        one, other = (generator(picture, target[None])[..., 80, 80] for target in torch.eye(2))
    assert (one - other).abs().max() > 1e-3


def test_a_loss_that_weighs_nothing_is_not_computed(tmp_path: Path) -> None:
    task = toys.task(TrainingSet.load([toys.write(tmp_path)]), paired=1.0, cycle=0.0)
    assert task.recipes["generator"].losses == ("adversarial", "classification", "paired")
    run = toys.training(task, epochs=1)
    assert run.run_epoch().train.keys() >= {"generator/paired"}
