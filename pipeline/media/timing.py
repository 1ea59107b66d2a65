"""How long a video is, and how many pictures to expect: measured where headers mislead.

Headers are believed as far as the file's two ends bear them out. That takes some packets at each;
where they do not, or say nothing, all packets are read, and none is decoded.
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

_CUSTOMARY = Fraction(25)
"""Pictures a second of what tells no rate, such as a single picture: ffmpeg's own choice."""
_FASTEST = 300
"""Pictures a second that are believed without looking; cameras reach 240."""
_ALIKE = 1.1
"""By what factor a rate that is told may differ from that of the first pictures."""
_NEARLY = 0.01
"""By what part it may differ from that of all pictures."""
_FINEST = 1001
"""The denominator of NTSC's rates, and the largest of one that is measured."""
_HEAD = 120
"""Packets at the beginning that tell the rate; the last of them may come before their turn."""
_OUT_OF_TURN = 16
"""The most pictures that codecs put off."""
_TAIL = 2
"""Seconds, and a few pictures, before the end in which there has to be one."""
_FEW = 3


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
    """Whether they were counted, by the file's own index or here; else the rate predicts them."""


def timing(
    container: InputContainer, stream: VideoStream, sound: Iterable[Stream], start: Fraction
) -> Timing:
    """Tell of the pictures of ``stream`` and of ``sound``; ``start`` is the file's start.

    Leaves the container at another place.
    """
    sound = list(sound)
    return _told(container, stream, sound, start) or _measured(container, stream, sound, start)


def _told(
    container: InputContainer, stream: VideoStream, sound: list[Stream], start: Fraction
) -> Timing | None:
    """What the headers say, or None if the file's ends do not bear it out."""
    rate = Fraction(stream.average_rate or 0)
    end = _end(stream, start)
    if end is None and container.duration is not None:
        end = Fraction(container.duration, av.time_base)
    if not 0 < rate <= _FASTEST or end is None or end <= 0:
        return None
    if not stream.frames and not _begins_at(container, stream, rate):
        return None
    # Of a transport stream, it is when the last packet begins, which may hold much sound.
    bears = container.format.name != "mpegts"
    told = [_end(one, start) if bears else None for one in sound]
    untold = [one for one, its_end in zip(sound, told, strict=True) if its_end is None]
    pictures, *rests = _tail(container, [stream, *untold], start, end - _TAIL - _FEW / rate)
    if pictures.last is None or pictures.end is None:
        return None
    if _end(stream, start) is None:
        end = pictures.end if pictures.lasts else pictures.last + 1 / rate
    elif not pictures.last < end <= pictures.last + _TAIL + _FEW / rate:
        return None
    return Timing(
        rate=rate,
        pictures_end=end,
        sound_end=_latest([*told, *(rest.end for rest in rests)]),
        frame_count=stream.frames or round(end * rate),
        counted=stream.frames > 0,
    )


def _end(stream: Stream, start: Fraction) -> Fraction | None:
    """What the header says, in seconds from the file's start."""
    if not stream.duration or stream.time_base is None:
        return None
    return Fraction((stream.duration + (stream.start_time or 0)) * stream.time_base) - start


def _begins_at(container: InputContainer, stream: VideoStream, rate: Fraction) -> bool:
    """Whether the first pictures come about as fast as ``rate``."""
    if not _sought(container, stream, stream.start_time or 0):
        return False
    head = _Track(stream, Fraction(0))
    for packet in islice(_packets(container, [stream]), _HEAD):
        head.note(packet)
    settled = sorted(head.times)[:-_OUT_OF_TURN]
    if len(head.times) < _HEAD or settled[-1] <= settled[0]:
        return False  # so short a file is soon read as a whole
    seen = (len(settled) - 1) / float((settled[-1] - settled[0]) * head.unit)
    return 1 / _ALIKE < seen / float(rate) < _ALIKE


