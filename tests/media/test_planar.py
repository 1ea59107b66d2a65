"""Pictures at the video's own size: exact, wherever decoding begins."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.media.decode import planar_pictures
from pipeline.media.probe import probe
from pipeline.runtime.errors import ExitCode, PipelineError
from tests import clips

X264 = ("-c:v", "libx264", "-preset", "medium", "-pix_fmt", "yuv420p")
OPEN_GROUPS = (*X264, "-x264-params", "open-gop=1:keyint=30:min-keyint=15:scenecut=0")
ONE_GROUP = (*X264, "-g", "1000")
MPEG2 = ("-c:v", "mpeg2video", "-bf", "2", "-g", "20")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:keyint=30")
VARIABLE = ("-vf", r"select=lt(mod(n\,10)\,6)+eq(mod(n\,17)\,0)", "-fps_mode", "passthrough")
LATE = ("-output_ts_offset", "7")

Planes = npt.NDArray[np.uint8]


def seen(
    path: Path, since: Fraction = Fraction(0), until: Fraction | None = None
) -> list[tuple[Fraction, bytes]]:
    pictures = planar_pictures(probe(path), since, until)
    return [(picture.time, picture.planes.tobytes()) for picture in pictures]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("clip.mp4", OPEN_GROUPS),
        ("clip.mkv", OPEN_GROUPS),
        ("clip.ts", OPEN_GROUPS),
        ("clip.ts", ONE_GROUP),
        ("clip.mkv", (*VARIABLE, *X264)),
        ("clip.mp4", (*VARIABLE, *OPEN_GROUPS)),
        ("clip.mp4", (*OPEN_GROUPS, *LATE)),
        ("clip.ts", (*MPEG2, *LATE)),
        ("clip.mp4", HEVC),
        ("clip.avi", ("-c:v", "mpeg4", "-bf", "2", "-g", "20")),
    ],
)
def test_a_part_is_the_same_as_in_the_whole(
    tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    path = tmp_path / name
    clips.ffmpeg(*clips.pictures(seconds=6), *options, path)
    whole = seen(path)
    assert [time for time, _ in whole] == clips.true_times(path)
    one = whole[len(whole) // 2][0]
    parts = [(Fraction(0), one), (one, one + 1), (one + Fraction(1, 1000), None)]
    for since, until in [*parts, (Fraction(5), None), (one, one)]:
        wanted = [p for p in whole if since <= p[0] and (until is None or p[0] < until)]
        assert seen(path, since, until) == wanted


def test_a_part_behind_the_end_is_empty(tmp_path: Path) -> None:
    assert seen(clips.constant(tmp_path / "clip.mp4"), Fraction(60)) == []


def test_pictures_that_start_after_the_sound_do_so_in_parts_too(tmp_path: Path) -> None:
    path = tmp_path / "late.ts"
    late = ("-itsoffset", "0.48", *clips.pictures(seconds=3))
    clips.ffmpeg(*late, *clips.sound(3), *clips.H264, "-c:a", "aac", path)
    whole = seen(path)
    assert [time for time, _ in whole] == clips.true_times(path)
    assert whole[0][0] > Fraction(4, 10)
    assert seen(path, Fraction(2), Fraction(3)) == [p for p in whole if 2 <= p[0] < 3]


def test_a_broken_file_is_told_of_in_parts_too(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    clips.ffmpeg(*clips.pictures("160x120", seconds=4), *clips.H264, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(PipelineError) as caught:
        seen(path, Fraction(2))
    assert caught.value.code == ExitCode.VIDEO_TRUNCATED


@pytest.mark.parametrize("full_range", [False, True])
def test_ordinary_pictures_pass_bit_by_bit(tmp_path: Path, full_range: bool) -> None:
    path, raw = tmp_path / "clip.mp4", tmp_path / "clip.yuv"
    tags = f"setparams=colorspace=bt709:range={'pc' if full_range else 'tv'}"
    shape = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "64x48")
    noise = np.random.default_rng(0).integers(0, 256, (3, 72, 64), np.uint8)
    raw.write_bytes(noise.tobytes())
    clips.ffmpeg(*shape, "-i", raw, "-vf", tags, "-c:v", "libx264", "-qp", "0", path)
    video = probe(path)
    assert video.full_range == full_range
    assert [planes for _, planes in seen(path)] == [picture.tobytes() for picture in noise]


@pytest.mark.parametrize("pixel_format", ["yuv444p", "yuv422p", "yuv420p10le", "yuvj444p"])
def test_other_pictures_keep_their_matrix_and_range(tmp_path: Path, pixel_format: str) -> None:
    path = tmp_path / "clip.mkv"
    full = "-color_range", "pc" if pixel_format.startswith("yuvj") else "tv"
    grey = "color=s=64x48:r=25:d=0.2,format=yuv444p,geq=lum=40+2*X:cb=90:cr=170"
    tags = f"setparams=range={full[1]}:colorspace=bt709"
    ten_bits = "" if "10" not in pixel_format else ",scale"
    chain = f"{grey},{tags}{ten_bits},format={pixel_format}"
    clips.ffmpeg("-f", "lavfi", "-i", chain, "-c:v", "ffv1", "-strict", "-1", *full, path)
    ramp = 40 + 2 * np.arange(64)
    for picture in planar_pictures(probe(path)):
        luma, chroma = picture.planes[:48].astype(int), picture.planes[48:].reshape(2, -1)
        assert np.abs(luma - ramp).max() <= 1
        assert np.abs(chroma.astype(int) - [[90], [170]]).max() <= 1


@pytest.mark.parametrize(("name", "codec"), [("clip.avi", "rawvideo"), ("clip.mov", "png")])
def test_white_of_rgb_is_white(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    white = "color=white:s=64x48:d=0.2:r=25,format=rgb24"
    clips.ffmpeg("-f", "lavfi", "-i", white, "-c:v", codec, "-pix_fmt", "rgb24", path)
    video = probe(path)
    assert video.full_range
    for picture in planar_pictures(video):
        assert picture.planes[:48].min() == 255
        assert np.abs(picture.planes[48:].astype(int) - 128).max() <= 1


def test_joined_broadcasts_are_refused_with_a_remedy(tmp_path: Path) -> None:
    one, both = clips.constant(tmp_path / "clip.ts", seconds=2), tmp_path / "both.ts"
    both.write_bytes(one.read_bytes() * 2)
    with pytest.raises(PipelineError, match="back in time") as caught:
        seen(both)
    assert caught.value.code == ExitCode.NOT_A_VIDEO
    mended = tmp_path / "mended.mkv"
    clips.ffmpeg("-i", both, "-c", "copy", mended)
    assert len(seen(mended)) == 100
