"""How long a video is, and how many pictures to expect: measured where headers mislead.

Headers are trusted as far as the file's two ends confirm them, which takes a few packets at each.
Where these contradict them, or headers say nothing, all packets are read; none is decoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from statistics import median_low
from typing import Any

import av
from av import VideoStream
from av.container import InputContainer
from av.stream import Stream

from pipeline.media.demuxing import nothing_but

_DEFAULT_RATE = Fraction(25)
"""Pictures a second of a file without a rate, such as a single picture: ffmpeg's own choice."""
_MAX_RATE = 300
"""Pictures a second up to which a header is trusted; cameras reach 240."""
_HEAD_TOLERANCE = 1.1
"""The factor by which a header's rate may differ from that of the first pictures."""
_TOLERANCE = 0.01
"""The part by which it may differ from that of all pictures."""
_MAX_DENOMINATOR = 1001
"""The denominator of NTSC's rates, and the largest of a rate that is measured."""
_HEAD_PACKETS = 120
"""Packets at the beginning from which the rate is measured."""
_MAX_REORDERED = 16
"""Pictures that may come before their turn, at most: the reordering depth of codecs."""
_TAIL_SECONDS, _TAIL_PICTURES = 2, 3
"""The last picture has to begin so many seconds and pictures before the end, or later."""


@dataclass(frozen=True)
class Timing:
    """When a file's pictures and its sound end, and how many pictures there are."""

    rate: Fraction
    """Pictures a second; the average where it varies."""
    pictures_end: Fraction
    """Seconds from the file's start."""
    sound_end: Fraction
    """The same, of the sound stream that ends last; 0 without sound."""
    frame_count: int
    """Pictures."""
    counted: bool
    """Whether they were counted, by the file's index or here; else they follow from the rate."""


def timing(
    container: InputContainer, stream: VideoStream, sound: Iterable[Stream], start: Fraction
) -> Timing:
    """The timing of the pictures of ``stream`` and of ``sound``; ``start`` is the file's start.

    The position of the container changes.
    """
    sound = list(sound)
    streams = container, stream, sound, start
    return from_headers(*streams) or from_packets(*streams)


def from_headers(
    container: InputContainer, stream: VideoStream, sound: list[Stream], start: Fraction
) -> Timing | None:
    """What the headers say, or None if the file's ends contradict it."""
    rate = Fraction(stream.average_rate or 0)
    end = _end(stream, start)
    if end is None and container.duration is not None:
        end = Fraction(container.duration, av.time_base)
    if not 0 < rate <= _MAX_RATE or end is None or end <= 0:
        return None
    if not stream.frames and not _rate_holds_at_start(container, stream, rate):
        return None
    # A transport stream's header has the time at which the last packet of sound begins, and that
    # packet may hold much sound.
    is_exact = container.format.name != "mpegts"
    sound_ends = [_end(each, start) if is_exact else None for each in sound]
    unknown = [each for each, its_end in zip(sound, sound_ends, strict=True) if its_end is None]
    tail = _TAIL_SECONDS + _TAIL_PICTURES / rate
    pictures, *rests = _read_tail(container, [stream, *unknown], start, end - tail)
    if pictures.last is None or pictures.end is None:
        return None
    if _end(stream, start) is None:
        end = pictures.end if pictures.last_duration else pictures.last + 1 / rate
    elif not pictures.last < end <= pictures.last + tail:
        return None
    return Timing(
        rate=rate,
        pictures_end=end,
        sound_end=_last_end([*sound_ends, *(rest.end for rest in rests)]),
        frame_count=stream.frames or round(end * rate),
        counted=stream.frames > 0,
    )


def _end(stream: Stream, start: Fraction) -> Fraction | None:
    """When a stream ends by its header, in seconds from the file's start; None if unknown."""
    if not stream.duration or stream.time_base is None:
        return None
    return Fraction((stream.duration + (stream.start_time or 0)) * stream.time_base) - start


def _rate_holds_at_start(container: InputContainer, stream: VideoStream, rate: Fraction) -> bool:
    """Whether the first pictures come at about this ``rate``."""
    if not _seek(container, stream, stream.start_time or 0):
        return False
    head = _Track(stream, Fraction(0))
    for packet in islice(_packets(container, [stream]), _HEAD_PACKETS):
        head.note(packet)
    settled = sorted(head.times)[:-_MAX_REORDERED]
    if len(head.times) < _HEAD_PACKETS or settled[-1] <= settled[0]:
        return False  # a file this short is quickly read as a whole
    seen = (len(settled) - 1) / float((settled[-1] - settled[0]) * head.unit)
    return 1 / _HEAD_TOLERANCE < seen / float(rate) < _HEAD_TOLERANCE


