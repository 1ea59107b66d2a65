"""The parameters of an episode and of an album."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, get_args

import msgspec

from pipeline.runtime.errors import ExitCode, PipelineError

RATE = Fraction(24)
"""Pictures a second."""
FRAMES_PER_DRAWING = 3
"""Limited animation "on threes": every drawing is held for three frames."""
SHORTEST_SECONDS = 2.0
SMALLEST_SIDE = 32
Light = Literal["day", "sunset", "night", "snow"]
LIGHTS: tuple[Light, ...] = get_args(Light)
"""In which the same drawings can be shown."""
MOST_STILLS = 9999
"""Their files have numbers of four digits."""


class EpisodeSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The only input: the same spec gives the same episode.

    Raises PipelineError (INVALID_SETTING) where a value is out of range.
    """

    episode: int = 1
    """Number of the episode, from 1."""
    seed: int = 2017
    """Not negative."""
    seconds: float = 90.0
    """Length; rounded to a whole number of frames."""
    width: int = 640
    """Pixels, even, at least ``height``."""
    height: int = 360
    """Pixels, even."""
    comment_rate: float = 15.0
    """Comments a second, on average over the episode."""
    light: Light = "day"
    """In which all of it is drawn; nothing else depends on it."""

    def __post_init__(self) -> None:
        _require(self.episode >= 1, f"there is no episode {self.episode}", "Count from 1")
        _require_seed(self.seed)
        _require(
            SHORTEST_SECONDS <= self.seconds < float("inf"),
            f"an episode cannot last {self.seconds:g} seconds",
            f"Give {SHORTEST_SECONDS:g} seconds or more",
        )
        _require_size(self.width, self.height)
        _require(
            0 <= self.comment_rate < float("inf"),
            f"the comment rate {self.comment_rate:g} is not a number of comments a second",
            "Give 0 or more",
        )
        _require(
            self.light in LIGHTS,
            f"the show has no light {self.light!r}",
            f"Give one of {', '.join(LIGHTS)}",
        )

    @property
    def stem(self) -> str:
        """The name that the episode's files share."""
        light = "" if self.light == "day" else f"-{self.light}"
        return f"nekomachi-{self.episode:02d}{light}"

    @property
    def frame_count(self) -> int:
        """Frames in the whole episode."""
        return round(self.seconds * RATE)


class AlbumSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The only input of an album: the same spec gives the same stills and jokes.

    Raises PipelineError (INVALID_SETTING) where a value is out of range.
    """

    stills: int = 300
    seed: int = 2017
    """Not negative."""
    width: int = 320
    """Pixels, even, at least ``height``."""
    height: int = 180
    """Pixels, even."""
    lights: bool = False
    """Whether each still is of a scene of its own, drawn in all lights, and without jokes: a folder
    for each light, with the same names."""
    shots: bool = False
    """Whether the camera goes near and far, and some pictures show nobody; otherwise every picture
    shows the whole stage."""

    def __post_init__(self) -> None:
        _require(
            1 <= self.stills <= MOST_STILLS,
            f"an album cannot have {self.stills} stills",
            f"Give 1 to {MOST_STILLS}",
        )
        _require_seed(self.seed)
        _require_size(self.width, self.height)

    @property
    def stem(self) -> str:
        """The name of the album's folder, which its truth shares."""
        kind = "lights" if self.lights else "shots" if self.shots else "album"
        return f"nekomachi-{kind}-{self.seed}"


def _require_seed(seed: int) -> None:
    _require(seed >= 0, f"the seed {seed} is negative", "Give 0 or more")


def _require_size(width: int, height: int) -> None:
    _require(
        SMALLEST_SIDE <= height <= width and width % 2 == height % 2 == 0,
        f"the show cannot be drawn at {width}x{height} pixels",
        f"Give two even numbers of {SMALLEST_SIDE} or more, the width no less than the height,"
        " like 640x360",
    )


def _require(holds: bool, problem: str, remedy: str) -> None:
    if not holds:
        raise PipelineError(ExitCode.INVALID_SETTING, problem, remedy)
