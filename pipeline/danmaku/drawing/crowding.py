"""What a layout is worth: how much lies over one another, off screen, or is not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.danmaku.drawing.layout import Layout, Placed
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.runtime.arrays import Float64s

_ROUNDING = 1e-6  # stage pixels


@dataclass(frozen=True)
class LayoutReport:
    """Figures of one layout."""

    shown: int
    hidden: dict[str, int]
    """How many comments are not shown, by why."""
    shrunk: int
    """Comments whose text is smaller than they ask for."""
    overflowed: int
    """Comments for which there was no room."""
    overlap_pair_seconds: float
    """For each two comments of the same layer and place, the seconds in which they overlap."""
    off_screen: float
    """Share of the comments' area, times seconds, that is above or below the picture, or beside
    it if they are fixed."""
    most_on_screen: int
    most_on_screen_at: float
    """Seconds."""

    def __str__(self) -> str:
        said = [f"{self.shown} shown, at most {self.most_on_screen} at once"]
        said += [f"{count} hidden ({why})" for why, count in self.hidden.items()]
        said += [f"{self.shrunk} shrunk"] * bool(self.shrunk)
        said += [f"{self.overflowed} without room"] * bool(self.overflowed)
        if self.overlap_pair_seconds:
            said.append(f"{self.overlap_pair_seconds:.1f} pair-seconds of overlap")
        return ", ".join(said)


def examine(layout: Layout) -> LayoutReport:
    """Measure ``layout``; some seconds for 60,000 comments."""
    groups: dict[tuple[str, str], list[Placed]] = {}
    for placed in layout.placed:
        groups.setdefault((placed.layer, placed.style.place), []).append(placed)
    most, at = _peak(layout.placed)
    return LayoutReport(
        shown=len(layout.placed),
        hidden=dict(Counter(hidden.why for hidden in layout.hidden)),
        shrunk=sum(placed.block.shrunk is not None for placed in layout.placed),
        overflowed=sum(not placed.fits for placed in layout.placed),
        overlap_pair_seconds=sum(_overlap_seconds(group) for group in groups.values()),
        off_screen=_off_screen(layout),
        most_on_screen=most,
        most_on_screen_at=at,
    )


def _peak(comments: Sequence[Placed]) -> tuple[int, float]:
    if not comments:
        return 0, 0.0
    starts = np.sort([placed.motion.start for placed in comments])
    ends = np.sort([placed.motion.end for placed in comments])
    counts = np.arange(1, len(starts) + 1) - np.searchsorted(ends, starts, side="right")
    first = int(counts.argmax())
    return int(counts[first]), max(0.0, float(starts[first]))


def _overlap_seconds(comments: list[Placed]) -> float:
    """Seconds summed over all pairs in which their boxes share an area."""
    comments = [placed for placed in comments if placed.block.width > 0]
    comments.sort(key=lambda placed: placed.motion.start)
    start, end, x, speed, width, top, bottom = _columns(comments)
    total = 0.0
    oldest = 0
    for number in range(1, len(comments)):
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
        # Their left edges are so far apart, and part so fast.
        gap = x[number] - (x[others] - speed[others] * (start[number] - start[others]))
        parting = speed[others] - speed[number]
        touching = _within(gap, parting, -width[number] + _ROUNDING, width[others] - _ROUNDING)
        lasting = np.minimum(end[others], end[number]) - start[number]
        total += float(np.clip(np.minimum(touching[1], lasting) - touching[0], 0, None).sum())
    return total


def _columns(comments: Sequence[Placed]) -> Float64s:
    rows = [
        (
            *(placed.motion.start, placed.motion.end, placed.motion.x_start, placed.motion.speed),
            *(placed.motion.width, placed.y, placed.y + placed.block.height),
        )
        for placed in comments
    ]
    return np.array(rows, np.float64).reshape(-1, 7).T


def _within(
    gap: Float64s, parting: Float64s, low: float | Float64s, high: Float64s
) -> tuple[Float64s, Float64s]:
    """From when on and until when ``gap + parting · t`` is between ``low`` and ``high``."""
    still = parting == 0
    safe = np.where(still, 1.0, parting)
    edges = np.sort([(low - gap) / safe, (high - gap) / safe], axis=0)
    inside = (gap > low) & (gap < high)
    never_or_always = np.where(inside, -np.inf, np.inf), np.where(inside, np.inf, -np.inf)
    first, last = (
        np.where(still, constant, edge)
        for constant, edge in zip(never_or_always, edges, strict=True)
    )
    return np.maximum(first, 0.0), last


def _off_screen(layout: Layout) -> float:
    if not layout.placed:
        return 0.0
    start, end, x, speed, width, top, bottom = _columns(layout.placed)
    inside = np.clip(np.minimum(bottom, STAGE_HEIGHT) - np.maximum(top, 0), 0, None)
    across = np.minimum(x + width, layout.screen.width) - np.maximum(x, 0)
    inside = inside * np.where(speed == 0, np.clip(across, 0, None), width)
    seconds = end - start
    area = (bottom - top) * width * seconds
    return float(1 - (inside * seconds).sum() / area.sum()) if area.sum() else 0.0
