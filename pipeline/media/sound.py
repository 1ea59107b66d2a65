"""Sound whose format changes on the way, as in a broadcast between a film and its commercials.

A container tells of one format a track; what is copied in another one cannot be decoded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
from av import AudioStream
from av.container import InputContainer

from pipeline.media.demuxing import nothing_but
from pipeline.media.probe import MediaInfo

_TOLD_BY_PACKETS = frozenset(
    {"aac", "aac_latm", "ac3", "eac3", "mp1", "mp2", "mp3", "dts", "truehd"}
)
"""Codecs each of whose packets tells its format; AAC's only where no header does for all."""
_PASSING = Fraction(1, 4)
"""Seconds of a format that are no change: HE-AAC may begin as if it were plain."""
_LOST = Fraction(1, 10)
"""Seconds of sound whose loss is told: encoders add and cut some at both ends."""


@dataclass(frozen=True)
class SoundFormat:
    """What sound is decoded to."""

    sample_rate: int
    """Samples a second."""
    layout: str
    """The speakers, as ffmpeg calls them: ``stereo``, ``5.1``."""
    channels: int


Heard = Mapping[SoundFormat, Fraction]
"""Seconds of sound that can be decoded, by its format."""


@cache
def changing(source: MediaInfo) -> Mapping[int, Heard]:
    """The sound streams of ``source`` whose format changes, by number, and what is heard of each.

    Packets are read, and where it is they that tell the format, decoded.
    """
    suspects = _suspects(source.path, source.sound_streams)
    found = heard(source.path, suspects)
    return {number: told for number, told in found.items() if len(_lasting(told)) > 1}


def main_format(told: Heard) -> SoundFormat:
    """The one that most of a track has."""
    return max(told, key=lambda sound: (told[sound], sound.channels, sound.sample_rate))


def heard(path: Path, streams: frozenset[int]) -> dict[int, Heard]:
    """All that can be decoded of some of a file's sound streams, by number."""
    seconds: dict[int, Counter[SoundFormat]] = {number: Counter() for number in sorted(streams)}
    if not streams:
        return {}
    with av.open(str(path)) as container:
        for number, frame in _decoded(container, streams):
            sound = SoundFormat(frame.sample_rate, frame.layout.name, frame.layout.nb_channels)
            seconds[number][sound] += frame.samples
    return {
        number: {sound: Fraction(samples, sound.sample_rate) for sound, samples in counts.items()}
        for number, counts in seconds.items()
    }


def lost_sound(source: MediaInfo, target: Path, tracks: Mapping[int, int]) -> list[str]:
    """What of the sound that changes its format did not reach ``target``, one phrase a track.

    ``tracks`` are the streams in ``target`` by those in ``source``.
    """
    changed = {number: told for number, told in changing(source).items() if number in tracks}
    there = heard(target, frozenset(tracks[number] for number in changed))
    found = []
    for number, told in changed.items():
        had, has = sum(told.values()), sum(there[tracks[number]].values())
        if has < had - _LOST:
            found.append(f"{float(had - has):.1f} of {float(had):.1f} s of sound track {number}")
    return found


def _suspects(path: Path, streams: tuple[int, ...]) -> frozenset[int]:
    """Those of the streams whose format may change."""
    with av.open(str(path)) as container:
        quiet = {n for n in streams if not _is_told_by_packets(container.streams[n])}
        suspects = set(streams) - quiet
        if quiet:
            wanted = [container.streams[number] for number in sorted(quiet)]
            with nothing_but(wanted, container), suppress(av.error.FFmpegError):
                for packet in container.demux(wanted):
                    if packet.has_sidedata("new_extradata"):
                        suspects.add(packet.stream_index)
    return frozenset(suspects)


def _is_told_by_packets(stream: av.stream.Stream) -> bool:
    context = stream.codec_context
    if context is None or not isinstance(stream, AudioStream):
        return False
    name = context.codec.canonical_name
    return name in _TOLD_BY_PACKETS and not (name == "aac" and context.extradata)


def _decoded(
    container: InputContainer, streams: frozenset[int]
) -> Iterator[tuple[int, av.AudioFrame]]:
    wanted = [container.streams[number] for number in sorted(streams)]
    with nothing_but(wanted, container), suppress(av.error.FFmpegError):
        for packet in container.demux(wanted):
            with suppress(av.error.FFmpegError):  # a packet that is damaged
                for frame in packet.decode():
                    if isinstance(frame, av.AudioFrame):
                        yield packet.stream_index, frame


def _lasting(told: Heard) -> list[SoundFormat]:
    return [sound for sound, seconds in told.items() if seconds > _PASSING]
