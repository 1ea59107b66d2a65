"""Reading some of a file's streams, and as little as possible of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from av.container import InputContainer
from av.stream import Discard, Stream


@contextmanager
def nothing_but(streams: Sequence[Stream], container: InputContainer) -> Iterator[None]:
    """Within the block, read only ``streams`` of ``container``, if its format can skip others."""
    wanted = {stream.index for stream in streams}
    others = [stream for stream in container.streams if stream.index not in wanted]
    before = [stream.discard for stream in others]
    for stream in others:
        stream.discard = Discard.all
    try:
        yield
    finally:
        for stream, discard in zip(others, before, strict=True):
            stream.discard = discard
