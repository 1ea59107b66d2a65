"""Settings of the alignment; light to import, because the stage declares them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class HeldOutSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is held out of training to measure a model on."""

    by: Literal["frames", "seconds", "blocks", "halves", "videos"] = "seconds"
    """The unit that is held out as a whole: random frames, as in the article, random seconds or
    blocks, the second half of the video, or whole videos. Neighbouring frames show the same
    picture, so holding out frames is no fair test."""
    share: Annotated[float, Meta(gt=0, lt=1)] = 0.1
    """Share of the frames, seconds, blocks or videos."""
    block_seconds: Annotated[float, Meta(ge=1)] = 30
    """Length of a block."""
