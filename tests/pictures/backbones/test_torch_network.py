import gc
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from pipeline.learning import device
from pipeline.learning.device import fastest_dtype
from pipeline.learning.threads import computing_with
from pipeline.pictures.backbones.backbone import Backbone, as_rows
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.paper_names import paper_names
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.registry import load_backbone
from pipeline.pictures.backbones.taps import Layers, Opaque
from pipeline.pictures.backbones.torchvision_on_cpu import models
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.prefetch import ordered_map

PICTURES = np.random.default_rng(3).integers(0, 256, (5, 64, 64, 3), np.uint8)


@pytest.fixture
def given_back() -> Iterator[None]:
    """For large networks: torch.fx makes circles of them, which the collector finds late."""
    yield
    gc.collect()


def layers(name: str) -> Layers:
    with torch.device("meta"):
        return Layers(models.get_model(name), Opaque())


def random(name: str, taps: Sequence[str], size: int = 64) -> Backbone:
    return load_backbone(Choice(name, "random", taps, size, 7, precision="float32"))


@pytest.mark.parametrize(
    ("name", "nodes"),
    [
        ("vgg19", {"conv5_3": "features.33", "conv5_4": "features.35", "pool5": "features.36"}),
        ("vgg19", {"fc6": "classifier.0", "relu6": "classifier.1", "relu7": "classifier.4"}),
        ("vgg16", {"conv1_1": "features.1", "conv5_3": "features.29", "fc8": "classifier.6"}),
        ("vgg16_bn", {"conv1_1": "features.2", "conv5_3": "features.42"}),
        ("alexnet", {"conv1": "features.1", "conv5": "features.11", "pool5": "features.12"}),
        ("alexnet", {"pool2": "features.5", "fc6": "classifier.1", "relu7": "classifier.5"}),
        ("resnet18", {"pool5": "avgpool"}),
        ("resnet50", {"pool5": "avgpool"}),
    ],
)
def test_layers_have_the_names_of_their_papers(name: str, nodes: dict[str, str]) -> None:
    found = paper_names(layers(name))
    assert {tap: found.get(tap) for tap in nodes} == nodes


def test_every_convolution_of_vgg19_has_a_name() -> None:
    found = paper_names(layers("vgg19"))
    assert [tap for tap in found if tap.startswith("conv")] == [
        f"conv{block}_{number}"
        for block, count in enumerate((2, 2, 4, 4, 4), 1)
        for number in range(1, count + 1)
    ]


def test_nothing_behind_the_deepest_tap_is_computed() -> None:
    cut = layers("vgg19").cut({"conv1_1": "features.1", "conv2_1": "features.6"})
    used = [node.target for node in cut.graph.nodes if node.op == "call_module"]
    assert used == [f"features.{index}" for index in range(7)]
    assert sum(1 for _ in cut.parameters()) == 2 * 3


@pytest.mark.usefixtures("given_back")
def test_a_tap_is_not_overwritten_by_the_layer_behind_it() -> None:
    taps = random("alexnet", ["fc6", "relu6"])(PICTURES)
    assert taps["fc6"].min() < 0
    assert np.array_equal(np.maximum(taps["fc6"], 0), taps["relu6"])


def test_taps_of_a_residual_network_are_its_own_values() -> None:
    taps = random("resnet18", ["layer4", "pool5", "layer1.0.bn1"])(PICTURES)
    torch.manual_seed(7)
    whole = models.get_model("resnet18").eval()
    prepare = models.ResNet18_Weights.DEFAULT.transforms()
    normal = torch.tensor((PICTURES / 255 - prepare.mean) / prepare.std).float().permute(0, 3, 1, 2)
    with torch.inference_mode():
        values = whole.maxpool(whole.relu(whole.bn1(whole.conv1(normal))))
        inner = whole.layer1[0].bn1(whole.layer1[0].conv1(values))
        values = whole.layer4(whole.layer3(whole.layer2(whole.layer1(values))))
    assert (taps["layer4"].shape, taps["pool5"].shape) == ((5, 4, 512), (5, 512))
    wanted = values.flatten(2).transpose(1, 2).numpy()
    np.testing.assert_allclose(taps["layer4"], wanted, rtol=5e-3, atol=5e-3)
    np.testing.assert_allclose(taps["pool5"], wanted.mean(1), rtol=5e-3, atol=5e-3)
    assert taps["layer1.0.bn1"].min() < 0
    np.testing.assert_allclose(
        taps["layer1.0.bn1"], inner.flatten(2).transpose(1, 2).numpy(), rtol=5e-3, atol=5e-3
    )


