"""Sound whose format changes on the way is carried whole."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from pipeline.media.probe import probe
from pipeline.media.sound import changing, decode_sound
from pipeline.media.stream_copy import lost_in
from pipeline.media.web import write_for_web
from tests import clips

Part = tuple[str, str, int]
"""Codec, speakers and samples a second."""


def joined(path: Path, *parts: Part, steady: bool = False) -> Path:
    """A broadcast whose parts of a second each have a sound of their own.

    ``steady`` adds a track that stays as it is.
    """
    content = b""
    for number, (codec, layout, rate) in enumerate(parts):
        part = path.with_name(f"{number}.ts")
        form = ("-filter:a:0", f"aformat=channel_layouts={layout}:sample_rates={rate}")
        tracks = ("-map", "0", "-map", "1", *(("-map", "1") if steady else ()))
        later = ("-output_ts_offset", str(number), "-muxdelay", "0")
        streams = (*clips.pictures(), *clips.sound(), *tracks, *clips.H264)
        clips.ffmpeg(*streams, "-c:a:1", "mp2", "-c:a:0", codec, *form, *later, part)
        content += part.read_bytes()
    path.write_bytes(content)
    return path


def sound_of(path: Path, track: int = 0) -> tuple[set[tuple[int, str]], Fraction]:
    """Formats and seconds of what can be decoded."""
    with av.open(str(path)) as file:
        stream = file.streams.audio[track]
        frames = [(f.sample_rate, f.layout.name, f.samples) for f in file.decode(stream)]
    formats = {(rate, layout) for rate, layout, _ in frames}
    return formats, sum((Fraction(samples, rate) for rate, _, samples in frames), Fraction(0))


STEREO, SURROUND, SLOWER = ("aac", "stereo", 48000), ("aac", "5.1", 48000), ("aac", "stereo", 44100)


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        ((STEREO, SURROUND, STEREO), (48000, "stereo")),
        ((STEREO, SURROUND, SURROUND), (48000, "5.1")),
        ((SLOWER, STEREO, STEREO), (48000, "stereo")),
        ((("ac3", "5.1", 48000), ("ac3", "stereo", 48000), ("ac3", "5.1", 48000)), (48000, "5.1")),
        ((("mp2", "mono", 48000), ("mp2", "stereo", 48000)), (48000, "stereo")),
    ],
)
def test_all_of_it_is_decoded_and_of_one_format(
    tmp_path: Path, parts: tuple[Part, ...], kept: tuple[int, str]
) -> None:
    path, target = joined(tmp_path / "clip.ts", *parts), tmp_path / "out.mp4"
    video = probe(path)
    assert set(changing(video)) == set(video.sound_streams)
    clips.re_encoded(video, target, source=video)
    formats, seconds = sound_of(target)
    assert formats == {kept}
    assert abs(seconds - len(parts)) < Fraction(1, 4)
    assert lost_in(target, video) == []


def test_on_the_web_too(tmp_path: Path) -> None:
    path, target = joined(tmp_path / "clip.ts", STEREO, SURROUND), tmp_path / "out.mp4"
    write_for_web(probe(path), target)
    formats, seconds = sound_of(target)
    assert len(formats) == 1
    assert seconds > Fraction(19, 10)


def test_in_matroska_too(tmp_path: Path) -> None:
    path = joined(tmp_path / "clip.ts", ("ac3", "stereo", 48000), ("ac3", "5.1", 48000))
    clips.ffmpeg("-i", path, "-c", "copy", tmp_path / "clip.mkv")
    assert changing(probe(tmp_path / "clip.mkv"))


def test_only_the_track_that_changes_is_encoded(tmp_path: Path) -> None:
    path, target = joined(tmp_path / "clip.ts", ("ac3", "stereo", 48000), steady=True), tmp_path
    steady = probe(path)
    assert changing(steady) == {}
    parts = (("mp2", "stereo", 48000), ("mp2", "mono", 48000))
    path = joined(tmp_path / "two.ts", *parts, steady=True)
    video = probe(path)
    assert list(changing(video)) == [video.sound_streams[0]]
    clips.ffmpeg("-i", path, "-map", "0", "-c", "copy", "-c:a:1", "ac3", target / "two.mkv")
    mixed = probe(target / "two.mkv")
    made = clips.re_encoded(mixed, target / "out.mp4", source=mixed)
    assert probe(made).sound_codecs == ("aac", "ac3")
    assert clips.packets(made, "audio")[1] == clips.packets(mixed.path, "audio")[1]


def test_what_cannot_be_decoded_is_told(tmp_path: Path) -> None:
    path = joined(tmp_path / "clip.ts", STEREO, ("ac3", "stereo", 48000))
    video, target = probe(path), tmp_path / "out.mp4"
    clips.re_encoded(video, target, source=video)
    (phrase,) = lost_in(target, video)
    assert phrase == f"1.0 of 2.0 s of sound stream {video.sound_streams[0]}"
    assert sound_of(target)[1] > Fraction(9, 10)


def test_steady_sound_of_a_header_is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clip.mp4"
    clips.ffmpeg(*clips.pictures(), *clips.sound(), *clips.H264, "-c:a", "aac", path)
    video = probe(path)
    decoded: list[frozenset[int]] = []

    def noted(path: Path, streams: frozenset[int]) -> dict[int, object]:
        decoded.append(streams)
        return {}

    monkeypatch.setattr("pipeline.media.sound.decode_sound", noted)
    assert changing(video) == {}
    assert decoded == [frozenset()]
    assert decode_sound(path, frozenset()) == {}
