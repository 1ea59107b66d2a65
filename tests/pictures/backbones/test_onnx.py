import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.registry import load_backbone
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.networks import WEIGHTS, tiny_onnx

SIZE = 8
PICTURES = np.random.default_rng(1).integers(0, 256, (3, SIZE, SIZE, 3), np.uint8)


def test_values_are_what_numpy_computes(tmp_path: Path) -> None:
    backbone = load_backbone(
        Choice(str(tiny_onnx(tmp_path / "toy.onnx", SIZE)), "", ["vector", "grid"], SIZE, 0)
    )
    assert (backbone.name, backbone.shapes) == ("toy.onnx", {"vector": (5,), "grid": (16, 5)})
    assert backbone.weights.startswith("toy.onnx sha256 ")
    grid = np.maximum(PICTURES[:, ::2, ::2].astype(float) @ WEIGHTS[:, :, 0, 0].T, 0)
    taps = backbone(PICTURES)
    assert taps["grid"].dtype == taps["vector"].dtype == np.float16
    np.testing.assert_allclose(taps["grid"], grid.reshape(3, 16, 5), rtol=1e-3, atol=0.05)
    np.testing.assert_allclose(taps["vector"], grid.mean((1, 2)), rtol=1e-3, atol=0.05)


def test_torchvision_stays_unloaded(tmp_path: Path) -> None:
    """It takes two seconds, and a network of a file needs nothing of it."""
    path = tiny_onnx(tmp_path / "toy.onnx", SIZE)
    program = (
        "import sys; from pipeline.pictures.backbones.choice import Choice;"
        "from pipeline.pictures.backbones.registry import load_backbone;"
        f"load_backbone(Choice({str(path)!r}, '', ['grid'], {SIZE}, 0));"
        "sys.exit('torchvision' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[3], check=True)


def test_only_the_wanted_taps_are_computed(tmp_path: Path) -> None:
    backbone = load_backbone(
        Choice(str(tiny_onnx(tmp_path / "toy.onnx", SIZE)), "", ["vector"], SIZE, 0)
    )
    assert list(backbone(PICTURES)) == ["vector"]


def test_values_beyond_float16_stay_finite(tmp_path: Path) -> None:
    path = tiny_onnx(tmp_path / "toy.onnx", SIZE, scale=1e6)
    values = load_backbone(Choice(str(path), "", ["grid"], SIZE, 0))(PICTURES)["grid"]
    assert np.isfinite(values).all()
    assert values.max() == np.finfo(np.float16).max


def test_sizes_may_be_free(tmp_path: Path) -> None:
    path = tiny_onnx(tmp_path / "toy.onnx", SIZE, shape=("n", 3, "h", "w"))
    assert load_backbone(Choice(str(path), "", ["grid"], 12, 0)).shapes == {"grid": (36, 5)}


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (("n", SIZE, SIZE, 3), TensorProto.FLOAT),
        ((1, SIZE, SIZE, 3), TensorProto.UINT8),
        ((2, 3, SIZE, SIZE), TensorProto.FLOAT16),
        ((8, 3, SIZE, SIZE), TensorProto.UINT8),
    ],
)
def test_colours_may_stand_last_and_the_batch_be_fixed(
    tmp_path: Path, shape: tuple[int | str, ...], kind: int
) -> None:
    plain = load_backbone(Choice(str(tiny_onnx(tmp_path / "a.onnx", SIZE)), "", ["grid"], SIZE, 0))
    path = tiny_onnx(tmp_path / "b.onnx", SIZE, shape=shape, kind=kind)
    other = load_backbone(Choice(str(path), "", ["grid"], SIZE, 0))
    assert other.batch == (8 if shape[0] == "n" else shape[0])
    np.testing.assert_array_equal(other(PICTURES)["grid"], plain(PICTURES)["grid"])


def test_pictures_are_normalised_where_it_is_asked_for(tmp_path: Path) -> None:
    path = tiny_onnx(tmp_path / "toy.onnx", SIZE)
    normal = Normalization((0.5, 0.4, 0.3), (0.1, 0.2, 0.3))
    backbone = load_backbone(Choice(str(path), "", ["grid"], SIZE, 0, normalization=normal))
    assert backbone.preprocessing == "RGB 0-1, less 0.5 0.4 0.3, over 0.1 0.2 0.3"
    pictures = (PICTURES / 255 - normal.mean) / normal.std
    grid = np.maximum(pictures[:, ::2, ::2] @ WEIGHTS[:, :, 0, 0].T, 0).reshape(3, 16, 5)
    np.testing.assert_allclose(backbone(PICTURES)["grid"], grid, rtol=1e-3, atol=0.01)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        load_backbone(Choice(str(tmp_path / "none.onnx"), "", ["grid"], SIZE, 0))
    assert caught.value.code == ExitCode.WEIGHTS_UNAVAILABLE


