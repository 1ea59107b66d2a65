"""The section about the data: what the model was trained on, and each video's statistics."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.danmaku.sections.data import plots
from pipeline.danmaku.statistics.counting import Statistics
from pipeline.danmaku.training.training_record import TrainingRecord
from pipeline.report.language import Phrases
from pipeline.report.plots import write_plot
from pipeline.report.section import Section

WEB = Path(__file__).parent / "web"


def data_section(
    folder: Path, training: TrainingRecord, statistics: Sequence[Statistics], absent: Sequence[str]
) -> Section:
    """Write plots and thumbnails below ``folder``.

    ``statistics`` are of this video, where it has comments, and of the training videos; ``absent``
    are the names of training videos without statistics.
    """
    phrases = Phrases.load([WEB])
    (folder / "busiest").mkdir(exist_ok=True)
    for number, one in enumerate(statistics):
        _write_plots(folder, phrases, number, one)
    return Section(
        name="data",
        folder=WEB,
        template="data.html.j2",
        values={
            "training": training,
            "statistics": statistics,
            "absent": absent,
            "thumbnails": [
                _write_thumbnails(folder, number, one) for number, one in enumerate(statistics)
            ],
        },
    )


def _write_plots(folder: Path, phrases: Phrases, number: int, one: Statistics) -> None:
    """Plot words-N, seconds-N and, where a delay was found, delays-N."""
    drawings = {
        "words": plots.rank_frequency(one.words.rank_frequency),
        "seconds": plots.comments_per_second(one.per_second),
    }
    if one.delay.estimated:
        drawings["delays"] = plots.delays(one.delay.distribution)
    for name, drawing in drawings.items():
        write_plot(folder, f"{name}-{number}", phrases, drawing)


def _write_thumbnails(folder: Path, number: int, one: Statistics) -> list[str]:
    """Write the busiest frames; returns their paths from the page."""
    paths = [f"busiest/{number}-{rank:02}.jpg" for rank in range(len(one.busiest))]
    for path, busy in zip(paths, one.busiest, strict=True):
        (folder / path).write_bytes(busy.thumbnail)
    return paths
