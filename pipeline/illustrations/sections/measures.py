"""How well tags are told: precision beside baselines, calibration, the learning curve, each tag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from matplotlib.axes import Axes

from pipeline.illustrations.sections.pictures import Choices
from pipeline.illustrations.sections.summary import WEB, TagsSummary
from pipeline.illustrations.tag_measures import Calibrated, Point, TagResult
from pipeline.report.language import Phrases
from pipeline.report.plots import COLOR, OTHER_COLOR, Words, write_plot
from pipeline.report.section import Section

_MOST_RARE = 100
"""Tags that were nearly frequent enough, which are listed."""


@dataclass(frozen=True)
class _Row:
    """A tag in the table of all."""

    name: str
    group: str
    shown: int
    """Pictures of this collection that have it."""
    learned: TagResult | None
    """On pictures that were not learned from, by cross-validation."""
    here: float | None
    """Average precision on this collection."""


def measures_section(folder: Path, summary: TagsSummary, groups: Choices) -> Section:
    """Write plots below ``folder``; ``groups`` has the tags that hold, and of how many pictures."""
    phrases, training = Phrases.load([WEB]), summary.tagger.training
    if training:
        found = training.evaluation
        before, after = found.before_calibration, found.after_calibration
        write_plot(folder, "calibration", phrases, partial(_draw_calibration, before, after))
        if found.learning_curve:
            prior = found.baselines["prior"].over_tags.mean
            points = [*found.learning_curve]
            write_plot(folder, "curve", phrases, partial(_draw_curve, points, prior))
    too_rare = training.too_rare if training else {}
    values = {
        "summary": summary,
        "training": training,
        "rows": _rows(summary, groups),
        "rare": sorted(too_rare.items(), key=lambda item: -item[1])[:_MOST_RARE],
    }
    return Section("measures", WEB, "measures.html.j2", values)


def _rows(summary: TagsSummary, groups: Choices) -> list[_Row]:
    training, figures = summary.tagger.training, summary.evaluation.figures
    learned = {tag.name: tag for tag in training.evaluation.tags} if training else {}
    here = figures.tags if figures and summary.evaluation.is_fair else {}
    shown = {name: (group, count) for group, tags in groups.items() for name, count in tags}
    # Tags that are measured here are held by pictures, and so among those shown.
    of_all = {name: (tag.group, 0) for name, tag in learned.items()} | shown
    return [
        _Row(name, group, count, learned.get(name), here.get(name))
        for name, (group, count) in of_all.items()
    ]


def _draw_calibration(before: Calibrated, after: Calibrated, axes: Axes, words: Words) -> None:
    """What came true by what was said."""
    axes.plot([0, 1], [0, 1], color="gray", linestyle=":", label=words("measures.ideal"))
    for calibrated, colour, key in (
        (before, OTHER_COLOR, "measures.before"),
        (after, COLOR, "measures.after"),
    ):
        said, came = [one.said for one in calibrated.bins], [one.came for one in calibrated.bins]
        axes.plot(said, came, color=colour, marker=".", label=words(key))
    axes.set(xlabel=words("measures.said"), ylabel=words("measures.came"))
    axes.legend(frameon=False)


def _draw_curve(points: Sequence[Point], prior: float, axes: Axes, words: Words) -> None:
    """Precision by how much was learned from."""
    units, means = [one.units for one in points], [one.average_precision for one in points]
    lows, highs = [one.lowest for one in points], [one.highest for one in points]
    axes.fill_between(units, lows, highs, color=COLOR, alpha=0.25, linewidth=0)
    axes.plot(units, means, color=COLOR, marker="o", label=words("measures.the_tagger"))
    axes.axhline(prior, color=OTHER_COLOR, linestyle="--", label=words("measures.prior"))
    axes.set_xscale("log")
    axes.set_xticks(units, [f"{one:,}" for one in units])
    axes.minorticks_off()
    axes.set(xlabel=words("measures.units"), ylabel=words("measures.mean_precision"), ylim=(0, 1))
    axes.legend(frameon=False)
