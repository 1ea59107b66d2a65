"""The section about the model: its evaluation, its attention, its training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.danmaku.evaluation.evaluation_file import MeasuredOn
from pipeline.danmaku.sections.model.article import article_rows
from pipeline.danmaku.sections.model.gallery import AttendedPicture
from pipeline.danmaku.sections.model.plots import write_losses, write_ranks
from pipeline.danmaku.sections.summary import DanmakuSummary
from pipeline.report.language import Phrases
from pipeline.report.section import Section
from pipeline.runtime.sample_size import is_enough

WEB = Path(__file__).parent / "web"

MEASURED_ON: Mapping[MeasuredOn, str] = {
    "another video": "model.on_another_video",
    "held-out comments": "model.on_held_out_comments",
    "training comments": "model.on_training_comments",
}
"""Keys of the phrases that say whose comments the model was measured on."""
SCORERS: Mapping[str, str] = {
    "model": "model.scorer_model",
    "model, mean per word": "model.scorer_mean_per_word",
    "model, PMI": "model.scorer_pmi",
    "model, shuffled pictures": "model.scorer_shuffled_pictures",
    "model, mean picture": "model.scorer_mean_picture",
    "nearest pictures": "model.scorer_nearest_pictures",
    "context copy": "model.scorer_context_copy",
    "popularity": "model.scorer_popularity",
    "length": "model.scorer_length",
    "random": "model.scorer_random",
}
"""Keys of the phrases that name the scorers of the ranking benchmark."""


def model_section(
    folder: Path, summary: DanmakuSummary, pictures: Sequence[AttendedPicture]
) -> Section:
    """Write plots below ``folder``; ``pictures`` of the gallery lie there already."""
    phrases = Phrases.load([WEB])
    write_losses(folder, phrases, summary.training)
    scorers = summary.evaluation.ranking.all.scorers if summary.evaluation else {}
    if scorers:
        write_ranks(folder, phrases, scorers, SCORERS)
    return Section(
        name="model",
        folder=WEB,
        template="model.html.j2",
        values={
            "summary": summary,
            "pictures": pictures,
            "measured_on": MEASURED_ON,
            "scorers": SCORERS,
            "article": article_rows(summary.training),
            "is_dev_enough": is_enough(summary.training.table.split.dev),
        },
    )
