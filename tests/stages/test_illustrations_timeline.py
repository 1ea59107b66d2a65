"""The stage that finds from when to when tags hold in a video."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.engine.stage import Files
from pipeline.illustrations.tag_probabilities import write_tag_probabilities
from pipeline.illustrations.timeline.tag_runs import read_tag_runs
from pipeline.pictures.frames_file import writing_frames
from stages.illustrations import timeline

SIDE = 8
PICTURES = 6  # each is held for two frames, and lasts a second
PROBABILITIES = np.array([[0.9, 0.0]] * 3 + [[0.9, 0.8]] * 3, np.float16)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """The folder of a video of six seconds, cut in the middle, with its tags."""
    attributes = {"fingerprint": "a video", "width": SIDE, "height": SIDE}
    with writing_frames(tmp_path / "frames.h5", SIDE, **attributes) as writer:
        for number in range(PICTURES):
            picture = np.full((SIDE, SIDE, 3), number, np.uint8)
            writer.add(2 * number, Fraction(1, 2), picture, begins_scene=number == 3)
            writer.add(2 * number + 1, Fraction(1, 2), None)
    write_tag_probabilities(
        tmp_path / "tags.h5",
        [PROBABILITIES],
        PICTURES,
        names=["猫", "夜"],
        groups=["character", "general"],
        thresholds=np.array([0.5, 0.5]),
        tagger="a model",
        fingerprint="a video",
    )
    return tmp_path


def find(video: Path, **settings: object) -> tuple[str, str]:
    """Run the stage; return its summary and what it exported."""
    config = msgspec.convert(settings, timeline.Config)
    inputs = {name: [video / f"{name}.h5"] for name in ("frames", "tags")}
    outputs = {"runs": [video / "tags.runs.jsonl"], "export": [video / "exported"]}
    summary = timeline.run(Files(inputs), Files(outputs), config)
    return summary, outputs["export"][0].read_text("utf-8")


def test_runs_are_in_the_time_of_the_video(video: Path) -> None:
    summary, table = find(video)

    runs = read_tag_runs(video / "tags.runs.jsonl")
    assert [(run.tag, run.group, run.start_ms, run.end_ms) for run in runs] == [
        ("猫", "character", 0, 6000),
        ("夜", "general", 3000, 6000),
    ]
    assert summary == "2 runs of 2 tags"
    assert "夜,general,00:00:03.000,00:00:06.000,3.0," in table


def test_scenes_are_the_chapters(video: Path) -> None:
    _, chapters = find(video, format="chapters.vtt")

    assert "00:00:00.000 --> 00:00:03.000\n猫\n" in chapters
    assert "00:00:03.000 --> 00:00:06.000\n" in chapters


def test_a_tag_can_be_asked_for(video: Path) -> None:
    assert find(video, only=["夜"])[0] == "1 run of 1 tag"
    assert find(video, hold=4)[0] == "1 run of 1 tag"
