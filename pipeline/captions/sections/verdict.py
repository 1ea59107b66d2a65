"""From the figures of a collection's lines to what they mean."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.captions.evaluation.evaluation_file import Better, Evaluation
from pipeline.captions.sections.summary import CaptionsSummary
from pipeline.report.verdict import (
    Finding,
    Tone,
    fair,
    own_picture,
    percent,
    ranked_above,
    times,
    tone_above,
    with_range,
)
from pipeline.runtime.sample_size import is_enough

_MOST = 0.5
"""Of lines; more copies than that are many."""


def findings(summary: CaptionsSummary) -> list[Finding]:
    """Three to five, the most telling first."""
    return list(_findings(summary))


def _findings(summary: CaptionsSummary) -> Iterator[Finding]:
    evaluation = summary.evaluation
    if summary.is_random:
        yield Finding.random("measures", summary.training.backbone)
    elif evaluation and evaluation.measured_on == "training pictures":
        yield Finding.of("learned", "doubtful", "measures")
    if evaluation:
        yield _picture(evaluation)
        yield _ranking(evaluation)
        if evaluation.better:
            yield _taste(evaluation, evaluation.better)
    else:
        yield own_picture(summary.pmi, "lines", summary.pictures)
        yield Finding.of("unmeasured", "unclear", "measures")
    yield _copies(summary)


def _fair(evaluation: Evaluation, tone: Tone) -> Tone:
    return fair(tone, evaluation.measured_on == "training pictures")


def _picture(evaluation: Evaluation) -> Finding:
    likelihood = evaluation.likelihood
    if not likelihood:
        few = evaluation.too_little["likelihood"]
        return Finding.too_little("picture", "measures.likelihood", few)
    return Finding.of(
        "picture",
        _fair(evaluation, tone_above(likelihood.pmi_shuffled)),
        "measures.likelihood",
        times=with_range(likelihood.pmi_shuffled, times),
        captions=f"{likelihood.captions:,}",
    )


def _ranking(evaluation: Evaluation) -> Finding:
    ranking = evaluation.ranking.all
    if not ranking.scorers:
        return Finding.too_little("ranking", "measures.ranking", ranking.queries)
    tone, best = ranked_above(ranking, evaluation.mrr_gain)
    return Finding.of(
        "ranking",
        _fair(evaluation, tone),
        "measures.ranking",
        pictures=f"{ranking.queries:,}",
        share=percent(ranking.scorers["model"].hit_1.mean),
        best=percent(best),
    )


def _taste(evaluation: Evaluation, better: Better) -> Finding:
    return Finding.of(
        "taste",
        _fair(evaluation, tone_above(better.scorers["rating"], better.blind)),
        "measures.better",
        pairs=f"{better.pairs:,}",
        share=with_range(better.scorers["rating"], percent),
        blind=percent(better.blind),
    )


def _copies(summary: CaptionsSummary) -> Finding:
    if not is_enough(summary.pictures):
        return Finding.too_little("copies", "lines", summary.pictures)
    share = summary.copied / summary.pictures
    return Finding.of(
        "copies",
        "good" if share <= _MOST else "doubtful",
        "lines",
        share=percent(share),
        lines=f"{summary.pictures:,}",
        distinct=f"{summary.distinct_lines:,}",
    )
