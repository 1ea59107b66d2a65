"""Cascades of OpenCV's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.faces.detection import cascade
from pipeline.faces.detection.cascade import Cascade
from pipeline.runtime import extras
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import PROJECT

ANIME = PROJECT.parent / "shared" / "weights" / "lbpcascade_animeface.xml"


class Fake:
    """A cascade that finds what it is told."""

    def __init__(self, *found: Any) -> None:
        self._found = found

    def detectMultiScale2(self, grey: np.ndarray, **options: object) -> Any:  # noqa: N802
        assert grey.ndim == 2
        return self._found


def faked(monkeypatch: pytest.MonkeyPatch, path: Path, fake: Fake) -> Cascade:
    path.write_text("a cascade")
    monkeypatch.setattr(cascade, "_load", lambda path: fake)
    return Cascade(path, 24)


def test_the_more_windows_agree_the_surer_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cv2")
    fake = Fake(np.array([[10, 20, 30, 40], [0, 0, 5, 5]], np.int32), np.array([5, 1]))
    found = faked(monkeypatch, tmp_path / "c.xml", fake)(np.zeros((90, 90, 3), np.uint8))
    assert found.boxes.tolist() == [[10, 20, 40, 60], [0, 0, 5, 5]]
    np.testing.assert_allclose(found.probabilities, [0.5, 1 / 6])


def test_nothing_found_is_no_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cv2")
    detector = faked(monkeypatch, tmp_path / "c.xml", Fake((), ()))
    assert detector(np.zeros((9, 9, 3), np.uint8)).boxes.shape == (0, 4)


def test_a_file_that_is_no_cascade_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    (tmp_path / "text.xml").write_text("<a>nothing</a>")
    (tmp_path / "bytes.xml").write_bytes(b"\xff\xfe\x00")
    for name in ("text.xml", "bytes.xml"):
        with pytest.raises(PipelineError, match="no cascade") as error:
            Cascade(tmp_path / name, 24)
        assert error.value.code == ExitCode.INVALID_WEIGHTS
    with pytest.raises(PipelineError) as error:
        Cascade(tmp_path / "none.xml", 24)
    assert error.value.code == ExitCode.WEIGHTS_UNAVAILABLE


def test_without_opencv_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "missing_of", lambda extra: ["opencv-python-headless"])
    with pytest.raises(PipelineError, match=r"\[faces\]") as error:
        Cascade(tmp_path / "c.xml", 24)
    assert error.value.code == ExitCode.NOT_INSTALLED


@pytest.mark.skipif(not ANIME.is_file(), reason="the cascade is not there")
def test_a_published_cascade_is_read() -> None:
    pytest.importorskip("cv2")
    detector = Cascade(ANIME, 24)
    assert detector.name.startswith("lbpcascade_animeface.xml sha256 ")
    assert not len(detector(np.zeros((100, 100, 3), np.uint8)).boxes)
