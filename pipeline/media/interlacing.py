"""Interlaced video: whether pictures consist of two fields, and the filters that merge these.

Files are often marked wrongly, so some pictures are looked at with ffmpeg's idet, which compares
neighbouring lines: in an interlaced picture that moves they are of two different moments.
"""

from __future__ import annotations

import math
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from threading import Lock

import av

from pipeline.media.probe import VideoInfo
from pipeline.runtime.logs import log

_PLACES = 4
"""Places in the video at which pictures are looked at: it may begin in black."""
_PICTURES = 8
"""Pictures looked at in each place: 0.1 s in all for 1280 × 720 on two cores."""
_MAX_HEIGHT = 1088
"""Lines; no taller video is interlaced, and looking at it would take longest."""
_THRESHOLD = 1.2
"""idet's intl_thres: by what factor one order of fields has to be rougher than the other. With
the default, 1.04, moving test patterns count as interlaced; with this value none of them does, but
half of the pictures or more of three films that were interlaced for a trial."""
_MIN_PICTURES = 8
"""Pictures that have to agree."""
_MIN_SHARE = 0.7
"""Share of the pictures that have to look interlaced if the video is not marked as such."""

_LOCK = Lock()
"""Held while pictures are looked at: several segments of a video ask at once, and one look serves
all of them."""


@dataclass(frozen=True)
class FieldCounts:
    """How many of a video's pictures are marked and look interlaced."""

    marked: int
    """How many are marked as interlaced."""
    detected: Counter[str]
    """How many are ``tff`` (top field first), ``bff`` and ``progressive`` to ffmpeg's idet."""

    @property
    def first(self) -> str:
        """The order of fields of most pictures that look interlaced."""
        return "tff" if self.detected["tff"] >= self.detected["bff"] else "bff"

    @property
    def surplus(self) -> int:
        """How many more have that order than the other. Still patterns confuse idet evenly."""
        return abs(self.detected["tff"] - self.detected["bff"])


def deinterlacing(video: VideoInfo) -> list[str]:
    """ffmpeg's filters that make a progressive picture of each interlaced one; none if not needed.

    The number of pictures and their times do not change.
    """
    with _LOCK:
        chosen = _filter(video)
    return [chosen] if chosen else []


@cache
def _filter(video: VideoInfo) -> str | None:
    if video.height > _MAX_HEIGHT:
        return None
    fields = _count_fields(video)
    progressive, surplus = fields.detected["progressive"], fields.surplus
    decided = progressive + fields.detected["tff"] + fields.detected["bff"]
    if fields.marked and progressive >= _MIN_PICTURES and progressive > 2 * surplus:
        log.info("it is marked as interlaced but does not look so: pictures are left as they are")
        return None
    if fields.marked:
        first, which = fields.first if surplus >= _MIN_PICTURES else "auto", "interlaced"
    elif surplus >= max(_MIN_PICTURES, _MIN_SHARE * decided):
        first, which = fields.first, "all"
    else:
        return None
    log.info("interlaced%s: its pictures are deinterlaced", "" if fields.marked else ", unmarked")
    return f"bwdif=mode=send_frame:parity={first}:deint={which}"


def _count_fields(video: VideoInfo) -> FieldCounts:
    """Look at some pictures in several places."""
    marked, detected, latest = 0, Counter[str](), -math.inf
    with av.open(str(video.path)) as container:
        stream = container.streams[video.stream]
        assert isinstance(stream, av.VideoStream)
        stream.thread_type = "AUTO"
        for place in range(_PLACES):
            graph = av.filter.Graph()
            idet = graph.add("idet", f"intl_thres={_THRESHOLD}")
            graph.link_nodes(graph.add_buffer(template=stream), idet, graph.add("buffersink"))
            graph.configure()
            # Whoever needs its pictures reports a file that cannot be read there.
            with suppress(av.error.FFmpegError):
                if place:
                    seconds = video.start + video.duration * place / _PLACES
                    container.seek(int(seconds * av.time_base))
                # Seeking may lead back to pictures that were looked at.
                new = (each for each in container.decode(stream) if (each.time or 0) > latest)
                for picture in islice(new, _PICTURES):
                    latest = picture.time or 0
                    marked += picture.interlaced_frame
                    graph.push(picture)
                    with suppress(av.error.BlockingIOError):
                        detected[graph.pull().metadata["lavfi.idet.single.current_frame"]] += 1
    return FieldCounts(marked, detected)
