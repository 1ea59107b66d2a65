"""Pictures of two fields made whole, on every way out of a file."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.media.decode import planar_pictures, scaled_pictures
from pipeline.media.interlacing import deinterlacing
from pipeline.media.probe import probe
from pipeline.media.video_file import VideoFile
from pipeline.media.web import write_for_web
from tests import clips

BARS = "lum=128+100*sin(2*PI*(X-2*N)/24):cb=128:cr=128"
MOVING = f"color=s=192x144:r=50:d=3,format=yuv420p,geq={BARS}"
"""Upright bars that move sideways: lines of a whole picture are alike."""
X264 = ("-c:v", "libx264", "-preset", "fast", "-crf", "10", "-pix_fmt", "yuv420p", "-g", "10")
MARKED = ("-flags", "+ildct+ilme")


def clip(path: Path, first: str | None, marked: bool = True, codec: str = "h264") -> VideoFile:
    """Interlaced with ``first`` field, or None for progressive; marked as interlaced or not."""
    making = f"interlace=scan={first}" if first else "fps=25"
    field = (first or "tff") if marked else "prog"
    encoding = {
        "h264": (*X264, *(("-x264-params", f"{field}=1") if marked else ())),
        "mpeg2": ("-c:v", "mpeg2video", "-q:v", "2"),
    }[codec]
    flags = MARKED if marked else ()
    chain = f"{making},setfield={field},setsar=1"
    clips.ffmpeg("-f", "lavfi", "-i", MOVING, "-vf", chain, *encoding, *flags, path)
    return VideoFile.open(path)


def combing(luma: npt.NDArray[np.unsignedinteger[Any]]) -> float:
    """By how many levels neighbouring lines differ."""
    return float(np.abs(np.diff(luma.astype(float), axis=0)).mean())


def woven(path: Path, number: int) -> npt.NDArray[np.uint8]:
    """Luma of a picture as it is stored."""
    raw = path.with_suffix(".raw")
    clips.ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "gray", raw)
    luma: npt.NDArray[np.uint8] = np.fromfile(raw, np.uint8).reshape(-1, 144, 192)[number]
    return luma


@pytest.mark.parametrize("first", ["tff", "bff"])
@pytest.mark.parametrize(("marked", "codec"), [(True, "h264"), (False, "h264"), (True, "mpeg2")])
def test_every_way_out_gives_whole_pictures(
    tmp_path: Path, first: str, marked: bool, codec: str
) -> None:
    video = clip(tmp_path / ("clip.mp4" if codec == "h264" else "clip.mpg"), first, marked, codec)
    assert f"parity={first}" in deinterlacing(video)[0]
    assert combing(woven(video.path, 20)) > 20
    planes = [p.planes[:144].copy() for p in planar_pictures(video)]
    assert combing(planes[20]) < 5
    assert combing(video.picture_at(Fraction(4, 5))[..., 1]) < 5
    squeezed = [p.pixels[..., 1].copy() for p in scaled_pictures(video, 144)]
    assert combing(squeezed[20]) < 5
    write_for_web(video, tmp_path / "web.mp4")
    assert combing(woven(tmp_path / "web.mp4", 20)) < 5


def test_times_and_numbers_of_pictures_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = clip(tmp_path / "clip.mp4", "tff")
    planar = [picture.time for picture in planar_pictures(video)]
    scaled = [(p.pts, p.time_base) for p in scaled_pictures(video, 32)]
    assert planar == clips.true_times(video.path)
    monkeypatch.setattr("pipeline.media.decode.deinterlacing", lambda video: [])
    assert [picture.time for picture in planar_pictures(video)] == planar
    assert [(p.pts, p.time_base) for p in scaled_pictures(video, 32)] == scaled


def test_pictures_do_not_depend_on_where_decoding_begins(tmp_path: Path) -> None:
    video = clip(tmp_path / "clip.mp4", "tff")
    whole = [(p.time, p.planes.copy()) for p in planar_pictures(video)]
    for (since, _), (until, _) in pairwise([*whole[::9], whole[-1]]):
        wanted = [planes for time, planes in whole if since <= time < until]
        part = planar_pictures(video, since, until)
        for picture, planes in zip(part, wanted, strict=True):
            assert np.array_equal(picture.planes, planes)


@pytest.mark.parametrize("marked", [True, False])
def test_progressive_pictures_are_left_alone_whatever_marks_say(
    tmp_path: Path, marked: bool
) -> None:
    assert deinterlacing(clip(tmp_path / "clip.mp4", None, marked)) == []


def test_marks_count_where_nothing_moves(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    grey = ("-f", "lavfi", "-i", "color=gray:s=64x48:r=25:d=1,setfield=tff")
    clips.ffmpeg(*grey, *X264, *MARKED, "-x264-params", "tff=1", path)
    assert deinterlacing(probe(path)) == ["bwdif=mode=send_frame:parity=auto:deint=interlaced"]
    assert len(list(planar_pictures(probe(path)))) == 25


@pytest.mark.parametrize("count", [1, 2])
def test_the_shortest_clips_keep_their_pictures(tmp_path: Path, count: int) -> None:
    path = tmp_path / "clip.mp4"
    grey = ("-f", "lavfi", "-i", "color=gray:s=64x48:r=25,setfield=tff", "-frames:v", str(count))
    clips.ffmpeg(*grey, *X264, *MARKED, "-x264-params", "tff=1", path)
    assert len(list(planar_pictures(probe(path)))) == count


def test_the_stream_that_is_the_video_is_the_one_that_is_looked_at(tmp_path: Path) -> None:
    whole = clip(tmp_path / "whole.mp4", None, marked=False)
    woven = clip(tmp_path / "woven.mp4", "tff", marked=False)
    both = tmp_path / "both.mkv"
    maps = ("-map", "0", "-map", "1", "-c", "copy")
    clips.ffmpeg("-i", whole.path, "-i", woven.path, *maps, both)
    assert [bool(deinterlacing(probe(both, stream))) for stream in (0, 1)] == [False, True]
