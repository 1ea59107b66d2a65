"""What the player of the page shows, as the JSON that its scripts read.

Times are in seconds from the video's start, lengths in pixels of a stage 1080 px high. Texts are
as strangers wrote them: scripts may only ever set them as text.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pipeline.danmaku.drawing.comment import Layer
from pipeline.danmaku.drawing.exported import DrawnComment
from pipeline.danmaku.drawing.layout import Why

ACROSS = 32
"""Heat maps beside one another on a sheet."""
A_SHEET = 1024
"""Heat maps of a sheet."""

HeatKind = Literal["attention", "evidence"]
"""See pipeline.captioning.attention_maps."""


class Explanation(msgspec.Struct, frozen=True):
    """Why the model wrote a comment."""

    seen: float
    """When the picture is on screen that it was written about."""
    words: list[str]
    """As the model sees them, without the end mark."""
    map: int
    """Number of the first heat map; one for each word, as far as there are, then the end mark's.
    Map n is on sheet ``n // A_SHEET``, there in row ``n % A_SHEET // ACROSS`` and column
    ``n % ACROSS``."""
    peaks: list[float]
    """For each heat map, the share of attention that its hottest position has; empty for a model
    without attention."""
    nats: float
    """Negative log-likelihood a word, end mark included."""
    told: float
    """Nats by which the picture makes the whole comment likelier than the mean picture does."""
    told_rank: int
    """Its place by ``told`` among all generated comments of the video, from 1."""
    rank: int
    """Its place by likelihood among ``candidates``, from 1; 0 where that was not asked."""
    candidates: int
    copies: int
    """How often viewers wrote just that in what was learned from; 0: it is novel."""
    near: list[tuple[int, float]]
    """Places among ``Player.learned`` and how similar those pictures are (cosine)."""


class Spoken(msgspec.Struct, frozen=True):
    """A comment."""

    kind: Layer
    time: float
    text: str
    shown: DrawnComment | None
    """None for one that is not drawn."""
    hidden: Why | None
    """Why not."""
    explained: Explanation | None
    """None for what people wrote."""


class Learned(msgspec.Struct, frozen=True):
    """A picture that the model learned from."""

    picture: str
    """Path of a JPEG, from the page."""
    video: str
    time: float
    comments: list[str]
    """What viewers wrote about it."""


class Heat(msgspec.Struct, frozen=True):
    """The sheets of heat maps, PNG files with transparency: ``heat/KIND-000.png``."""

    side: int
    """A map is so many pixels across and down, spread over the whole picture."""
    kinds: list[HeatKind]


class Player(msgspec.Struct, frozen=True):
    """All that the scripts know."""

    video: str
    """Name of the file that was annotated."""
    media: str
    """Path of the video file that is played, from the page."""
    seconds: float
    frame: float
    """Seconds that a picture of the video is shown, on average."""
    stage: tuple[float, float]
    """Width and height (1080) that lengths refer to."""
    comments: list[Spoken]
    """By time."""
    learned: list[Learned]
    heat: Heat | None
    """None for a model without attention."""
