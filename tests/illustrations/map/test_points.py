"""What of a video becomes a point, and how many."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline.illustrations.map.points import VideoPoints, choose_points
from pipeline.pictures.frames_file import writing_frames

CUTS = (0, 4, 10)
FRAMES = 20


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Three scenes of a second in all; two frames share each picture."""
    path = tmp_path / "frames.h5"
    with writing_frames(path, 8, fingerprint="abc", width=16, height=9) as frames:
        for number in range(FRAMES):
            picture = np.full((8, 8, 3), number, np.uint8) if number % 2 == 0 else None
            frames.add(number, Fraction(1, 20), picture, number in CUTS)
    return path


@pytest.mark.parametrize(
    ("kind", "frames"), [("scenes", [2, 7, 15]), ("pictures", list(range(0, FRAMES, 2)))]
)
def test_scenes_give_their_middles_and_pictures_their_first_frames(
    video: Path, kind: VideoPoints, frames: list[int]
) -> None:
    points = choose_points(video, kind, 100)
    assert points.frames.tolist() == frames
    assert points.rows.tolist() == [frame // 2 for frame in frames]
    assert points.seconds == pytest.approx(np.array(frames) / 20)
    assert not points.are_stills
    assert (len(points), points.of) == (len(frames), len(frames))


def test_names_are_times(video: Path) -> None:
    assert choose_points(video, "scenes", 100).names == ["0:00.1", "0:00.3", "0:00.7"]


def test_of_more_pictures_some_are_taken_evenly(video: Path) -> None:
    points = choose_points(video, "pictures", 4)
    assert points.frames.tolist() == [0, 6, 12, 18]
    assert points.of == 10
