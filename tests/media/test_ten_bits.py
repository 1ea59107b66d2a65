"""Video of more than eight bits, and what HDR tells beside its pictures."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.media import hardware
from pipeline.media.codecs import Codec, CodecName
from pipeline.media.colors import Color, bits_of, color_of
from pipeline.media.decode import planar_pictures
from pipeline.media.encode import VideoFormat, encoder
from pipeline.media.hardware import card_arguments, encodes_ten_bits
from pipeline.media.mastering import Display, Mastering
from pipeline.media.probe import probe
from tests import clips

HDR10 = Mastering(
    Display(
        red=(Fraction("0.68"), Fraction("0.32")),
        green=(Fraction("0.265"), Fraction("0.69")),
        blue=(Fraction("0.15"), Fraction("0.06")),
        white=(Fraction("0.3127"), Fraction("0.329")),
        darkest=Fraction("0.005"),
        brightest=Fraction(1000),
    ),
    levels=(900, 300),
)
RAMP = "color=s=256x64:r=25:d=0.2,format=yuv420p10le,geq=lum=300+X/4:cb=512:cr=512"
"""64 levels of ten bits in 17 of eight."""
CLIPS = {
    "yuv420p10le": ("libx264", "mp4", 10),
    "yuv422p10le": ("prores_ks", "mov", 10),
    "yuv420p12le": ("libx265", "mp4", 12),
    "gbrp10le": ("ffv1", "mkv", 10),
    "yuv444p10le": ("ffv1", "mkv", 10),
}


@pytest.mark.parametrize("pixel_format", CLIPS)
def test_ten_bits_and_more_are_decoded_to_ten(tmp_path: Path, pixel_format: str) -> None:
    codec, ending, bits = CLIPS[pixel_format]
    path = tmp_path / f"clip.{ending}"
    quality = ("-crf", "1") if ending == "mp4" else ()
    encoding = ("-c:v", codec, *quality, "-pix_fmt", pixel_format)
    clips.ffmpeg("-f", "lavfi", "-i", RAMP, *encoding, path)
    video = probe(path)
    assert video.bits == bits
    assert bits_of(video) == 10
    for picture in planar_pictures(video, color=color_of(video, 10)):
        assert picture.planes.dtype == np.uint16
        assert len(np.unique(picture.planes[32])) > 40
    for picture in planar_pictures(video):
        assert picture.planes.dtype == np.uint8
        eight = picture.planes[:64].astype(float)
        # Dithered: no level of the ramp is lost in the mean of some rows.
        assert len(np.unique(np.round(eight.mean(0), 2))) > 30


@pytest.mark.parametrize("name", ["h264", "hevc", "av1"])
@pytest.mark.parametrize("mastering", [HDR10, Mastering(levels=(400, 100)), Mastering()])
def test_ten_bits_and_mastering_come_back(
    tmp_path: Path, name: CodecName, mastering: Mastering
) -> None:
    target = tmp_path / "out.mp4"
    color = Color("bt2020nc", False, 9, 16, 10, mastering)
    luma = np.tile(np.linspace(64, 940, 256).astype(np.uint16), (64, 1))
    planes = np.concatenate([luma, np.full((32, 256), 512, np.uint16)])
    best = Codec(name, "ultrafast", crf=1)
    with encoder(
        target, VideoFormat(size=(256, 64), rate=Fraction(25), color=color, codec=best)
    ) as sink:
        for _ in range(3):
            sink.write(planes)
    video = probe(target)
    told = color_of(video, bits_of(video))
    assert told.mastering.levels == mastering.levels
    assert (told.mastering.display is None) == (mastering.display is None)
    if told.mastering.display and mastering.display:
        for found, wanted in zip(
            vars(told.mastering.display).values(), vars(mastering.display).values(), strict=True
        ):
            assert np.allclose(np.array(found, float), np.array(wanted, float), atol=1e-4)
    assert (told.matrix, told.primaries, told.transfer, told.bits) == ("bt2020nc", 9, 16, 10)
    for picture in planar_pictures(video, color=told):
        assert np.abs(picture.planes.astype(int) - planes).max() <= 4


def test_the_codec_says_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert encodes_ten_bits(Codec("hevc"))
    monkeypatch.setattr(hardware, "pixel_formats", lambda name: frozenset({"yuv420p"}))
    assert not encodes_ten_bits(Codec("hevc"))
    monkeypatch.setattr(hardware, "CANDIDATES", {"none": ()})
    hardware.hardware_arguments.cache_clear()
    assert not encodes_ten_bits(Codec("av1", hardware=True))
    hardware.hardware_arguments.cache_clear()


@pytest.mark.parametrize("kind", hardware.CANDIDATES)
def test_cards_are_told_of_ten_bits(kind: str) -> None:
    assert card_arguments(Codec("hevc"), kind, 10)[-2:] == ("-pix_fmt", "p010le")
    assert card_arguments(Codec("hevc"), kind)[-1] in ("yuv420p", "nv12")


@pytest.mark.parametrize("transfer", ["", ",setparams=color_trc=smpte2084"])
def test_dolby_vision_that_nothing_else_can_show_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, transfer: str
) -> None:
    plain, path = tmp_path / "plain.mp4", tmp_path / "clip.mp4"
    encoding = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=error")
    clips.ffmpeg("-f", "lavfi", "-i", f"color=s=64x48:d=0.1{transfer}", *encoding, plain)
    clips.ffmpeg("-i", plain, "-c", "copy", "-tag:v", "dvh1", "-strict", "-1", path)
    probe(path)
    assert ("Dolby Vision" in caplog.text) == (not transfer)


def test_eight_bits_stay_eight(tmp_path: Path) -> None:
    video = probe(clips.constant(tmp_path / "clip.mp4"))
    assert (video.bits, bits_of(video), video.mastering) == (8, 8, Mastering())
    with av.open(str(clips.re_encoded(video, tmp_path / "out.mp4"))) as file:
        assert file.streams.video[0].codec_context.pix_fmt == "yuv420p"
