"""Everything that is kept when a video's pictures are replaced: sound, subtitles, chapters."""

from __future__ import annotations

from pathlib import Path

import av
from av.stream import Stream

from pipeline.media.codecs import Container
from pipeline.media.probe import MediaInfo
from pipeline.media.sound import DecodedSound, changing, lost_sound

_MP4_SOUND = frozenset({"aac", "mp3", "ac3", "eac3", "alac"})
_PCM = frozenset(
    f"pcm_{kind}"
    for kind in ("s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f32be", "u8")
)
COPIED_SOUND: dict[Container, frozenset[str]] = {
    "mp4": _MP4_SOUND | {"flac", "opus"},
    "mov": _MP4_SOUND | _PCM,
    "webm": frozenset({"opus", "vorbis"}),
    "nut": frozenset(),
}
"""Sound that players expect in each container; any other is encoded."""
_ENCODERS: dict[Container, tuple[str, int | None]] = {
    "mp4": ("aac", 192),
    "mov": ("aac", 192),
    "webm": ("libopus", None),
}
"""Encoders, and their kbit/s; None leaves that to the encoder."""
_MIN_KBPS_PER_CHANNEL = 64
"""For sound that could have been copied but for its changing format."""
_SPEAKERS: dict[Container, list[str]] = {
    "mp4": [],
    "mov": [],
    # libopus does not know layouts with side speakers.
    "webm": ["aformat=channel_layouts=7.1|5.1|quad|stereo|mono"],
}
"""Filters that give an encoder layouts which it knows."""
_SUBTITLES: dict[Container, str] = {"mp4": "mov_text", "mov": "mov_text", "webm": "webvtt"}


def source_input(source: MediaInfo) -> list[str]:
    """ffmpeg's arguments that open ``source`` with times that count from its start."""
    return ["-itsoffset", f"{-float(source.start):.6f}", "-i", str(source.path)]


def carried(source: MediaInfo, container: Container) -> list[str]:
    """ffmpeg's arguments that take everything but pictures from its second input, ``source``."""
    arguments = ["-map_metadata", "1", "-map_chapters", "1"]
    with av.open(str(source.path)) as file:
        titles = {stream.index: _title(stream) for stream in file.streams}
    for place, number in enumerate(readable_sound(source)):
        stream = source.sound_streams[number]
        arguments += ["-map", f"1:{stream}", *_tagged(f"a:{place}", titles[stream])]
        codec = source.sound_codecs[number]
        decoded = changing(source).get(stream)
        arguments += sound_arguments(place, codec, container, COPIED_SOUND[container], decoded)
    text = [number for number, name in enumerate(source.subtitle_codecs) if _is_text(name)]
    for place, number in enumerate(text):
        stream = source.subtitle_streams[number]
        arguments += ["-map", f"1:{stream}", *_tagged(f"s:{place}", titles[stream])]
        arguments += [f"-c:s:{place}", _SUBTITLES[container]]
    return arguments


def readable_sound(source: MediaInfo) -> list[int]:
    """The indices, from 0, of the sound tracks that ffmpeg can read."""
    return [number for number, name in enumerate(source.sound_codecs) if _decoder(name)]


def sound_arguments(
    place: int,
    codec: str,
    container: Container,
    copied: frozenset[str],
    decoded: DecodedSound | None,
) -> list[str]:
    """ffmpeg's arguments for a sound track: it is encoded unless its codec is ``copied``.

    A track whose format changes is ``decoded``, and gets the format that most of it has.
    """
    if codec in copied and decoded is None:
        return [f"-c:a:{place}", "copy"]
    encoder, kbps = _ENCODERS[container]
    arguments = [f"-c:a:{place}", encoder, f"-flags:a:{place}", "+bitexact"]
    filters = _SPEAKERS[container]
    if decoded is not None and (kept := decoded.main_format()):
        same = f"aformat=sample_rates={kept.sample_rate}:channel_layouts={kept.layout}"
        filters = [same, *filters]
        kbps = kbps and max(kbps, _MIN_KBPS_PER_CHANNEL * kept.channels)
    if kbps:
        arguments += [f"-b:a:{place}", f"{kbps}k"]
    if filters:
        arguments += [f"-filter:a:{place}", ",".join(filters)]
    return arguments


def _title(stream: Stream) -> str | None:
    """A stream's title; ffmpeg calls it ``name`` when reading mp4, and ``title`` when writing."""
    return stream.metadata.get("name") or stream.metadata.get("title")


def _tagged(stream: str, title: str | None) -> list[str]:
    return [f"-metadata:s:{stream}", f"title={title}"] if title else []


def lost_in(target: Path, source: MediaInfo) -> list[str]:
    """The sound that had to be encoded and is not in ``target``, one phrase a track."""
    if not changing(source):
        return []
    with av.open(str(target)) as file:
        there = [stream.index for stream in file.streams.audio]
    carried = [source.sound_streams[number] for number in readable_sound(source)]
    return lost_sound(source, target, dict(zip(carried, there, strict=True)))


def left_out(source: MediaInfo, container: Container) -> list[str]:
    """The source's sound and subtitles that ``container`` cannot hold, one phrase each."""
    return [
        *(
            f"sound track {number} ({name}, which ffmpeg cannot read)"
            for number, name in enumerate(source.sound_codecs, 1)
            if not _decoder(name)
        ),
        *(
            f"subtitle track {number} ({name}, which {container} cannot hold)"
            for number, name in enumerate(source.subtitle_codecs, 1)
            if not _is_text(name)
        ),
    ]


def _is_text(subtitles: str) -> bool:
    decoder = _decoder(subtitles)
    return decoder is not None and decoder.text_sub


def _decoder(name: str) -> av.Codec | None:
    try:
        return av.Codec(name, "r")
    except av.codec.codec.UnknownCodecError:
        return None
