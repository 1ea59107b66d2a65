"""How good a layout is: how much overlaps, lies off screen, or is not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.danmaku.drawing.layout import Layout, Placed
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.logs import log
from pipeline.runtime.quantities import counted

_ROUNDING = 1e-6  # stage pixels


@dataclass(frozen=True)
class LayoutQuality:
    """Figures of one layout, under the names that ``layout.json`` has for them."""

    shown: int
    hidden: dict[str, int]
    """How many comments are not shown, by why."""
    shrunk: int
    """Comments whose text is smaller than they ask for."""
    overflowed: int
    """Comments for which there was no room."""
    overlap_pair_seconds: float
    """Sum over all pairs of comments of the same layer and place: seconds in which they overlap."""
    off_screen: float
    """Share of the comments' area, times seconds, that is above or below the picture, or beside
    it if they are fixed."""
    most_on_screen: int
    """Comments on screen at once, at most."""
    most_on_screen_at: float
    """When that is the case first, in seconds."""

    def __str__(self) -> str:
        parts = [f"{self.shown} shown, at most {self.most_on_screen} at once"]
        parts += [f"{count} hidden ({why})" for why, count in self.hidden.items()]
        parts += [f"{self.shrunk} shrunk"] * bool(self.shrunk)
        parts += [f"{self.overflowed} without room"] * bool(self.overflowed)
        if self.overlap_pair_seconds:
            parts.append(f"{self.overlap_pair_seconds:.1f} pair-seconds of overlap")
        return ", ".join(parts)


def measure_quality(layout: Layout) -> LayoutQuality:
    """Measure ``layout``; some seconds for 60,000 comments."""
    groups: dict[tuple[str, str], list[Placed]] = {}
    for placed in layout.placed:
        groups.setdefault((placed.layer, placed.style.place), []).append(placed)
    peak, peak_time = _peak(layout.placed)
    return LayoutQuality(
        shown=len(layout.placed),
        hidden=dict(Counter(hidden.why for hidden in layout.hidden)),
        shrunk=sum(placed.block.shrunk is not None for placed in layout.placed),
        overflowed=sum(not placed.fits for placed in layout.placed),
        overlap_pair_seconds=sum(_overlap_seconds(group) for group in groups.values()),
        off_screen=_off_screen(layout),
        most_on_screen=peak,
        most_on_screen_at=peak_time,
    )


def log_quality(layout: Layout) -> None:
    """Log the quality of ``layout``, and warn of characters that no font has."""
    quality = measure_quality(layout)
    log.debug("%s", quality)
    if quality.overflowed:
        log.info("%s overlap others for want of room", counted(quality.overflowed, "comment"))
    if layout.missing:
        missing = " ".join(sorted(layout.missing))
        log.warning("no font has: %s; they are drawn as boxes", missing)


def count_on_screen(comments: Sequence[Placed], times: Float64s) -> Int64s:
    """(n,) how many of ``comments`` are on screen at each of ``times`` (n,), in seconds."""
    starts = np.sort([placed.motion.start for placed in comments])
    ends = np.sort([placed.motion.end for placed in comments])
    return np.searchsorted(starts, times, "right") - np.searchsorted(ends, times, "right")


def _peak(comments: Sequence[Placed]) -> tuple[int, float]:
    """How many are on screen at most, and since when, in seconds."""
    if not comments:
        return 0, 0.0
    # The count is highest when one of them has just come.
    starts = np.sort([placed.motion.start for placed in comments])
    counts = count_on_screen(comments, starts)
    first = int(counts.argmax())
    return int(counts[first]), max(0.0, float(starts[first]))


def _overlap_seconds(comments: list[Placed]) -> float:
    """Seconds in which their boxes share an area, summed over all pairs."""
    comments = [placed for placed in comments if placed.block.width > 0]
    comments.sort(key=lambda placed: placed.motion.start)
    start, end, x, speed, width, top, bottom = _columns(comments)
    total = 0.0
    oldest = 0
    for number in range(1, len(comments)):
        # Each comment is compared with those that came before it and are still there.
        while oldest < number and end[oldest] <= start[number]:
            oldest += 1
        before = slice(oldest, number)
        meets = (
            (end[before] > start[number])
            & (top[before] < bottom[number] - _ROUNDING)
            & (bottom[before] > top[number] + _ROUNDING)
        )
        others = np.arange(oldest, number)[meets]
        if not others.size:
            continue
        # From the others' left edges to this one's: now, and how it changes each second.
        gap = x[number] - (x[others] - speed[others] * (start[number] - start[others]))
        gap_speed = speed[others] - speed[number]
        begin, end_ = _within(gap, gap_speed, -width[number] + _ROUNDING, width[others] - _ROUNDING)
        together = np.minimum(end[others], end[number]) - start[number]
        total += float(np.clip(np.minimum(end_, together) - begin, 0, None).sum())
    return total


def _columns(comments: Sequence[Placed]) -> Float64s:
    """(7, n) start, end, left edge at the start, speed, width, top and bottom of each."""
    rows = [
        (
            *(placed.motion.start, placed.motion.end, placed.motion.x_start, placed.motion.speed),
            *(placed.motion.width, placed.y, placed.y + placed.block.height),
        )
        for placed in comments
    ]
    return np.array(rows, np.float64).reshape(-1, 7).T


def _within(
    gap: Float64s, gap_speed: Float64s, low: float | Float64s, high: Float64s
) -> tuple[Float64s, Float64s]:
    """The seconds t ≥ 0 between which ``gap + gap_speed · t`` is between ``low`` and ``high``."""
    constant = gap_speed == 0
    divisor = np.where(constant, 1.0, gap_speed)
    edges = np.sort([(low - gap) / divisor, (high - gap) / divisor], axis=0)
    # A gap that does not change lies between them always or never: from inf to -inf.
    inside = (gap > low) & (gap < high)
    always_or_never = np.where(inside, -np.inf, np.inf), np.where(inside, np.inf, -np.inf)
    first, last = (
        np.where(constant, limit, edge) for limit, edge in zip(always_or_never, edges, strict=True)
    )
    return np.maximum(first, 0.0), last


def _off_screen(layout: Layout) -> float:
    if not layout.placed:
        return 0.0
    start, end, x, speed, width, top, bottom = _columns(layout.placed)
    inside = np.clip(np.minimum(bottom, STAGE_HEIGHT) - np.maximum(top, 0), 0, None)
    # Scrolling comments come from beside the picture and leave that way; fixed ones need not.
    across = np.minimum(x + width, layout.screen.width) - np.maximum(x, 0)
    inside = inside * np.where(speed == 0, np.clip(across, 0, None), width)
    seconds = end - start
    area = (bottom - top) * width * seconds
    return float(1 - (inside * seconds).sum() / area.sum()) if area.sum() else 0.0
