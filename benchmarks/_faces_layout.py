"""Do comments leave faces free? On episodes of the show, whose truth says where faces are.

Both layouts have the same comments and the same rules; one avoids faces.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.screen import screen_comment
from pipeline.danmaku.drawing.avoidance import Regions
from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.layout import Layout, lay_out
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.danmaku.drawing.screen import Region, Screen, screen_of
from pipeline.evaluation.intervals import ratio_interval
from pipeline.lettering.glyphs import Typeface
from pipeline.media.video_file import VideoFile
from pipeline.runtime.arrays import Bools, Float64s, Int64s
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from pipeline.show.truth import Truth, truth_path

_SEASONS = (2017, 2018, 2019)
_RATES = (3.0, 6.0)
"""Comments a second: as many as on a popular episode of Niconico, and twice as many."""
_PER_SECOND = 4  # moments at which it is looked
_SCALE = 6  # stage pixels across a cell of those in which areas are counted
_RUNS = 5  # of which the median time counts


class Compared(NamedTuple):
    """One episode, laid out in both ways."""

    before: Layout
    after: Layout
    scene: Int64s
    """(moments,) the number of each one's scene."""
    area: Int64s
    """(moments,) cells that faces fill."""
    covered_before: Int64s
    """(moments,) those of them that comments cover."""
    covered_after: Int64s
    time_ratio: float
    """Of the time that placing takes."""


def measure(folder: Path, settings: str) -> dict[str, float]:
    """Print how much of faces is covered; return the figures that stand for all."""
    del settings  # there is nothing to set
    figures: dict[str, float] = {}
    for rate in _RATES:
        compared = [
            _compare(folder / "layout" / f"{rate:g}-{seed}", seed, rate) for seed in _SEASONS
        ]
        figures |= _figures(compared, "" if rate == _RATES[0] else f"_{rate:g}_a_second")
    for name, figure in figures.items():
        print(f"{name:38} {figure:.3f}")
    return figures


def _figures(compared: list[Compared], ending: str) -> dict[str, float]:
    # Scenes are resampled, of all seasons.
    scenes = np.concatenate([1000 * number + one.scene for number, one in enumerate(compared)])
    area = np.concatenate([one.area for one in compared])
    covered = {
        "faces_covered_before": np.concatenate([one.covered_before for one in compared]),
        "faces_covered_after": np.concatenate([one.covered_after for one in compared]),
    }
    found: dict[str, float] = {}
    for name, cells in covered.items():
        share = ratio_interval(cells, area, scenes)
        found[name] = share.mean
        if share.low is not None and share.high is not None:
            found |= {f"{name}_low": share.low, f"{name}_high": share.high}
    found |= {
        "layout_time_ratio": statistics.mean(one.time_ratio for one in compared),
        "shown_before": sum(len(one.before.placed) for one in compared),
        "shown_after": sum(len(one.after.placed) for one in compared),
    }
    return {f"{name}{ending}": round(figure, 4) for name, figure in found.items()}


def _compare(folder: Path, seed: int, rate: float) -> Compared:
    folder.mkdir(parents=True, exist_ok=True)
    spec = EpisodeSpec(seed=seed, seconds=90, width=320, height=180, comment_rate=rate)
    episode = make_episode(folder, spec)
    truth, video = Truth.load(truth_path(folder, spec.stem)), VideoFile.open(episode)
    comments = [screen_comment(one) for one in read_comments(episode.with_suffix(".xml"))]
    shown = list(_shown(truth))
    plain, avoiding = screen_of(video), screen_of(video, shown)
    before, seconds_before = _laid_out(comments, plain)
    after, seconds_after = _laid_out(comments, avoiding)
    frames = (_moments(spec.seconds) * float(Fraction(truth.frame_rate))).astype(np.int64)
    starts = [scene.start_frame for scene in truth.scenes]
    area, covered_before = _covered(before, avoiding, spec.seconds)
    _, covered_after = _covered(after, avoiding, spec.seconds)
    return Compared(
        before,
        after,
        np.searchsorted(starts, frames, side="right"),
        area,
        covered_before,
        covered_after,
        seconds_after / seconds_before,
    )


def _shown(truth: Truth) -> Iterator[tuple[float, float, tuple[int, int, int, int]]]:
    """The box of each face with its time, drawing by drawing, as ``faces.jsonl`` has them."""
    rate, step = Fraction(truth.frame_rate), truth.frames_per_drawing
    for frame in range(0, truth.frame_count, step):
        for face in truth.faces(frame).values():
            yield float(frame / rate), float((frame + step) / rate), face.box


def _laid_out(comments: list[ScreenComment], screen: Screen) -> tuple[Layout, float]:
    """A layout, and the seconds that placing took; widths of texts are known before."""
    typeface = Typeface()
    layout = lay_out(comments, typeface.width, screen)
    times = []
    for _ in range(_RUNS):
        started = time.process_time()
        lay_out(comments, typeface.width, screen)
        times.append(time.process_time() - started)
    return layout, statistics.median(times)


def _moments(seconds: float) -> Float64s:
    """(moments,) in seconds."""
    return (np.arange(int(seconds * _PER_SECOND)) + 0.5) / _PER_SECOND


def _covered(layout: Layout, screen: Screen, seconds: float) -> tuple[Int64s, Int64s]:
    """(moments,) the cells of faces, and those of them under the boxes of comments."""
    shape = (round(STAGE_HEIGHT / _SCALE), round(screen.width / _SCALE))
    avoided, area, covered = Regions(screen.avoided), [], []
    for now in _moments(seconds).tolist():
        faces, comments = np.zeros(shape, bool), np.zeros(shape, bool)
        for region in map(Region._make, avoided.during(now, now + 1e-6).T):
            _fill(faces, region.left, region.top, region.right, region.bottom)
        for placed in layout.placed:
            if placed.motion.start <= now < placed.motion.end:
                x, block = placed.motion.x(now), placed.block
                _fill(comments, x, placed.y, x + block.width, placed.y + block.height)
        area.append(int(faces.sum()))
        covered.append(int((faces & comments).sum()))
    return np.array(area, np.int64), np.array(covered, np.int64)


def _fill(cells: Bools, *edges: float) -> None:
    left, top, right, bottom = (max(0, round(edge / _SCALE)) for edge in edges)
    cells[top:bottom, left:right] = True
