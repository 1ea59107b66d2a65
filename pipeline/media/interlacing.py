"""Interlaced video: whether pictures are of two fields each, and what makes them whole."""

from __future__ import annotations

import logging
import math
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from threading import Lock

import av

from pipeline.media.probe import VideoInfo

log = logging.getLogger("yajiuma")

_PLACES = 4
"""From which pictures are looked at, spread over the video: it may begin in black."""
_PICTURES = 8
"""Looked at from each of them: 0.1 s in all for 1280 × 720 on two cores."""
_TALLEST = 1088
"""Lines; no taller video is interlaced, and looking at it would cost most."""
_THRESHOLD = 1.2
"""idet's, by which one order of fields is to be rougher than the other. With its own, 1.04, test
patterns that move count as interlaced; with this one none of them does, and half of the
pictures or more of three films that were interlaced for the trial."""
_ENOUGH = 8
"""Pictures that settle what they look like."""
_MOST = 0.7
"""Share of pictures that look interlaced where video is that is not marked so."""

_LOOKING = Lock()
"""Parts of a video that are decoded at once wait for the one that looks."""


@dataclass(frozen=True)
class Fields:
    """What some of a video's pictures are like."""

    marked: int
    """How many are marked as interlaced."""
    looks: Counter[str]
    """How many look like ``tff``, ``bff`` and ``progressive`` to ffmpeg's idet."""

    @property
    def first(self) -> str:
        """The field that is first in most of those that look interlaced."""
        return "tff" if self.looks["tff"] >= self.looks["bff"] else "bff"

    @property
    def surplus(self) -> int:
        """How many more have it first than the other one; still patterns confuse idet evenly."""
        return abs(self.looks["tff"] - self.looks["bff"])


def deinterlacing(video: VideoInfo) -> list[str]:
    """ffmpeg's filters that make one whole picture of each interlaced one; none if there is none.

    Times and numbers of pictures stay as they are.
    """
    with _LOOKING:
        filters = _decided(video)
    return [filters] if filters else []


@cache
def _decided(video: VideoInfo) -> str | None:
    if video.height > _TALLEST:
        return None
    fields = _fields(video)
    progressive, surplus = fields.looks["progressive"], fields.surplus
    settled = progressive + fields.looks["tff"] + fields.looks["bff"]
    if fields.marked and progressive >= _ENOUGH and progressive > 2 * surplus:
        log.info("it is marked as interlaced and does not look so: pictures are left as they are")
        return None
    if fields.marked:
        first, which = fields.first if surplus >= _ENOUGH else "auto", "interlaced"
    elif surplus >= max(_ENOUGH, _MOST * settled):
        first, which = fields.first, "all"
    else:
        return None
    log.info("interlaced%s: its pictures are made whole", "" if fields.marked else ", unmarked")
    return f"bwdif=mode=send_frame:parity={first}:deint={which}"


def _fields(video: VideoInfo) -> Fields:
    """Look at some pictures."""
    marked, looks, seen = 0, Counter[str](), -math.inf
    with av.open(str(video.path)) as container:
        stream = container.streams[video.stream]
        assert isinstance(stream, av.VideoStream)
        stream.thread_type = "AUTO"
        for place in range(_PLACES):
            graph = av.filter.Graph()
            idet = graph.add("idet", f"intl_thres={_THRESHOLD}")
            graph.link_nodes(graph.add_buffer(template=stream), idet, graph.add("buffersink"))
            graph.configure()
            # A file that cannot be read there is told of by those who need its pictures.
            with suppress(av.error.FFmpegError):
                if place:
                    seconds = video.start + video.duration * place / _PLACES
                    container.seek(int(seconds * av.time_base))
                # Seeking may lead back to what was seen.
                coming = (each for each in container.decode(stream) if (each.time or 0) > seen)
                for picture in islice(coming, _PICTURES):
                    seen = picture.time or 0
                    marked += picture.interlaced_frame
                    graph.push(picture)
                    with suppress(av.error.BlockingIOError):
                        looks[graph.pull().metadata["lavfi.idet.single.current_frame"]] += 1
    return Fields(marked, looks)
