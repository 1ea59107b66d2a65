"""Sound whose format changes, as in a broadcast between a film and its commercials.

A container declares one format a track; sound in another format that is copied into it cannot be
decoded.
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

_FORMAT_IN_PACKETS = frozenset(
    {"aac", "aac_latm", "ac3", "eac3", "mp1", "mp2", "mp3", "dts", "truehd"}
)
"""Codecs whose packets each declare their format; AAC's only if no header does."""
_MIN_FORMAT_SECONDS = Fraction(1, 4)
"""A format that lasts no longer is no change: HE-AAC may begin as if it were plain AAC."""
_MAX_DAMAGED = Fraction(1, 20)
"""The share of a recording with faults, at most, that cannot be decoded."""
_MIN_LOSS = Fraction(1, 10)
"""Seconds of lost sound that are worth a warning: encoders add and cut some at both ends."""


@dataclass(frozen=True)
class SoundFormat:
    """The format of decoded sound."""

    sample_rate: int
    """Samples a second."""
    layout: str
    """ffmpeg's name of the channel layout: ``stereo``, ``5.1``."""
    channels: int


@dataclass
class DecodedSound:
    """How much of a track can be decoded, by format."""

    samples: Counter[SoundFormat] = field(default_factory=Counter)
    """Samples of each channel, by format."""
    broken: Fraction = Fraction(0)
    """Seconds that cannot be decoded, such as what comes after the codec has changed."""

    def seconds(self) -> Fraction:
        """The length of everything that can be decoded."""
        return sum((self._seconds_of(sound) for sound in self.samples), Fraction(0))

    def main_format(self) -> SoundFormat | None:
        """The format that most of it has."""
        return max(self.samples, key=lambda s: (self._seconds_of(s), s.channels), default=None)

    def changes(self) -> bool:
        """Whether it has several formats, or is for a good part not decodable."""
        shortest = _MIN_FORMAT_SECONDS
        lasting = [sound for sound in self.samples if self._seconds_of(sound) > shortest]
        return len(lasting) > 1 or self.broken > max(shortest, _MAX_DAMAGED * self.seconds())

    def _seconds_of(self, sound: SoundFormat) -> Fraction:
        return Fraction(self.samples[sound], sound.sample_rate)


@cache
def changing(source: MediaInfo) -> Mapping[int, DecodedSound]:
    """The sound streams of ``source`` whose format changes, by number.

    Packets are read and, if it is they that declare the format, decoded.
    """
    tracks = decode_sound(source.path, _suspects(source.path, source.sound_streams))
    return {number: track for number, track in tracks.items() if track.changes()}


def decode_sound(path: Path, streams: frozenset[int]) -> dict[int, DecodedSound]:
    """Decode some of a file's sound streams; the result is by number."""
    tracks = {number: DecodedSound() for number in sorted(streams)}
    if not streams:
        return {}
    with av.open(str(path)) as container:
        wanted = [container.streams[number] for number in tracks]
        with nothing_but(wanted, container), suppress(av.error.FFmpegError):
            for packet in container.demux(wanted):
                _decode_packet(tracks[packet.stream.index], packet)
    return tracks


def _decode_packet(track: DecodedSound, packet: av.Packet[Any]) -> None:
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
    """The sound of changing format that did not reach ``target``, one phrase a track.

    ``tracks`` are the streams in ``target`` by those in ``source``.
    """
    changed = {number: track for number, track in changing(source).items() if number in tracks}
    there = decode_sound(target, frozenset(tracks[number] for number in changed))
    phrases = []
    for number, track in changed.items():
        had = track.seconds() + track.broken
        lost = had - there[tracks[number]].seconds()
        if lost > _MIN_LOSS:
            phrases.append(f"{float(lost):.1f} of {float(had):.1f} s of sound stream {number}")
    return phrases


def _suspects(path: Path, streams: tuple[int, ...]) -> frozenset[int]:
    """The streams whose format may change."""
    with av.open(str(path)) as container:
        others = {n for n in streams if not _declares_format_in_packets(container.streams[n])}
        suspects = set(streams) - others
        if others:
            wanted = [container.streams[number] for number in sorted(others)]
            with nothing_but(wanted, container), suppress(av.error.FFmpegError):
                for packet in container.demux(wanted):
                    if packet.has_sidedata("new_extradata"):
                        suspects.add(packet.stream_index)
    return frozenset(suspects)


def _declares_format_in_packets(stream: av.stream.Stream) -> bool:
    context = stream.codec_context
    if context is None or not isinstance(stream, AudioStream):
        return False
    name = context.codec.canonical_name
    return name in _FORMAT_IN_PACKETS and not (name == "aac" and context.extradata)
