"""The stage itself with small networks; its parts have tests of their own."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from pipeline.engine.stage import Files
from pipeline.pictures.backbones.onnx_network import OnnxNetwork
from pipeline.pictures.frames_file import writing_frames
from stages.pictures import features
from tests.networks import WEIGHTS, tiny_onnx

SIZE, PICTURES = 16, 21


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    path = tmp_path / "frames.h5"
    draws = np.random.default_rng(5)
    with writing_frames(path, SIZE, fingerprint="0123", width=64, height=48) as writer:
        for number in range(PICTURES):
            picture = draws.integers(0, 256, (SIZE, SIZE, 3), np.uint8)
            writer.add(number, Fraction(1, 25), picture)
    return path


def made(frames: Path, target: Path, **settings: Any) -> str:
    network = tiny_onnx(frames.with_name("tiny.onnx"), SIZE)
    given = {"backbone": str(network), "taps": ("grid", "vector"), **settings}
    config = features.Config(**given)
    return features.run(Files({"frames": [frames]}), Files({"features": [target]}), config)


@pytest.mark.parametrize("batch", [None, 1, 4, 21, 64])
def test_each_picture_has_its_row(frames: Path, tmp_path: Path, batch: int | None) -> None:
    said = made(frames, tmp_path / "features.h5", batch=batch)
    with h5py.File(frames) as file:
        pictures = file["pictures"][:]
    grid = np.maximum(pictures[:, ::2, ::2].astype(float) @ WEIGHTS[:, :, 0, 0].T, 0)
    with h5py.File(tmp_path / "features.h5") as file:
        assert file["done"][()] == PICTURES
        np.testing.assert_allclose(
            file["grid"][:], grid.reshape(PICTURES, 64, 5), rtol=1e-3, atol=0.05
        )
        np.testing.assert_allclose(file["vector"][:], grid.mean((1, 2)), rtol=1e-3, atol=0.05)
    assert said == "21 pictures through tiny.onnx"


def test_the_log_says_how_fast_it_was_and_what_bounded_it(
    frames: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        made(frames, tmp_path / "features.h5")
    assert "tiny.onnx sha256 " in caplog.text
    assert "pictures/s, bounded by " in caplog.text


def test_the_store_tells_whence_it_comes(frames: Path, tmp_path: Path) -> None:
    made(frames, tmp_path / "features.h5")
    with h5py.File(tmp_path / "features.h5") as file:
        told = dict(file.attrs)
    assert told["backbone"] == "tiny.onnx"
    assert told["weights"].startswith("tiny.onnx sha256 ")
    assert told["preprocessing"] == "16 x 16 pixels; RGB 0-255"
    assert told["source"] == "0123"
    assert told["precision"].endswith("CPUExecutionProvider")
    assert '"taps":["grid","vector"]' in told["settings"]


class StopError(Exception):
    """Ends a run in its middle."""


def test_a_run_that_broke_off_goes_on_to_the_same_bytes(
    frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(frames, tmp_path / "undisturbed.h5", batch=2)
    seen: list[int] = []
    call = OnnxNetwork.__call__

    def breaks(network: OnnxNetwork, pictures: Any) -> Any:
        seen.append(len(pictures))
        if sum(seen) > 12:
            raise StopError
        return call(network, pictures)

    target = tmp_path / "features.h5"
    with monkeypatch.context() as patch, pytest.raises(StopError):
        patch.setattr(OnnxNetwork, "__call__", breaks)
        made(frames, target, batch=2)
    assert not target.exists()

    def counted(network: OnnxNetwork, pictures: Any) -> Any:
        seen.append(len(pictures))
        return call(network, pictures)

    seen.clear()
    monkeypatch.setattr(OnnxNetwork, "__call__", counted)
    made(frames, target, batch=2)
    assert 0 < sum(seen) - 1 < PICTURES  # one picture is a trial
    assert target.read_bytes() == (tmp_path / "undisturbed.h5").read_bytes()


def test_progress_counts_pictures(
    frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int | None, list[int]]] = []

    def track(
        items: Iterable[Any], total: int, doing: str, unit: str, amount: Any
    ) -> Iterator[Any]:
        given = list(items)
        told.append((total, [amount(item) for item in given]))
        yield from given

    monkeypatch.setattr("pipeline.pictures.feature_making.track", track)
    made(frames, tmp_path / "features.h5", batch=8)
    assert told == [(21, [8, 8, 5])]


def test_several_devices_write_the_bytes_of_one(
    frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "backbone": "squeezenet1_1",
        "weights": "random",
        "taps": ("features.3",),
        "batch": 2,
        "precision": "float32",
    }
    for devices in ("cpu", "cpu,cpu,cpu"):
        monkeypatch.setenv("YAJIUMA_DEVICE", devices)
        made(frames, tmp_path / f"{len(devices)}.h5", **settings)
    assert (tmp_path / "3.h5").read_bytes() == (tmp_path / "11.h5").read_bytes()
