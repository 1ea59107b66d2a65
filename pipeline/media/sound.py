"""Sound whose format changes on the way, as in a broadcast between a film and its commercials.

A container tells of one format a track; what is copied in another one cannot be decoded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
from av import AudioStream

from pipeline.media.demuxing import nothing_but
from pipeline.media.probe import MediaInfo

_TOLD_BY_PACKETS = frozenset(
    {"aac", "aac_latm", "ac3", "eac3", "mp1", "mp2", "mp3", "dts", "truehd"}
)
"""Codecs each of whose packets tells its format; AAC's only where no header does for all."""
_PASSING = Fraction(1, 4)
"""Seconds of a format that are no change: HE-AAC may begin as if it were plain."""
_DAMAGED = Fraction(1, 20)
"""Share that cannot be decoded of what is more than a recording with faults."""
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


@dataclass
class Heard:
    """What can be decoded of a track."""

    samples: Counter[SoundFormat] = field(default_factory=Counter)
    """For each speaker, by format."""
    broken: Fraction = Fraction(0)
    """Seconds that cannot be decoded, such as what comes after the codec has changed."""

    def seconds(self) -> Fraction:
        """How long all is that can be."""
        return sum((self._lasts(sound) for sound in self.samples), Fraction(0))

    def main_format(self) -> SoundFormat | None:
        """The one that most of it has."""
        return max(self.samples, key=lambda s: (self._lasts(s), s.channels), default=None)

    def changes(self) -> bool:
        """Whether it is of several formats, or in good part of none."""
        lasting = [sound for sound in self.samples if self._lasts(sound) > _PASSING]
        return len(lasting) > 1 or self.broken > max(_PASSING, _DAMAGED * self.seconds())

    def _lasts(self, sound: SoundFormat) -> Fraction:
        return Fraction(self.samples[sound], sound.sample_rate)


@cache
def changing(source: MediaInfo) -> Mapping[int, Heard]:
    """The sound streams of ``source`` whose format changes, by number, and what is heard of each.

    Packets are read, and where it is they that tell the format, decoded.
    """
    found = heard(source.path, _suspects(source.path, source.sound_streams))
    return {number: track for number, track in found.items() if track.changes()}


def heard(path: Path, streams: frozenset[int]) -> dict[int, Heard]:
    """What is to be heard of some of a file's sound streams, by number."""
    tracks = {number: Heard() for number in sorted(streams)}
    if not streams:
        return {}
    with av.open(str(path)) as container:
        wanted = [container.streams[number] for number in tracks]
        with nothing_but(wanted, container), suppress(av.error.FFmpegError):
            for packet in container.demux(wanted):
                _hear(tracks[packet.stream.index], packet)
    return tracks


def _hear(track: Heard, packet: av.Packet[Any]) -> None:
    try:
        frames = packet.decode()
    except av.error.FFmpegError:
        track.broken += Fraction((packet.duration or 0) * packet.time_base)
        return
    for frame in frames:
        if isinstance(frame, av.AudioFrame):
            layout = frame.layout
            sound = SoundFormat(frame.sample_rate, layout.name, layout.nb_channels)
            track.samples[sound] += frame.samples


def lost_sound(source: MediaInfo, target: Path, tracks: Mapping[int, int]) -> list[str]:
    """What of the sound that changes its format did not reach ``target``, one phrase a track.

    ``tracks`` are the streams in ``target`` by those in ``source``.
    """
    changed = {number: track for number, track in changing(source).items() if number in tracks}
    there = heard(target, frozenset(tracks[number] for number in changed))
    found = []
    for number, track in changed.items():
        had = track.seconds() + track.broken
        lost = had - there[tracks[number]].seconds()
        if lost > _LOST:
            found.append(f"{float(lost):.1f} of {float(had):.1f} s of sound stream {number}")
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
