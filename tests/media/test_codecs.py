from fractions import Fraction
from pathlib import Path
from typing import get_args

import av
import numpy as np
import pytest

from pipeline.media import hardware
from pipeline.media.codecs import Codec, CodecName, Container, Preset, software_arguments
from pipeline.media.colors import Bits
from pipeline.media.encode import VideoFormat, encoder
from pipeline.media.hardware import hardware_arguments
from pipeline.media.probe import probe
from pipeline.runtime.errors import ExitCode, PipelineError
from tests import clips


def encoded(target: Path, codec: Codec, container: Container) -> av.VideoStream:
    with encoder(
        target, VideoFormat(size=(64, 48), rate=Fraction(25), codec=codec, container=container)
    ) as sink:
        for number in range(5):
            sink.write(np.full((72, 64), 30 * number, np.uint8))
    with av.open(str(target)) as file:
        return file.streams.video[0]


@pytest.mark.parametrize(
    ("name", "container", "tag"),
    [
        ("h264", "mp4", "avc1"),
        ("hevc", "mp4", "hvc1"),
        ("av1", "mp4", "av01"),
        ("prores", "mov", "ap4h"),
        ("vp9", "webm", None),
        ("av1", "webm", None),
    ],
)
def test_each_codec_makes_a_file_of_its_kind(
    tmp_path: Path, name: CodecName, container: Container, tag: str | None
) -> None:
    # The ending of the name is that of a temporary file.
    target = tmp_path / "out.part"
    stream = encoded(target, Codec(name, "ultrafast"), container)
    assert stream.codec_context.codec.canonical_name == name
    assert clips.packet_count(target) == 5
    if tag:
        assert stream.codec_context.codec_tag == tag


@pytest.mark.parametrize("name", ["h264", "hevc", "av1", "vp9"])
def test_a_lower_rate_factor_makes_larger_files(tmp_path: Path, name: CodecName) -> None:
    sizes = []
    for crf in (10, 50):
        path = tmp_path / f"{crf}.out"
        video = clips.constant(tmp_path / "clip.mp4", seconds=0.4)
        codec = Codec(name, "ultrafast", crf)
        clips.re_encoded(probe(video), path, codec=codec, container="nut")
        sizes.append(path.stat().st_size)
    assert sizes[0] > sizes[1]


@pytest.mark.parametrize("name", ["h264", "hevc", "av1", "vp9"])
def test_presets_are_told_to_the_codec(name: CodecName) -> None:
    told = {tuple(software_arguments(Codec(name, preset))) for preset in get_args(Preset)}
    assert len(told) >= len(get_args(Preset)) - 1


def test_without_a_graphics_card_the_error_names_what_was_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "CANDIDATES", {"none": (), "nothing": ()})
    hardware_arguments.cache_clear()
    with pytest.raises(PipelineError) as caught:
        encoded(tmp_path / "out.mp4", Codec("hevc", hardware=True), "mp4")
    assert caught.value.code == ExitCode.FFMPEG_FAILED
    assert "hevc_none, hevc_nothing" in caught.value.problem


def test_the_first_card_that_works_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def software(codec: Codec, kind: str, bits: Bits) -> tuple[str, ...]:
        return ("-c:v", "libx264" if kind == "works" else kind, "-crf", str(codec.quality))

    monkeypatch.setattr(hardware, "CANDIDATES", {"none": (), "works": (), "later": ()})
    monkeypatch.setattr(hardware, "card_arguments", software)
    hardware_arguments.cache_clear()
    codec = Codec(crf=30, hardware=True)
    assert hardware_arguments(codec) == ("-c:v", "libx264", "-crf", "30")
    assert encoded(tmp_path / "out.mp4", codec, "mp4").codec_context.name == "h264"
    hardware_arguments.cache_clear()


@pytest.mark.parametrize("kind", hardware.CANDIDATES)
def test_the_quality_is_told_to_every_card(kind: str) -> None:
    arguments = hardware.card_arguments(Codec("h264", crf=20, hardware=True), kind)
    assert arguments[:2] == ("-c:v", f"h264_{kind}")
    assert {"20", "60"} & set(arguments)
    assert not any("{" in argument for argument in arguments)
