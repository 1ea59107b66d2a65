"""How good translators are that learned from more and more pictures: figures and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from pipeline.evaluation.intervals import Interval
from pipeline.lettering.colors import BACKGROUND
from pipeline.media.pixels import Picture, resized
from pipeline.report.plots import COLOR, OTHER_COLOR
from pipeline.runtime.atomic_files import write_json
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.translation.evaluation_file import Evaluation, Scores
from pipeline.translation.samples import SampleSheet
from pipeline.translation.sheet import sheet
from pipeline.translation.training_record import TrainingRecord

_SIDE = 160  # pixels of a picture on the sheet
_TARGETS = 2  # of each picture on the sheet
_JUDGE = "judge"  # beside which the share of targets stands
_GROUND = "#{:02x}{:02x}{:02x}".format(*BACKGROUND)
_STYLE = {
    "figure.facecolor": _GROUND,
    "savefig.facecolor": _GROUND,
    "axes.facecolor": _GROUND,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "yajiuma",  # ids are the same every time
}


@dataclass(frozen=True)
class Size:
    """A translator that learned from a share of the things."""

    share: Fraction
    training: TrainingRecord
    evaluation: Evaluation
    samples: SampleSheet

    @classmethod
    def load(cls, share: Fraction, folder: Path) -> Size:
        """Read the files of a model; raises PipelineError NOTHING_USABLE if it was not measured."""
        evaluation = Evaluation.load(folder / "evaluation.json")
        if not evaluation.scores:
            raise PipelineError(
                ExitCode.NOTHING_USABLE,
                evaluation.summary,
                "Set `translation: pictures: held_out: share:`, or lay some into a folder `val`",
            )
        training = TrainingRecord.load(folder / "training.json")
        samples = SampleSheet.load(folder / "samples.png", training)
        return cls(share, training, evaluation, samples)

    @property
    def model(self) -> Scores:
        """Its own scores."""
        return self.evaluation.scores["model"]

    @property
    def pictures(self) -> int:
        """That it learned from; one with several attributes counts for each."""
        return sum(self.training.pictures.values())

    @property
    def summary(self) -> str:
        """Its figures in one line."""
        share = "all" if self.share == 1 else f"{self.share} of the"
        return f"{share} pictures ({self.pictures:,}): {self.evaluation.summary}"


def write_sizes(folder: Path, sizes: Sequence[Size]) -> None:
    """Write ``sizes.png``, curves above pictures; ``sizes.svg``, the curves; and ``sizes.json``.

    ``sizes`` are in order, and were measured by the same pictures.
    """
    png = BytesIO()
    with style.context(["dark_background", _STYLE]):
        figure = _curves(sizes)
        figure.savefig(folder / "sizes.svg", metadata={"Creator": None, "Date": None})
        figure.savefig(png, format="png", dpi=100, metadata={"Software": None})
    curves, pictures = Image.open(png).convert("RGB"), _pictures(sizes)
    width = max(curves.width, pictures.width)
    whole = Image.new("RGB", (width, curves.height + pictures.height), BACKGROUND)
    whole.paste(curves, ((width - curves.width) // 2, 0))
    whole.paste(pictures, ((width - pictures.width) // 2, curves.height))
    whole.save(folder / "sizes.png")
    write_json(folder / "sizes.json", [_figures(size) for size in sizes])


def _figures(size: Size) -> dict[str, object]:
    """What ``sizes.json`` says of one."""
    return {
        "share": float(size.share),
        "pictures": size.pictures,
        "judge_share": size.evaluation.judge_share,
        "kid": size.model.kid,
        "measures": size.model.all,
    }


def _curves(sizes: Sequence[Size]) -> Figure:
    """A plot of each measure over the share of the pictures."""
    panels = [
        ("taken for the target", "target", _JUDGE),
        ("L1 to the truth", "l1", "nearest"),
        ("SSIM to the truth", "ssim", "nearest"),
    ]
    shown = [panel for panel in panels if _values(sizes, "model", panel[1])]
    figure = Figure(figsize=(3.2 * len(shown), 2.8), layout="constrained")
    every = figure.subplots(1, len(shown), squeeze=False)[0]
    for axes, panel in zip(every, shown, strict=True):
        _draw(axes, sizes, *panel)
    return figure


def _draw(axes: Axes, sizes: Sequence[Size], title: str, measure: str, beside: str) -> None:
    """The model with its intervals, and dashed what it is compared with."""
    places = range(len(sizes))
    values = _values(sizes, "model", measure)
    means = np.array([one.mean for one in values])
    ends = np.array([(one.low, one.high) for one in values], float)  # nan where there is none
    errors = np.nan_to_num(np.abs(ends - means[:, None])).T
    axes.errorbar(places, means, errors, color=COLOR, marker="o", capsize=3, label="the model")
    others, name = _values(sizes, beside, measure), "nearest picture"
    if beside == _JUDGE:
        others, name = [one.evaluation.judge for one in sizes if one.evaluation.judge], "real ones"
    axes.plot(places, [one.mean for one in others], "--", color=OTHER_COLOR, label=name)
    axes.set_xticks(places, [f"{size.share}\n{size.pictures:,}" for size in sizes])
    axes.set(title=title, xlabel="pictures")
    axes.legend(frameon=False, fontsize=8)


def _values(sizes: Sequence[Size], method: str, measure: str) -> list[Interval]:
    """A measure of each size; none unless all have it."""
    every = [size.evaluation.scores[method].all for size in sizes if method != _JUDGE]
    found = [value for one in every if (value := getattr(one, measure)) is not None]
    return found if len(found) == len(sizes) else []


def _pictures(sizes: Sequence[Size]) -> Image.Image:
    """The same held-out pictures, translated by each after its last epoch."""
    cells = [size.samples.cells(size.samples.epochs[-1]) for size in sizes]
    domains = sizes[0].training.domains
    rows = []
    for number, (source, *_) in enumerate(cells[0]):
        # Samples are from one domain after the other, and none is shown in its own.
        steps = range(1, 1 + min(_TARGETS, len(domains) - 1))
        for target in sorted(1 + (number + step) % len(domains) for step in steps):
            made = [of_size[number][target] for of_size in cells]
            rows.append([_large(picture) for picture in (source, *made)])
    return sheet(rows, ["", *(str(size.share) for size in sizes)])


def _large(picture: Picture) -> Picture:
    return resized(np.ascontiguousarray(picture), (_SIDE, _SIDE))