class _Track:
    """The packets of a stream, as far as they were read."""

    def __init__(self, stream: Stream, start: Fraction) -> None:
        assert stream.time_base is not None
        self.unit = stream.time_base
        """Seconds in one unit of time; Fractions of each packet would take as long as reading."""
        self.count = 0
        self.times: list[int] = []
        """On the file's own clock; of decoding, where that is all that is told."""
        self._start = start
        self._latest = -(2**63)
        self._lasts = 0

    def note(self, packet: av.Packet[Any]) -> None:
        """Count the next one in."""
        self.count += 1
        time = packet.dts if packet.pts is None else packet.pts
        if time is None:
            return
        self.times.append(time)
        if time >= self._latest:
            self._latest, self._lasts = time, packet.duration or 0

    @property
    def last(self) -> Fraction | None:
        """When what is shown last begins, in seconds from the file's start."""
        return self._latest * self.unit - self._start if self.times else None

    @property
    def lasts(self) -> Fraction:
        """For how many seconds it is shown; 0 where it does not say."""
        return self._lasts * self.unit

    @property
    def end(self) -> Fraction | None:
        """When it ends, as far as it says."""
        return None if self.last is None else self.last + self.lasts


def _tail(
    container: InputContainer, streams: list[Stream], start: Fraction, since: Fraction
) -> list[_Track]:
    """The packets of each stream from ``since`` or so on."""
    tracks = {stream.index: _Track(stream, start) for stream in streams}
    unit = tracks[streams[0].index].unit
    if _sought(container, streams[0], int((max(Fraction(0), since) + start) / unit)):
        for packet in _packets(container, streams):
            tracks[packet.stream_index].note(packet)
    return list(tracks.values())


def _measured(
    container: InputContainer, stream: VideoStream, sound: list[Stream], start: Fraction
) -> Timing:
    """The same from all packets."""
    tracks = {one.index: _Track(one, start) for one in (stream, *sound)}
    # Opened anew, as not every file can be gone back in.
    with av.open(container.name) as fresh:
        for packet in _packets(fresh, [fresh.streams[index] for index in tracks]):
            tracks[packet.stream_index].note(packet)
    pictures, *rests = tracks.values()
    times = sorted(pictures.times)
    steps = [later - earlier for earlier, later in pairwise(times) if later > earlier]
    seen = len(steps) / float(sum(steps) * pictures.unit) if steps else None
    rate = _likely_rate(stream, seen)
    end = pictures.count / rate  # of a bare stream of pictures, which has no times
    if pictures.last is not None:
        step = min(median_low(steps) * pictures.unit, 1 / rate) if steps else 1 / rate
        end = pictures.last + max(pictures.lasts, step)
    return Timing(
        rate=rate,
        pictures_end=end,
        sound_end=_latest([rest.end for rest in rests]),
        frame_count=pictures.count,
        counted=True,
    )


def _likely_rate(stream: VideoStream, seen: float | None) -> Fraction:
    """That of the header which goes with the rate that was ``seen``, or that one."""
    told = [Fraction(rate) for rate in (stream.average_rate, stream.guessed_rate) if rate]
    if seen is None:
        return next((rate for rate in told if 1 <= rate <= _FASTEST), _CUSTOMARY)
    likely = (rate for rate in told if abs(float(rate) / seen - 1) < _NEARLY)
    return next(likely, None) or Fraction(seen).limit_denominator(_FINEST) or Fraction(1, _FINEST)


def _latest(ends: Iterable[Fraction | None]) -> Fraction:
    return max((end for end in ends if end is not None), default=Fraction(0))


def _packets(container: InputContainer, streams: Sequence[Stream]) -> Iterator[av.Packet[Any]]:
    """Those that are shown, up to where the file breaks off: decoding tells of that."""
    with nothing_but(streams, container), suppress(av.error.FFmpegError):
        for packet in container.demux(list(streams)):
            if packet.size and not packet.is_discard:
                yield packet


def _sought(container: InputContainer, stream: Stream, offset: int) -> bool:
    try:
        container.seek(offset, stream=stream, any_frame=True)
    except av.error.FFmpegError:
        return False
    return True
