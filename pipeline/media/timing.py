"""How long a video is, and how many pictures to expect: measured where headers mislead.

Headers are believed as far as the file's two ends bear them out. That takes some packets at each;
where they do not, or say nothing, all packets are read, and none is decoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from statistics import median
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
    untold = [one for one in sound if _end(one, start) is None]
    last, *rests = _tail(container, [stream, *untold], start, end - _TAIL - _FEW / rate)
    if last.shown is None or last.end is None:
        return None
    if _end(stream, start) is None:
        end = last.end if last.lasts else last.shown + 1 / rate
    elif not last.shown < end <= last.shown + _TAIL + _FEW / rate:
        return None
    ends = [_end(one, start) for one in sound] + [rest.end for rest in rests]
    return Timing(
        rate=rate,
        pictures_end=end,
        sound_end=max((one for one in ends if one is not None), default=Fraction(0)),
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
    times = sorted(time for time, _ in islice(_timed(container, [stream]), _HEAD))
    settled = times[:-_OUT_OF_TURN]
    if len(times) < _HEAD or settled[-1] <= settled[0]:
        return False  # so short a file is soon read as a whole
    seen = (len(settled) - 1) / float(settled[-1] - settled[0])
    return 1 / _ALIKE < seen / float(rate) < _ALIKE


@dataclass
class _Last:
    """The last packet of a stream in order of showing; times from the file's start."""

    shown: Fraction | None = None
    lasts: Fraction = Fraction(0)
    """0 where it does not say."""

    @property
    def end(self) -> Fraction | None:
        return None if self.shown is None else self.shown + self.lasts


def _tail(
    container: InputContainer, streams: list[Stream], start: Fraction, since: Fraction
) -> list[_Last]:
    """The last packet of each stream, if it is not before ``since`` or so."""
    last = {stream.index: _Last() for stream in streams}
    first = streams[0]
    assert first.time_base is not None
    if _sought(container, first, int((max(Fraction(0), since) + start) / first.time_base)):
        for time, packet in _timed(container, streams):
            _note(last[packet.stream_index], time - start, packet)
    return list(last.values())


def _measured(
    container: InputContainer, stream: VideoStream, sound: list[Stream], start: Fraction
) -> Timing:
    """The same from all packets."""
    last = {one.index: _Last() for one in (stream, *sound)}
    times: list[Fraction] = []
    count = 0
    # Opened anew, as not every file can be gone back in.
    with av.open(container.name) as fresh:
        for packet in _packets(fresh, [fresh.streams[index] for index in last]):
            is_picture = packet.stream_index == stream.index
            count += is_picture
            if (time := _time(packet)) is not None:
                _note(last[packet.stream_index], time - start, packet)
                if is_picture:
                    times.append(time - start)
    times.sort()
    steps = [later - earlier for earlier, later in pairwise(times) if later > earlier]
    rate = _likely_rate(stream, steps)
    picture, *rests = last.values()
    end = count / rate  # of a bare stream of pictures, which has no times
    if picture.shown is not None:
        step = min(median(steps), 1 / rate) if steps else 1 / rate
        end = picture.shown + max(picture.lasts, step)
    return Timing(
        rate=rate,
        pictures_end=end,
        sound_end=max((rest.end for rest in rests if rest.end is not None), default=Fraction(0)),
        frame_count=count,
        counted=True,
    )


def _likely_rate(stream: VideoStream, steps: list[Fraction]) -> Fraction:
    """That of the header which goes with the ``steps`` between pictures, or theirs."""
    told = [Fraction(rate) for rate in (stream.average_rate, stream.guessed_rate) if rate]
    if not steps:
        return next((rate for rate in told if 1 <= rate <= _FASTEST), _CUSTOMARY)
    seen = len(steps) / float(sum(steps))
    likely = (rate for rate in told if abs(float(rate) / seen - 1) < _NEARLY)
    return next(likely, None) or Fraction(seen).limit_denominator(_FINEST) or Fraction(1, _FINEST)


def _note(last: _Last, time: Fraction, packet: av.Packet[Any]) -> None:
    if last.shown is None or time >= last.shown:
        last.shown = time
        last.lasts = Fraction((packet.duration or 0) * packet.time_base)


def _timed(
    container: InputContainer, streams: list[Stream]
) -> Iterator[tuple[Fraction, av.Packet[Any]]]:
    for packet in _packets(container, streams):
        if (time := _time(packet)) is not None:
            yield time, packet


def _packets(container: InputContainer, streams: list[Stream]) -> Iterator[av.Packet[Any]]:
    """Those that are shown, up to where the file breaks off: decoding tells of that."""
    with nothing_but(streams, container), suppress(av.error.FFmpegError):
        for packet in container.demux(streams):
            if packet.size and not packet.is_discard:
                yield packet


def _time(packet: av.Packet[Any]) -> Fraction | None:
    """Seconds on the file's own clock; when it is decoded, where that is all that is told."""
    time = packet.dts if packet.pts is None else packet.pts
    return None if time is None else Fraction(time * packet.time_base)


def _sought(container: InputContainer, stream: Stream, offset: int) -> bool:
    try:
        container.seek(offset, stream=stream, any_frame=True)
    except av.error.FFmpegError:
        return False
    return True
