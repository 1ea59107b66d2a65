"""How good the lines are: likelihood, ranking, likeness to people's captions, taste."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.captions.evaluation.evaluation_file import BLIND, MeasuredOn
from pipeline.captions.sections.summary import WEB, CaptionsSummary
from pipeline.report.section import Section
from pipeline.runtime.sample_size import is_enough

MEASURED_ON: Mapping[MeasuredOn, str] = {
    "another collection": "measures.on_another",
    "held-out pictures": "measures.on_held_out",
    "training pictures": "measures.on_training",
}
SCORERS: Mapping[str, str] = {
    "model": "measures.scorer_model",
    "model, likelihood": "measures.scorer_likelihood",
    "model, PMI": "measures.scorer_pmi",
    "model, shuffled pictures": "measures.scorer_shuffled",
    "model, text only": "measures.scorer_text_only",
    "nearest pictures": "measures.scorer_nearest",
    "popularity": "measures.scorer_popularity",
    "length": "measures.scorer_length",
    "random": "measures.scorer_random",
}
"""Keys of the phrases that name the scorers of the ranking benchmark."""


def measures_section(summary: CaptionsSummary) -> Section:
    """Tables, each figure beside its baselines."""
    return Section(
        "measures",
        WEB,
        "measures.html.j2",
        {
            "summary": summary,
            "measured_on": MEASURED_ON,
            "scorers": SCORERS,
            "blind": BLIND,
            "is_dev_enough": is_enough(summary.training.held_out),
        },
    )
