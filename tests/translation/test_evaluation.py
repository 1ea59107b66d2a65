"""How good translations are, by an independent judge and beside simple methods."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.engine.stage import Files
from pipeline.runtime.arrays import Float64s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.translation import baselines
from pipeline.translation.evaluation import evaluate
from pipeline.translation.evaluation_file import Evaluation
from pipeline.translation.kernel_distance import kernel_distance
from pipeline.translation.model_file import Translator, TranslatorCard
from pipeline.translation.networks import Generator
from pipeline.translation.similarity import l1, ssim, structure
from pipeline.translation.training_set import TrainingSet
from stages.translation import evaluate as stage
from tests.translation import toys


class Oracle(torch.nn.Module):
    """Shows each picture truly: all but the square gets the ground of the target."""

    def forward(self, pictures: Tensor, targets: Tensor) -> Tensor:
        grounds = torch.tensor([[250.0] * 3, [20.0] * 3, [250.0, 30.0, 30.0]]) / 127.5 - 1
        square = torch.tensor([40.0, 90.0, 200.0])[:, None, None] / 127.5 - 1
        inside = ((pictures - square).abs().sum(1, keepdim=True) < 1e-3).float()
        ground = (targets @ grounds)[:, :, None, None]
        return square * inside + ground * (1 - inside)


def means(pictures: Tensor) -> Float64s:
    return pictures.mean((2, 3)).double().numpy()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> TrainingSet:
    path = toys.write(tmp_path_factory.mktemp("pictures"), things=40, held_out=12)
    return TrainingSet.load([path])


def measured(pictures: TrainingSet, generator: torch.nn.Module) -> Evaluation:
    return evaluate(
        pictures,
        generator,  # type: ignore[arg-type]
        means,
        "means",
        toys.ALONE.device,
        most=100,
        judge_steps=60,
        seed=1,
        on_query=lambda count: None,
    )


def test_a_true_translator_is_known_as_one(pictures: TrainingSet) -> None:
    found = measured(pictures, Oracle())
    assert (found.pictures, found.translations, found.pairs) == (36, 72, 72)
    assert found.judge and found.judge.mean > 0.9
    assert found.judge_share == pytest.approx(1, abs=0.1)
    ours = found.scores["model"].all
    assert ours.l1 and ours.l1.mean < 0.01 and ours.ssim and ours.ssim.mean > 0.98
    assert ours.structure.mean > 0.5
    assert found.cycle and found.cycle.mean < 0.01
    assert set(found.scores) == {"model", "identity", "colour", "nearest", "pca"}
    assert found.scores["identity"].all.target.mean < 0.2
    for gains in found.gains.values():
        assert all(gain.low is not None and gain.low > 0 for gain in gains.values())
    assert found.scores["identity"].all.structure.mean == pytest.approx(1)
    for target in toys.DOMAINS:
        near, far = (found.scores[name].targets[target].kid for name in ("model", "identity"))
        assert near and far and near.mean < far.mean
    assert len(found.lines) == 7
    assert all(one and abs(one.mean) < 0.1 for one in found.real_kid.values())


def test_an_untrained_translator_is_not(pictures: TrainingSet, tmp_path: Path) -> None:
    generator, _ = toys.networks(3)
    found = measured(pictures, generator)
    assert found.gains["identity"]["l1"].mean < 0.2
    assert found.judge_share and found.judge_share < 0.8
    found.save(tmp_path / "evaluation.json")
    assert Evaluation.load(tmp_path / "evaluation.json") == found
    assert "by a judge that tells" in found.summary


def test_a_model_of_other_domains_is_refused(tmp_path: Path) -> None:
    card = TranslatorCard(toys.NETWORKS, ["curry", "rice"], True, toys.SIZE)
    Translator(Generator(2, toys.NETWORKS), card).save(tmp_path / "model.safetensors")
    inputs = {"model": [tmp_path / "model.safetensors"], "pictures": [toys.write(tmp_path)]}
    with pytest.raises(PipelineError, match="into curry, rice, and the pictures") as caught:
        stage.run(Files(inputs), Files({}), stage.Config())
    assert caught.value.code == ExitCode.BAD_ARTIFACT


def test_nothing_is_measured_where_nothing_was_held_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    generator, _ = toys.networks(3)
    card = TranslatorCard(toys.NETWORKS, toys.DOMAINS, True, toys.SIZE)
    Translator(generator, card).save(tmp_path / "model.safetensors")
    pictures = toys.write(tmp_path, things=2, held_out=0)
    inputs = {"model": [tmp_path / "model.safetensors"], "pictures": [pictures]}
    made = tmp_path / "evaluation.json"
    summary = stage.run(Files(inputs), Files({"evaluation": [made]}), stage.Config())
    assert summary == "no picture was held out of training to measure by"
    assert "held_out: share:" in caplog.text
    found = Evaluation.load(made)
    assert (found.pictures, found.judge_share, found.lines) == (0, None, [])


def test_ssim_is_that_of_its_authors() -> None:
    """By a window written out; ``skimage`` gives the same with ``gaussian_weights``."""
    draws = torch.Generator().manual_seed(0)
    one, two = (torch.rand(1, 3, 11, 11, generator=draws) * 2 - 1 for _ in range(2))
    offsets = torch.arange(11) - 5.0
    row = torch.exp(-(offsets**2) / 4.5)
    window = torch.outer(row, row) / row.sum() ** 2
    x, y = (one[0] + 1) / 2, (two[0] + 1) / 2
    values = []
    for a, b in zip(x, y, strict=True):
        ma, mb = (a * window).sum(), (b * window).sum()
        va, vb = ((a - ma) ** 2 * window).sum(), ((b - mb) ** 2 * window).sum()
        cov = ((a - ma) * (b - mb) * window).sum()
        top = (2 * ma * mb + 1e-4) * (2 * cov + 9e-4)
        values.append(top / ((ma**2 + mb**2 + 1e-4) * (va + vb + 9e-4)))
    assert ssim(one, two).item() == pytest.approx(torch.stack(values).mean().item(), abs=1e-5)
    assert ssim(one, one).item() == pytest.approx(1)
    assert l1(one, one).item() == 0 and l1(-torch.ones_like(one), torch.ones_like(one)).item() == 1


def test_edges_are_the_same_whatever_the_colours() -> None:
    picture = torch.rand(1, 3, 20, 20)
    assert structure(picture, 0.5 * picture - 0.3).item() == pytest.approx(1, abs=1e-4)
    assert abs(structure(picture, torch.rand(1, 3, 20, 20)).item()) < 0.5
    assert structure(picture, torch.zeros(1, 3, 20, 20)).item() == 0


def test_two_samples_of_one_kind_are_near_and_of_two_far() -> None:
    draws = np.random.default_rng(0)
    one, two = draws.normal(size=(2, 200, 8))
    clusters = np.arange(200) // 2
    same, other = kernel_distance(one, two, clusters), kernel_distance(one, two + 1, clusters)
    assert same and other
    assert same.low is not None and same.low < 0.02 and abs(same.mean) < 0.05
    assert other.low is not None and other.low > same.mean + 0.1
    assert other.low < other.mean < (other.high or 0)
    few = kernel_distance(one[:10], two, clusters[:10])
    assert few and few.low is None
    assert kernel_distance(one[:1], two, clusters[:1]) is None


def test_linear_translation_learns_a_linear_change() -> None:
    draws = torch.Generator().manual_seed(0)
    basis = torch.randn(4, 3 * 36, generator=draws) * 0.1

    def drawn(count: int) -> Tensor:
        return (torch.randn(count, 4, generator=draws) @ basis).view(count, 3, 6, 6)

    known, new = drawn(80), drawn(10)
    made = baselines.LinearTranslation(known, -known)(new)
    assert (made + new.clamp(-1, 1)).abs().mean() < 0.3 * new.abs().mean()


def test_colours_become_those_of_the_target() -> None:
    dark, bright = torch.rand(20, 3, 8, 8) - 1, torch.rand(20, 3, 8, 8) * 0.5 + 0.4
    made = baselines.colour_transfer(dark, bright)
    assert abs(made.mean() - bright.mean()) < 0.02 and abs(made.std() - bright.std()) < 0.03
