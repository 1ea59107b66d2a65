from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.captions.moments import moments_of
from pipeline.media.picture_folder import PictureFolder
from pipeline.pictures.frames_file import writing_frames
from pipeline.pictures.gathering import gather

FPS = 10


def video(folder: Path, seconds: Sequence[float], name: str = "frames.h5") -> Path:
    """A video of scenes that last so long; each frame is a picture of its own."""
    path = folder / name
    with writing_frames(path, 2, fingerprint=name, width=2, height=2) as writer:
        for scene in seconds:
            for frame in range(round(scene * FPS)):
                picture = np.full((2, 2, 3), writer.count, np.uint8)
                writer.add(writer.count, Fraction(1, FPS), picture, begins_scene=frame == 0)
                if writer.wants_thumbnail:
                    writer.add_thumbnail(b"jpeg")
    return path


def test_every_still_is_a_moment(tmp_path: Path) -> None:
    album = tmp_path / "album"
    album.mkdir()
    for name, color in [("a", "red"), ("b", "blue"), ("c", "red")]:
        Image.new("RGB", (8, 8), color).save(album / f"{name}.png")
    gather(PictureFolder.open(album), tmp_path / "frames.h5", 4, near=0)
    moments = moments_of(tmp_path / "frames.h5", 4)
    assert [moment.picture for moment in moments] == ["a.png", "b.png", "c.png"]
    assert [moment.time_ms for moment in moments] == [0, 1000, 2000]
    assert [moment.frame for moment in moments] == [0, 1, 2]
    assert moments[0].row == moments[2].row != moments[1].row
    assert moments[0].key == moments[2].key != moments[1].key


def test_each_scene_has_a_moment_at_its_beginning_about_its_middle(tmp_path: Path) -> None:
    moments = moments_of(video(tmp_path, [5, 6, 5]), 4)
    assert [moment.time_ms for moment in moments] == [0, 5000, 11000]
    assert [moment.frame for moment in moments] == [25, 80, 135]
    assert [moment.row for moment in moments] == [25, 80, 135]
    assert {moment.picture for moment in moments} == {""}
    assert len({moment.key for moment in moments}) == 3


def test_moments_are_so_far_apart(tmp_path: Path) -> None:
    path = video(tmp_path, [1, 1, 2.5, 0.5, 3, 4])
    # They begin at 0, 1, 2, 4.5, 5 and 8 seconds.
    for least, times in [(4, [0, 4500]), (0.5, [0, 1000, 2000, 4500, 5000, 8000])]:
        found = [moment.time_ms for moment in moments_of(path, least)]
        assert found == times
        assert all(np.diff(found) >= 1000 * least)
    assert [moment.time_ms for moment in moments_of(path, 99)] == [0]


def test_a_scene_of_another_video_is_another_picture(tmp_path: Path) -> None:
    one, other = (moments_of(video(tmp_path, [2], name), 1)[0] for name in ("a.h5", "b.h5"))
    assert one.frame == other.frame
    assert one.key != other.key