class _Track:
    """Times of those packets of a stream that were read."""

    def __init__(self, stream: Stream, start: Fraction) -> None:
        assert stream.time_base is not None
        self.unit = stream.time_base
        """Seconds in one unit of ``times``: a Fraction for each packet would be too slow."""
        self.count = 0
        self.times: list[int] = []
        """On the file's own clock; times of decoding where there are no others."""
        self._start = start
        self._latest = -(2**63)
        self._latest_duration = 0

    def note(self, packet: av.Packet[Any]) -> None:
        """Take in the next packet."""
        self.count += 1
        time = packet.dts if packet.pts is None else packet.pts
        if time is None:
            return
        self.times.append(time)
        if time >= self._latest:
            self._latest, self._latest_duration = time, packet.duration or 0

    @property
    def last(self) -> Fraction | None:
        """When the packet that is shown last begins, in seconds from the file's start."""
        return self._latest * self.unit - self._start if self.times else None

    @property
    def last_duration(self) -> Fraction:
        """For how many seconds that packet is shown; 0 if unknown."""
        return self._latest_duration * self.unit

    @property
    def end(self) -> Fraction | None:
        """When that packet ends; when it begins, if its duration is unknown."""
        return None if self.last is None else self.last + self.last_duration


def _read_tail(
    container: InputContainer, streams: list[Stream], start: Fraction, since: Fraction
) -> list[_Track]:
    """The packets of each stream from about ``since`` on."""
    tracks = {stream.index: _Track(stream, start) for stream in streams}
    unit = tracks[streams[0].index].unit
    if _seek(container, streams[0], int((max(Fraction(0), since) + start) / unit)):
        for packet in _packets(container, streams):
            tracks[packet.stream_index].note(packet)
    return list(tracks.values())


def from_packets(
    container: InputContainer, stream: VideoStream, sound: list[Stream], start: Fraction
) -> Timing:
    """The timing by all packets."""
    tracks = {one.index: _Track(one, start) for one in (stream, *sound)}
    # Opened anew, as not every file can be rewound.
    with av.open(container.name) as fresh:
        for packet in _packets(fresh, [fresh.streams[index] for index in tracks]):
            tracks[packet.stream_index].note(packet)
    pictures, *rests = tracks.values()
    times = sorted(pictures.times)
    steps = [later - earlier for earlier, later in pairwise(times) if later > earlier]
    seen = len(steps) / float(sum(steps) * pictures.unit) if steps else None
    rate = _likely_rate(stream, seen)
    end = pictures.count / rate  # for a raw stream of pictures, which has no times
    if pictures.last is not None:
        step = min(median_low(steps) * pictures.unit, 1 / rate) if steps else 1 / rate
        end = pictures.last + max(pictures.last_duration, step)
    return Timing(
        rate=rate,
        pictures_end=end,
        sound_end=_last_end([rest.end for rest in rests]),
        frame_count=pictures.count,
        counted=True,
    )


def _likely_rate(stream: VideoStream, seen: float | None) -> Fraction:
    """The header's rate that agrees with the rate ``seen``, or else that one."""
    rates = [Fraction(rate) for rate in (stream.average_rate, stream.guessed_rate) if rate]
    if seen is None:
        return next((rate for rate in rates if 1 <= rate <= _MAX_RATE), _DEFAULT_RATE)
    likely = (rate for rate in rates if abs(float(rate) / seen - 1) < _TOLERANCE)
    measured = Fraction(seen).limit_denominator(_MAX_DENOMINATOR)
    return next(likely, None) or measured or Fraction(1, _MAX_DENOMINATOR)


def _last_end(ends: Iterable[Fraction | None]) -> Fraction:
    return max((end for end in ends if end is not None), default=Fraction(0))


def _packets(container: InputContainer, streams: Sequence[Stream]) -> Iterator[av.Packet[Any]]:
    """The packets that are shown, up to where the file breaks off: decoding reports that."""
    with nothing_but(streams, container), suppress(av.error.FFmpegError):
        for packet in container.demux(list(streams)):
            if packet.size and not packet.is_discard:
                yield packet


def _seek(container: InputContainer, stream: Stream, offset: int) -> bool:
    try:
        container.seek(offset, stream=stream, any_frame=True)
    except av.error.FFmpegError:
        return False
    return True
