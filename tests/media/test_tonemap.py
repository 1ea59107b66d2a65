"""HDR as everyone can look at it."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline.media.colors import TONE_MAPPED, Color, color_of, shown_color
from pipeline.media.decode import planar_pictures, scaled_pictures
from pipeline.media.light import hlg_signal, pq_signal
from pipeline.media.mastering import Mastering
from pipeline.media.probe import probe
from pipeline.media.tonemap import tone_mapped
from pipeline.media.video_file import VideoFile
from pipeline.media.web import write_for_web
from tests import clips

LIGHTS = (0, 1, 10, 50, 203, 1000)
"""cd/m² of the clip's bars, which are grey."""


def color(transfer: int, peak: int = 1000) -> Color:
    return Color("bt2020nc", False, 9, transfer, 10, Mastering(levels=(peak, 100)))


def bars(path: Path, transfer: int) -> VideoFile:
    """Six bars of 32 columns each."""
    light = np.array(LIGHTS, float)
    signal = pq_signal(light)
    if transfer == 18:
        signal = hlg_signal(np.stack([light] * 3, -1), 9)[:, 0]
    luma = "+".join(f"{64 + 876 * s:.0f}*eq(floor(X/32)\\,{n})" for n, s in enumerate(signal))
    source = f"color=s=192x64:r=25:d=0.4,format=yuv420p10le,geq=lum={luma}:cb=512:cr=512"
    source += f",setparams=colorspace=bt2020nc:color_primaries=9:color_trc={transfer}:range=tv"
    x265 = ("-c:v", "libx265", "-crf", "4", "-x265-params", "log-level=error")
    clips.ffmpeg("-f", "lavfi", "-i", source, *x265, path)
    return VideoFile.open(path)


@pytest.mark.parametrize("transfer", [16, 18])
def test_everyone_sees_an_ordinary_picture(tmp_path: Path, transfer: int) -> None:
    video = bars(tmp_path / "clip.mp4", transfer)
    assert shown_color(video) == TONE_MAPPED
    squeezed = next(picture.pixels.copy() for picture in scaled_pictures(video, 96))
    levels = squeezed[48, 8::16].mean(-1)
    shown = video.picture_at(Fraction(1, 10), 192)
    planes = next(p.planes.copy() for p in planar_pictures(video, color=TONE_MAPPED))
    # A screen of standard range shows 50 of 203 cd/m² at 142 of 255.
    for seen in (levels, shown[32, 16::32].mean(-1), (planes[32, 16::32] - 16.0) / 219 * 255):
        assert (np.diff(seen) > 5).all()
        assert seen[0] <= 3
        assert abs(seen[3] - 142) <= 6
        assert 215 <= seen[4] <= 245
        assert seen[5] >= 250


def test_the_page_gets_pictures_of_standard_range(tmp_path: Path) -> None:
    write_for_web(bars(tmp_path / "clip.mp4", 16), tmp_path / "web.mp4")
    video = probe(tmp_path / "web.mp4")
    assert color_of(video) == TONE_MAPPED
    planes = next(p.planes.copy() for p in planar_pictures(video))
    assert abs((planes[32, 112] - 16) / 219 * 255 - 142) <= 6


def test_temporary_folders_of_any_name_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a'b:c,d;[e]\\f g"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    video = bars(tmp_path / "clip.mp4", 16)
    assert len(list(scaled_pictures(video, 32))) == 10
    assert not list(folder.iterdir())


def test_what_is_no_brighter_than_graphics_is_left_alone() -> None:
    light = np.array([1, 10, 100, 203])
    signal = np.stack([pq_signal(light)] * 3, -1)
    seen = tone_mapped(signal, color(16, peak=203))
    assert np.abs(seen[:, 0] - (light / 203) ** (1 / 2.4)).max() < 0.001


def test_colours_keep_their_hue() -> None:
    seen = tone_mapped(np.array([0.72, 0.6, 0.5]), color(16))
    assert seen[0] > seen[1] > seen[2] > 0
    grey = tone_mapped(np.full(3, 0.7), color(16))
    assert np.ptp(grey) < 0.001
