"""Published detectors: what their outputs mean, and what is wrong with some."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.faces.detection.onnx_detector import OnnxDetector
from pipeline.faces.detection.onnx_outputs import UnknownOutputsError, boxes_of
from pipeline.faces.detection.settings import OnnxSettings
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.faces.detection.networks import CONVENTIONS, FACE, SIDE, network

RED = np.full((2 * SIDE, 2 * SIDE, 3), (204, 0, 0), np.uint8)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_face_is_found_whatever_the_convention(tmp_path: Path, convention: str) -> None:
    found = OnnxDetector(network(tmp_path, convention), OnnxSettings(), 1)(RED)
    best = found.probabilities.argmax()
    np.testing.assert_allclose(found.boxes[best], 2 * np.array(FACE), atol=1e-3)
    np.testing.assert_allclose(found.probabilities[best], 0.8, atol=1e-2)


def test_a_wide_picture_is_seen_whole_and_boxes_are_in_its_pixels(tmp_path: Path) -> None:
    wide = np.full((SIDE, 4 * SIDE, 3), (255, 0, 0), np.uint8)
    found = OnnxDetector(network(tmp_path), OnnxSettings(), 1)(wide)
    np.testing.assert_allclose(found.boxes[0], 4 * np.array(FACE), atol=1e-3)


def test_pieces_are_looked_at_on_further_levels(tmp_path: Path) -> None:
    detector = OnnxDetector(network(tmp_path), OnnxSettings(), 2)
    found = detector(np.full((4 * SIDE, 4 * SIDE, 3), (255, 0, 0), np.uint8))
    sizes = (found.boxes[:, 2] - found.boxes[:, 0]).round().tolist()
    assert sizes == [64] + [32] * 9


def test_colours_are_prepared_as_the_settings_say(tmp_path: Path) -> None:
    path = network(tmp_path)
    blue = np.ascontiguousarray(RED[..., ::-1])
    bgr = OnnxDetector(path, OnnxSettings(bgr=True), 1)(blue)
    np.testing.assert_allclose(bgr.probabilities[0], 0.8, atol=1e-2)
    scaled = OnnxSettings(mean=(104.0, 0.0, 0.0), std=(200.0, 200.0, 200.0))
    np.testing.assert_allclose(OnnxDetector(path, scaled, 1)(RED).probabilities[0], 0.5, atol=1e-2)


@pytest.mark.parametrize("batch", [1, 2, "n"])
def test_a_fixed_batch_is_filled_up(tmp_path: Path, batch: int | str) -> None:
    found = OnnxDetector(network(tmp_path, batch=batch), OnnxSettings(), 1)(RED)
    assert len(found.boxes) == 1


def test_a_network_whose_batch_mixes_pictures_is_refused(tmp_path: Path) -> None:
    path = network(tmp_path, mixes=True)
    with pytest.raises(PipelineError, match="change one another's boxes") as error:
        OnnxDetector(path, OnnxSettings(), 1)
    assert error.value.code == ExitCode.INVALID_WEIGHTS


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "no.onnx").write_bytes(b"something else")
    for path, code in (
        (tmp_path / "none.onnx", ExitCode.WEIGHTS_UNAVAILABLE),
        (tmp_path / "no.onnx", ExitCode.INVALID_WEIGHTS),
    ):
        with pytest.raises(PipelineError) as error:
            OnnxDetector(path, OnnxSettings(), 1)
        assert error.value.code == code


@pytest.mark.parametrize("shapes", [[(1, 9)], [(1, 8, 5), (1, 8, 5)], [(1, 3, 3)], [(1, 10, 4)]])
def test_outputs_that_are_no_boxes_are_not_guessed_at(shapes: list[tuple[int, ...]]) -> None:
    with pytest.raises(UnknownOutputsError):
        boxes_of([np.full(shape, 3.0) for shape in shapes], (SIDE, SIDE))


def test_the_first_of_two_classes_is_background_also_of_log_odds() -> None:
    corners = np.array([[[0.1, 0.1, 0.5, 0.5]]], np.float32)
    (found,) = boxes_of([np.array([[[2.0, 2.0]]]), corners], (SIDE, SIDE))
    assert found.scores.tolist() == [0.5]
    (found,) = boxes_of([corners, np.array([[[0.75, 0.25]]])], (SIDE, SIDE))
    assert found.scores.tolist() == [0.25]