@pytest.mark.parametrize(
    "name",
    ["resnet18", "efficientnet_lite0", "timm:mobilenetv3_small_050", "timm:vit_tiny_patch16_224"],
)
def test_every_network_has_a_grid_and_a_vector(name: str) -> None:
    found = random(name, ["stride16", "pooled", "logits"], 96).shapes
    assert found["stride16"][0] == 6 * 6
    assert len(found["pooled"]) == 1
    assert found["logits"] == (1000,)


@pytest.mark.usefixtures("given_back")
@pytest.mark.parametrize(
    ("name", "common", "own"),
    [
        ("alexnet", "pooled", "relu7"),
        ("alexnet", "logits", "fc8"),
        ("resnet18", "pooled", "pool5"),
        ("resnet18", "stride16", "layer3"),
        ("vit_b_32", "stride32", "encoder.ln"),
    ],
)
def test_common_names_stand_for_layers_of_the_network(name: str, common: str, own: str) -> None:
    taps = random(name, [common, own], 224)(np.zeros((1, 224, 224, 3), np.uint8))
    assert np.array_equal(taps[common], taps[own])


def test_tokens_that_are_no_positions_are_left_out() -> None:
    taps = random("timm:vit_tiny_patch16_224", ["stage11", "pooled"], 64)(PICTURES)
    assert taps["stage11"].shape == (5, 16, 192)
    assert taps["pooled"].shape == (5, 192)


def cosines(one: npt.NDArray[np.float16], other: npt.NDArray[np.float16]) -> list[float]:
    pairs = zip(one.reshape(len(one), -1), other.reshape(len(other), -1), strict=True)
    return [
        float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
        for a, b in ((a.astype(float), b.astype(float)) for a, b in pairs)
    ]


@pytest.mark.usefixtures("given_back")
@pytest.mark.parametrize(
    ("name", "taps"), [("resnet18", ["layer4", "pool5"]), ("alexnet", ["relu7"])]
)
def test_bfloat16_gives_the_same_to_a_thousandth(name: str, taps: list[str]) -> None:
    exact = random(name, taps)
    coarse = load_backbone(Choice(name, "random", taps, 64, 7, precision="bfloat16"))
    assert (exact.precision, coarse.precision) == ("float32 on cpu", "bfloat16 on cpu")
    one, other = exact(PICTURES), coarse(PICTURES)
    for tap in taps:
        assert not np.array_equal(one[tap], other[tap])
        assert min(cosines(one[tap], other[tap])) >= 0.999


@pytest.mark.parametrize("in_hardware", [True, False])
@pytest.mark.parametrize("in_use", [True, False])
def test_bfloat16_is_taken_where_the_processor_has_it_and_it_is_used(
    monkeypatch: pytest.MonkeyPatch, in_hardware: bool, in_use: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: in_hardware)
    monkeypatch.setattr(device, "has_bfloat16_lstm", lambda kind: in_use)
    cpu, both = torch.device("cpu"), in_hardware and in_use
    assert fastest_dtype(cpu, "auto") == (torch.bfloat16 if both else torch.float32)
    assert fastest_dtype(cpu, "float32") == torch.float32
    assert fastest_dtype(cpu, "bfloat16") == torch.bfloat16


def test_each_thread_computes_a_batch_of_its_own() -> None:
    with computing_with(3):
        network = random("resnet18", ["pool5"])
    assert network.workers == 3
    parts = [PICTURES[start : start + 1] for start in range(5)]
    found = [rows["pool5"] for rows in ordered_map(network, parts, network.workers)]
    assert np.array_equal(found, [network(part)["pool5"] for part in parts])


def test_rows_are_split_among_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    alone = random("resnet18", ["pool5"])
    assert alone.workers == 1
    monkeypatch.setenv("YAJIUMA_DEVICE", "cpu, cpu, cpu")
    several = random("resnet18", ["pool5"])
    assert several.workers == 3
    parts = [PICTURES[start : start + 1] for start in range(5)]
    wanted = [alone(part)["pool5"] for part in parts]
    found = [rows["pool5"] for rows in ordered_map(several, parts, several.workers)]
    assert np.array_equal(found, wanted)


