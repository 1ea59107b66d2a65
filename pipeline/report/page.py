"""The page as a single file that opens offline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.artifacts.comments import GeneratedComment
from pipeline.artifacts.evaluation import Evaluation
from pipeline.artifacts.training import TrainingRecord
from pipeline.data_url import jpeg_url
from pipeline.media.decode import still
from pipeline.media.probe import VideoInfo
from pipeline.report import plots

_TEMPLATE = Path(__file__).with_suffix(".html.j2")
_STILLS = 6
_STILL_WIDTH = 480  # pixels


class Summary(msgspec.Struct, frozen=True):
    """``report.json``: the figures of the page."""

    video: str
    seconds: float
    frames: int
    pictures: int
    comments: int
    distinct_comments: int
    training: TrainingRecord
    evaluation: Evaluation | None
    """None for videos without comments."""


def write_page(
    target: Path,
    summary: Summary,
    comments: Sequence[GeneratedComment],
    annotated: VideoInfo,
) -> None:
    """Write the page to ``target``, with stills of the annotated video."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    times = [float(annotated.duration) * (i + 0.5) / _STILLS for i in range(_STILLS)]
    training, evaluation = summary.training, summary.evaluation
    page = environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        summary=summary,
        stills=[
            (f"{time:.1f}", jpeg_url(still(annotated.path, time, _STILL_WIDTH))) for time in times
        ],
        losses=plots.losses(training.epochs, training.best_epoch),
        ranks=plots.reciprocal_ranks(evaluation.ranking.all.scorers) if evaluation else "",
        most_frequent=Counter(comment.text for comment in comments).most_common(12),
    )
    target.write_text(page, encoding="utf-8")