@pytest.mark.parametrize("content", [b"", b"no network"])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "toy.onnx"
    path.write_bytes(content)
    with pytest.raises(PipelineError) as caught:
        load_backbone(Choice(str(path), "", ["grid"], SIZE, 0))
    assert caught.value.code == ExitCode.INVALID_WEIGHTS
    assert str(path) in caught.value.problem


def test_an_unknown_tap_is_refused(tmp_path: Path) -> None:
    path = tiny_onnx(tmp_path / "toy.onnx", SIZE)
    with pytest.raises(PipelineError) as caught:
        load_backbone(Choice(str(path), "", ["grid", "conv5_3"], SIZE, 0))
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert "conv5_3" in caught.value.problem
    assert "grid, vector" in caught.value.remedy


@pytest.mark.parametrize(
    ("kind", "name"), [(TensorProto.BFLOAT16, "bfloat16"), (TensorProto.STRING, "string")]
)
def test_a_tap_that_is_no_number_of_numpy_s_is_refused(
    tmp_path: Path, kind: int, name: str
) -> None:
    path = tiny_onnx(tmp_path / "toy.onnx", SIZE)
    model = onnx.load(path)
    model.graph.node.append(helper.make_node("Cast", ["vector"], ["odd"], to=kind))
    model.graph.output.append(helper.make_tensor_value_info("odd", kind, ["n", 5, 1, 1]))
    onnx.save(model, path)
    with pytest.raises(PipelineError) as caught:
        load_backbone(Choice(str(path), "", ["vector", "odd"], SIZE, 0))
    assert caught.value.code == ExitCode.INVALID_WEIGHTS
    assert f"odd as tensor({name})" in caught.value.problem
    assert load_backbone(Choice(str(path), "", ["vector"], SIZE, 0)).shapes == {"vector": (5,)}


@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.UINT8])
def test_rows_are_the_same_wherever_pictures_begin_in_memory(tmp_path: Path, kind: int) -> None:
    """onnxruntime adds up otherwise what does not begin at a multiple of 16 bytes."""
    path = tiny_onnx(tmp_path / "toy.onnx", SIZE, kind=kind)
    model = onnx.load(path)
    source = "picture" if kind == TensorProto.FLOAT else "numbers"
    model.graph.node.append(helper.make_node("ReduceMean", [source], ["mean"], axes=[2, 3]))
    model.graph.output.append(
        helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["n", 3, 1, 1])
    )
    onnx.save(model, path)
    normal = Normalization((0.5, 0.4, 0.3), (0.1, 0.2, 0.3))
    backbone = load_backbone(
        Choice(str(path), "", ["mean", "vector"], SIZE, 0, normalization=normal)
    )
    wanted = backbone(PICTURES)
    room = np.empty(PICTURES.size + 64, np.uint8)
    for offset in range(64):
        elsewhere = room[offset : offset + PICTURES.size].reshape(PICTURES.shape)
        elsewhere[...] = PICTURES
        found = backbone(elsewhere)
        assert all(np.array_equal(found[tap], wanted[tap]) for tap in wanted)


@pytest.mark.parametrize(
    ("shape", "inputs"),
    [
        (("n", 3, 16, 16), 1),
        (("n", 1, SIZE, SIZE), 1),
        (("n", 3, SIZE), 1),
        (("n", 3, SIZE, SIZE), 2),
    ],
)
def test_another_form_of_input_is_refused(
    tmp_path: Path, shape: tuple[int | str, ...], inputs: int
) -> None:
    path = tiny_onnx(tmp_path / "toy.onnx", SIZE, shape=shape, inputs=inputs)
    with pytest.raises(PipelineError) as caught:
        load_backbone(Choice(str(path), "", ["grid"], SIZE, 0))
    assert caught.value.code == ExitCode.INVALID_WEIGHTS