def test_each_device_has_one_caller_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    monkeypatch.setenv("YAJIUMA_DEVICE", "cpu,cpu")
    inside, free = threading.Semaphore(0), threading.Event()
    forward = torch.fx.GraphModule.__call__

    def held(network: torch.fx.GraphModule, *batch: torch.Tensor) -> object:
        if len(batch[0]) == len(PICTURES):  # not a trial of the layers' shapes
            inside.release()
            assert free.wait(60)
        return forward(network, *batch)

    several = random("resnet18", ["pool5"])
    monkeypatch.setattr(torch.fx.GraphModule, "__call__", held)
    callers = [threading.Thread(target=several, args=[PICTURES]) for _ in range(3)]
    for caller in callers:
        caller.start()
    assert inside.acquire(timeout=60)
    assert inside.acquire(timeout=60)
    assert not inside.acquire(timeout=0.2), "the third waits for a free copy"
    free.set()
    for caller in callers:
        caller.join(60)
        assert not caller.is_alive()


@pytest.mark.usefixtures("given_back")
def test_pictures_are_prepared_as_the_weights_were_trained() -> None:
    plain = random("alexnet", ["conv5"])
    assert plain.preprocessing == "RGB 0-1, less 0.485 0.456 0.406, over 0.229 0.224 0.225"
    own = Normalization((0, 0, 0), (1, 1, 1))
    other = load_backbone(Choice("alexnet", "random", ["conv5"], 64, 7, normalization=own))
    assert other.preprocessing == "RGB 0-1, less 0 0 0, over 1 1 1"
    assert not np.array_equal(plain(PICTURES)["conv5"], other(PICTURES)["conv5"])


@pytest.mark.parametrize(
    ("shape", "rows"),
    [
        ((2, 5, 3, 3), (2, 9, 5)),
        ((2, 3, 3, 5), (2, 9, 5)),  # as Swin Transformers and TensorFlow order them
        ((2, 4, 4, 4), (2, 16, 4)),
        ((2, 5, 1, 1), (2, 5)),
        ((2, 1, 1, 5), (2, 5)),
        ((2, 7, 5), (2, 7, 5)),
        ((2, 5), (2, 5)),
    ],
)
def test_grids_become_positions_and_channels(shape: tuple[int, ...], rows: tuple[int, ...]) -> None:
    found = as_rows("tap", torch.rand(shape))
    assert (tuple(found.shape), found.dtype) == (rows, torch.float16)


def test_positions_of_both_layouts_are_the_same() -> None:
    grid = torch.rand(2, 5, 3, 3)
    last = grid.permute(0, 2, 3, 1)
    assert torch.equal(as_rows("tap", grid), as_rows("tap", last))
    assert torch.equal(as_rows("tap", grid)[1, 5], grid[1, :, 1, 2].half())


def test_values_that_are_neither_grid_nor_vector_are_refused() -> None:
    with pytest.raises(PipelineError) as caught:
        as_rows("odd", torch.rand(2, 3, 4, 5, 6))
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert "odd" in caught.value.problem


@pytest.mark.usefixtures("given_back")
def test_a_size_that_the_network_cannot_take_is_told() -> None:
    with pytest.raises(PipelineError) as caught:
        random("alexnet", ["pool5"], size=32)
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert "32 pixels" in caught.value.problem


def test_an_unknown_tap_is_told_with_those_there_are() -> None:
    with pytest.raises(PipelineError) as caught:
        random("resnet18", ["conv5_3"])
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert "layer4, avgpool" in caught.value.remedy


@pytest.mark.parametrize(
    ("weights", "file"),
    [
        ("imagenet", "resnet50-11ad3fa6.pth"),
        ("IMAGENET1K_V2", "resnet50-11ad3fa6.pth"),
        ("IMAGENET1K_V1", "resnet50-0676ba61.pth"),
    ],
)
def test_sets_of_weights_go_by_torchvisions_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: str, file: str
) -> None:
    def fail(url: str, *arguments: object, **options: object) -> None:
        raise OSError(f"no way to {url.rsplit('/', 1)[-1]}")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fail)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(PipelineError) as caught, torch.device("meta"):
        load_backbone(Choice("resnet50", weights, ["layer4"], 64, 7))
    assert caught.value.code == ExitCode.WEIGHTS_UNAVAILABLE
    assert file in caught.value.problem
