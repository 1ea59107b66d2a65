"""Which pictures are looked at, and who looks."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline.faces.detection import choice
from pipeline.faces.detection.choice import load_detectors
from pipeline.faces.detection.finding import Named, named_pictures
from pipeline.faces.detection.people import peoples_boxes
from pipeline.faces.detection.settings import OnnxSettings
from pipeline.labels.record import Label
from pipeline.pictures.frames_file import writing_frames
from pipeline.pictures.originals import map_originals
from pipeline.runtime.errors import PipelineError
from pipeline.sources.pointers import open_stills
from tests.faces.detection.toys import gathered


def test_a_videos_pictures_are_called_by_their_first_frames(tmp_path: Path) -> None:
    frames = tmp_path / "frames.h5"
    with writing_frames(frames, 8, fingerprint="00ff", width=8, height=8) as writer:
        for frame, new in enumerate((True, False, True, False, False, True)):
            picture = np.full((8, 8, 3), frame, np.uint8) if new else None
            writer.add(frame, Fraction(1, 24), picture)
    assert named_pictures(frames) == [Named("0", 0), Named("2", 1), Named("5", 2)]


def test_every_still_is_called_by_its_name(tmp_path: Path) -> None:
    frames = gathered(tmp_path, count=3, equal=1)["frames"][0]
    assert named_pictures(frames) == [Named("0.png", 0), Named("1.png", 1), Named("2.png", 0)]


def test_originals_of_some_rows_alone_are_read(tmp_path: Path) -> None:
    inputs = gathered(tmp_path, count=4)
    source = open_stills(inputs["stills"][0])
    rows = np.array([3, 1])
    blue = list(map_originals(lambda p: int(p[..., 2].min()), source, inputs["frames"][0], rows))
    assert blue == [30, 10]


def test_a_machine_on_which_suppression_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "distinct", lambda boxes, scores, most: np.arange(4))
    with pytest.raises(PipelineError, match="one face"):
        load_detectors([], None, levels=1, least=8, onnx=OnnxSettings())


def test_boxes_of_another_class_say_nothing_of_faces() -> None:
    said = peoples_boxes(
        [
            Label(picture="a", kind="box", value="eye", box=(0, 0, 1, 1)),
            Label(picture="b", kind="box"),
            Label(picture="c", kind="box", value="face", box=(0, 0, 1, 1), file="x", number=3),
            Label(picture="c", kind="box", value="eye", box=(0, 0, 1, 1)),
            Label(picture="d", kind="tag", value="face"),
        ],
        "face",
    )
    assert said.people == {
        "b": [],
        "c": [Label(picture="c", kind="box", value="face", box=(0, 0, 1, 1))],
    }
    assert said.others == {"eye": 2}
