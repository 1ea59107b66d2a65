"""What the player of the page shows, as the JSON that its scripts read.

Times are in seconds from the video's start, lengths in pixels of a stage 1080 px high. Texts come
from strangers: scripts may only ever set them as text.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pipeline.danmaku.drawing.comment import Layer
from pipeline.danmaku.drawing.exported import DrawnComment
from pipeline.danmaku.drawing.layout import Why
from pipeline.danmaku.drawing.style import Font
from pipeline.report.tile_sheets import Sheets

MAPS_PER_ROW = 32
"""Heat maps beside one another on a sheet."""
MAPS_PER_SHEET = 1024

HeatKind = Literal["attention", "saliency"]
"""See pipeline.captioning.attention_maps."""


class Explanation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why the model wrote a comment."""

    seen: float
    """The middle of the time for which the picture that it was written about is on screen."""
    words: list[str]
    """As the model sees them, without the end mark."""
    map: int
    """Number of the first heat map; there is one for each word, as far as there are any, then the
    end mark's. Map n is on sheet ``n // MAPS_PER_SHEET``, there in row
    ``n % MAPS_PER_SHEET // MAPS_PER_ROW`` and column ``n % MAPS_PER_ROW``."""
    peaks: list[float]
    """For each heat map, the share of attention that its hottest position has; empty for a model
    without attention."""
    saliency_peaks: list[float]
    """The same of saliency."""
    places: list[tuple[float, int]]
    """Of each word and the end mark: its probability, and its rank by that among all words."""
    nats: float
    """Negative log-likelihood per word, end mark included."""
    pmi: float
    """log p(comment | picture) - log p(comment | mean picture), in nats, over the whole comment."""
    pmi_rank: int
    """Its rank by ``pmi`` among all generated comments of the video, from 1."""
    rank: int
    """Its rank by likelihood among ``candidates``, from 1; 0 where it was not ranked."""
    candidates: int
    copies: int
    """How many training comments have exactly these words; 0: it is novel."""
    near: list[tuple[int, float]]
    """Places in ``Player.training_pictures`` and how similar those pictures are (cosine)."""
    named: bool | None = None
    """Whether all whom it names are on screen; None where it names nobody, or nobody knows."""


class Shape(msgspec.Struct, frozen=True):
    """What comments of one size have in common; ``DrawnComment`` says what the fields mean."""

    height: float
    font_size: float
    line_pitch: float
    baseline: float
    outline: float


class Drawn(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of a ``DrawnComment`` the overlay needs beside its shape.

    A page has thousands, so what most have in common is left out.
    """

    shape: int
    """Its place in ``Player.shapes``."""
    start: float
    end: float
    x: float
    speed: float
    y: float
    width: float
    text: str | None = None
    """None for the comment's own."""
    font: Font | None = None
    """None for Gothic."""
    color: str | None = None
    """None for white."""
    opacity: float | None = None
    """None for 1."""

    @classmethod
    def of(cls, made: DrawnComment, text: str, shapes: dict[Shape, int]) -> Drawn:
        """Of the comment with this ``text``; its shape is added to ``shapes`` if it is new."""
        shape = Shape(**{name: getattr(made, name) for name in Shape.__struct_fields__})
        return cls(
            shape=shapes.setdefault(shape, len(shapes)),
            start=made.start,
            end=made.end,
            x=made.x,
            speed=made.speed,
            y=made.y,
            width=made.width,
            text=None if made.text == text else made.text,
            font=None if made.font == "defont" else made.font,
            color=None if made.color == "#ffffff" else made.color,
            opacity=None if made.opacity == 1 else made.opacity,
        )


class TimedComment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A comment."""

    kind: Layer
    time: float
    text: str
    drawn: Drawn | None = None
    """None for one that is not drawn."""
    hidden: Why | None = None
    """Why it is not drawn."""
    explanation: Explanation | None = None
    """None for comments of people."""


class TrainingPicture(msgspec.Struct, frozen=True):
    """A picture that the model learned from."""

    picture: str
    """Path of a JPEG, from the page."""
    video: str
    time: float
    comments: list[str]
    """Those of viewers about it, the most frequent first."""


class Heat(msgspec.Struct, frozen=True):
    """The sheets of heat maps, PNG files with transparency: ``heat/KIND-000.png``."""

    side: int
    """Positions of a map, across and down, spread over the whole picture; one pixel each."""
    kinds: list[HeatKind]


class Previews(msgspec.Struct, frozen=True):
    """Small pictures of the video, for the seek bar."""

    sheets: Sheets
    seconds: float
    """From one of them to the next; the first is of the start."""


class TagTimes(msgspec.Struct, frozen=True):
    """When a tag holds."""

    name: str
    spans: list[tuple[float, float]]
    """From when to when, by time."""


class Player(msgspec.Struct, frozen=True):
    """The data of the section: all that its scripts know."""

    media: str
    """Path of the video file that is played, from the page."""
    seconds: float
    frame: float
    """Seconds for which one picture of the video is shown, on average."""
    stage: tuple[float, float]
    """Width and height (1080) that lengths refer to."""
    shapes: list[Shape]
    comments: list[TimedComment]
    """By time."""
    training_pictures: list[TrainingPicture]
    heat: Heat | None
    """None for a model without attention."""
    tags: list[TagTimes]
    """Those that hold longest first."""
    previews: Previews | None = None
