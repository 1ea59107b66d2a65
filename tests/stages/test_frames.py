"""The stage itself on small clips; its parts have tests of their own."""

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from pipeline.engine.stage import Files
from pipeline.pictures.frames_file import Frames, read_thumbnail
from stages.pictures import frames
from tests import clips

HELD = 3  # frames of a drawing, eight drawings a second


def made(clip: Path, **settings: object) -> tuple[Path, str]:
    path = clip.with_suffix(".frames.h5")
    config = frames.Config(**{"size": 112, **settings})  # type: ignore[arg-type]
    said = frames.run(Files({"source": [clip]}), Files({"frames": [path]}), config)
    return path, said


@pytest.fixture(scope="module")
def animation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of drawings held for three frames each, with the noise of an encoder."""
    path = tmp_path_factory.mktemp("clip") / "held.mp4"
    codec = ("-c:v", "libx264", "-crf", "20", "-preset", "veryfast", "-pix_fmt", "yuv420p")
    clips.ffmpeg(*clips.pictures("320x180", "8", 2), "-vf", "fps=24:round=down", *codec, path)
    return path


@pytest.mark.parametrize(("dedupe", "pictures"), [("off", 48), ("near", 16)])
def test_held_drawings_share_a_row_where_it_is_asked_for(
    animation: Path, dedupe: str, pictures: int
) -> None:
    path, said = made(animation, dedupe=dedupe)
    row = Frames.load(path).row
    assert row.tolist() == [frame * pictures // 48 for frame in range(48)]
    assert f"48 frames, {pictures} distinct pictures" in said


def test_an_encoder_leaves_hardly_a_frame_equal(animation: Path) -> None:
    path, _ = made(animation, dedupe="exact")
    assert Frames.load(path).row[-1] + 1 > 24


def test_a_shared_picture_is_near_what_its_frames_show(animation: Path) -> None:
    every, _ = made(animation, dedupe="off")
    with h5py.File(every) as file:
        own = file["pictures"][:].astype(int)
    near, _ = made(animation, dedupe="near")
    with h5py.File(near) as file:
        shared = file["pictures"][:][file["row"][:]]
    blocks = np.abs(own - shared).reshape(48, 14, 8, 14, 8, 3).mean((2, 4, 5))
    assert 0 < blocks.max() <= 3.0


def test_a_rate_keeps_some_pictures_and_the_time_of_every_frame(animation: Path) -> None:
    path, said = made(animation, fps=4, dedupe="off")
    found = Frames.load(path)
    assert "48 frames, 8 distinct pictures" in said
    assert [found.times.seconds(frame) for frame in range(48)] == [
        Fraction(frame, 24) for frame in range(48)
    ]
    assert found.times.duration == 2


def test_the_last_frame_lasts_as_long_as_the_sound(tmp_path: Path) -> None:
    clip = tmp_path / "long.mp4"
    clips.ffmpeg(*clips.pictures(seconds=0.2), *clips.sound(3), *clips.H264, clip)
    times = Frames.load(made(clip)[0]).times
    assert len(times.pts) == 5
    assert abs(times.duration - 3) < Fraction(1, 20)
    late = np.array([150, 2500])
    assert times.frames_at(late).tolist() == [3, 4]
    assert times.inside(late).all()


def test_scenes_and_thumbnails_are_found_though_few_pictures_are_kept(tmp_path: Path) -> None:
    clip = tmp_path / "cut.mp4"
    shots = "color=red:s=320x180:r=25:d=1.6[a];testsrc2=s=320x180:r=25:d=1.4[b];[a][b]concat"
    clips.ffmpeg("-filter_complex", shots, *clips.H264, clip)
    path, said = made(clip, fps=0.2)
    assert "75 frames, 1 distinct picture, 2 scenes" in said
    assert Frames.load(path).cuts.tolist() == [40]
    for frame, red in ((0, True), (49, True), (50, False), (74, False)):
        with Image.open(BytesIO(read_thumbnail(path, frame))) as image:
            assert image.size == (160, 90)
            colour = np.asarray(image.convert("RGB")).reshape(-1, 3).astype(int).mean(0)
        assert (np.abs(colour - (254, 0, 0)).max() < 8) == red


def test_the_log_says_how_fast_it_was_and_what_bounded_it(
    animation: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        _, said = made(animation)
    assert "frames/s, bounded by " in caplog.text
    assert "bounded" not in said
