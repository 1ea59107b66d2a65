import itertools
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.media.decode import planar_pictures, scaled_pictures
from pipeline.media.probe import probe
from pipeline.media.source import TimedPicture
from tests import clips

Pixels = npt.NDArray[np.uint8]


def decoded(path: Path, size: int = 32) -> tuple[list[Fraction], list[Pixels]]:
    """Times in seconds, and copies of the pictures."""
    times, pixels = [], []
    for picture in scaled_pictures(probe(path), size):
        times.append(picture.pts * picture.time_base)
        pixels.append(picture.pixels.copy())
    return times, pixels


def test_a_variable_rate_is_neither_doubled_nor_dropped(tmp_path: Path) -> None:
    path = clips.variable_rate(tmp_path / "clip.mp4")
    truth = clips.true_times(path)
    assert len({later - earlier for earlier, later in itertools.pairwise(truth)}) > 1
    assert len(truth) == clips.packet_count(path)
    assert decoded(path)[0] == truth


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "webm"])
def test_ntsc_times_are_exact_in_every_container(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"clip.{ending}"
    codec = ("-c:v", "libvpx", "-deadline", "realtime") if ending == "webm" else clips.H264
    clips.ffmpeg(*clips.pictures(rate="30000/1001"), *codec, path)
    times = decoded(path)[0]
    assert times == clips.true_times(path)
    if ending in ("mp4", "ts"):
        assert times == [Fraction(1001 * n, 30000) for n in range(30)]


@pytest.mark.parametrize("pictures_between", ["0", "2"])
def test_an_avi_which_holds_no_times_gets_those_of_its_rate(
    tmp_path: Path, pictures_between: str
) -> None:
    path = tmp_path / "clip.avi"
    codec = ("-c:v", "libx264", "-bf", pictures_between)
    clips.ffmpeg(*clips.pictures(rate="30000/1001"), *codec, path)
    times = decoded(path)[0]
    assert 0 <= times[0] <= Fraction(1, 10)
    assert [time - times[0] for time in times] == [Fraction(1001 * n, 30000) for n in range(30)]


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_pictures_that_start_after_the_sound_keep_their_times(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"late.{ending}"
    late = ("-itsoffset", "0.48", *clips.pictures(seconds=0.6))
    clips.ffmpeg(*late, *clips.sound(1.2), *clips.H264, "-c:a", "aac", path)
    times = decoded(path)[0]
    assert len(times) == 15
    assert abs(times[0] - Fraction(48, 100)) < Fraction(1, 20)
    # ffmpeg counts from the file's start to the microsecond.
    difference = [abs(a - b) for a, b in zip(times, clips.true_times(path), strict=True)]
    assert max(difference) <= Fraction(1, 1000)


def test_sound_that_starts_after_the_pictures_changes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "late.mp4"
    late = ("-itsoffset", "0.5", *clips.sound(0.5))
    clips.ffmpeg(*clips.pictures(), *late, *clips.H264, "-c:a", "aac", path)
    assert decoded(path)[0] == [Fraction(n, 25) for n in range(25)]


def test_scenes_begin_where_the_picture_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "cuts.mkv"
    shots = [("testsrc2", 17), ("mandelbrot", 20), ("smptebars", 3), ("gradients", 30)]
    graph = "".join(
        f"{shot}=s=64x48:r=30000/1001,trim=end_frame={frames},setpts=PTS-STARTPTS,format=yuv420p[{n}];"
        for n, (shot, frames) in enumerate(shots)
    )
    graph += "".join(f"[{n}]" for n in range(len(shots))) + f"concat=n={len(shots)}"
    clips.ffmpeg("-filter_complex", graph, *clips.H264, path)
    begins = [
        number
        for number, frame in enumerate(scaled_pictures(probe(path), 32))
        if frame.begins_scene
    ]
    assert begins == [17, 37, 40]


def test_a_rotated_clip_is_turned_upright(tmp_path: Path) -> None:
    plain, turned = tmp_path / "plain.mp4", tmp_path / "turned.mp4"
    halves = "color=red:s=32x48:d=0.2[a];color=blue:s=32x48:d=0.2[b];[a][b]hstack"
    clips.ffmpeg("-filter_complex", halves, *clips.H264, plain)
    # "by which the video should be rotated counter-clockwise before being displayed"
    clips.ffmpeg("-display_rotation", "90", "-i", plain, "-c", "copy", turned)
    (pixels, *_) = decoded(turned)[1]
    assert (np.abs(pixels[:14] - np.array([0, 0, 255])) < 30).all()
    assert (np.abs(pixels[18:] - np.array([255, 0, 0])) < 30).all()
    planes = [picture.planes.shape for picture in planar_pictures(probe(turned))]
    assert set(planes) == {(64 * 3 // 2, 48)}


@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuv444p", "yuv422p10le"])
def test_other_depths_and_samplings_are_decoded(tmp_path: Path, pixel_format: str) -> None:
    path, plain = tmp_path / "clip.mp4", clips.constant(tmp_path / "plain.mp4", seconds=0.2)
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", pixel_format)
    clips.ffmpeg(*clips.pictures(seconds=0.2), *codec, path)
    luma = [picture.planes[:48].astype(int) for picture in planar_pictures(probe(path))]
    wanted = [picture.planes[:48].astype(int) for picture in planar_pictures(probe(plain))]
    assert np.abs(np.subtract(luma, wanted)).mean() < 4
    assert len(decoded(path)[0]) == 5


def test_odd_sizes_are_padded_to_even_ones(tmp_path: Path) -> None:
    path = tmp_path / "odd.mkv"
    clips.ffmpeg(*clips.pictures(), "-vf", "scale=65:49", "-c:v", "ffv1", path)
    video = probe(path)
    assert (video.width, video.height) == (65, 49)
    assert video.even_size == (66, 50)
    assert [picture.planes.shape for picture in planar_pictures(video)] == [(75, 66)] * 25
    assert len(decoded(path)[0]) == 25


def test_a_consumer_that_stops_early_leaves_no_process(
    tmp_path: Path, processes: list[subprocess.Popen[bytes]]
) -> None:
    video = probe(clips.constant(tmp_path / "clip.mp4", size="320x240", seconds=4))
    for pictures in (scaled_pictures(video, 224), planar_pictures(video)):
        generator: Any = pictures
        next(generator)
        assert processes[-1].poll() is None
        generator.close()
        assert processes[-1].poll() is not None


def test_an_error_in_the_consumer_leaves_no_process(
    tmp_path: Path, processes: list[subprocess.Popen[bytes]]
) -> None:
    video = probe(clips.constant(tmp_path / "clip.mp4", size="320x240", seconds=4))

    def consume(picture: TimedPicture) -> None:
        raise ValueError(picture.pts)

    with pytest.raises(ValueError, match="0"):
        for picture in scaled_pictures(video, 224):
            consume(picture)
    assert processes[-1].poll() is not None
