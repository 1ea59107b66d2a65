"""From the figures of an annotated video to what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.danmaku.drawing.layout import Why
from pipeline.danmaku.drawing.quality import LayoutQuality
from pipeline.danmaku.evaluation.evaluation_file import Evaluation, Naming
from pipeline.danmaku.sections.summary import DanmakuSummary
from pipeline.report.language import Message
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

WEB = Path(__file__).parent / "web"

_MOST = 0.5
"""Of comments; more copies than that are many."""
_CROWDED = 0.05
"""Share of comments in one another's way that still reads well."""
_NEEDED_ROOM: frozenset[Why] = frozenset({"no room", "too many on screen"})


def findings(summary: DanmakuSummary) -> list[Finding]:
    """Four to six, the most telling first."""
    return list(_findings(summary))


def _findings(summary: DanmakuSummary) -> Iterator[Finding]:
    evaluation = summary.evaluation
    if summary.is_random:
        yield Finding.random("model", summary.training.backbone)
    elif evaluation and evaluation.measured_on == "training comments":
        yield Finding.of("learned", "doubtful", "model.prediction")
    if evaluation:
        yield _names_or_ranking(evaluation)
        yield _picture(evaluation)
        yield _rate(evaluation)
    else:
        yield own_picture(summary.pmi, "watch", summary.comments)
        yield _comments_a_minute(summary)
    yield _copies(summary)
    yield _readability(summary.layout)


def _fair(evaluation: Evaluation, tone: Tone) -> Tone:
    return fair(tone, evaluation.measured_on == "training comments")


def _names_or_ranking(evaluation: Evaluation) -> Finding:
    """Whom it names says more than what it ranks high, where it is known who is on screen."""
    if evaluation.naming:
        return _names(evaluation, evaluation.naming)
    if "naming" in evaluation.too_little:
        return Finding.too_little("names", "model.naming", evaluation.too_little["naming"])
    return _ranking(evaluation)


def _names(evaluation: Evaluation, naming: Naming) -> Finding:
    best = max(naming.chance, naming.popularity, naming.shuffled)
    return Finding.of(
        "names",
        _fair(evaluation, tone_above(naming.model, best)),
        "model.naming",
        names=f"{naming.names:,}",
        share=with_range(naming.model, percent),
        chance=percent(naming.chance),
        best=percent(best),
    )


def _ranking(evaluation: Evaluation) -> Finding:
    ranking = evaluation.ranking.all
    if not ranking.scorers:
        return Finding.too_little("ranking", "model.ranking", ranking.queries)
    tone, best = ranked_above(ranking, evaluation.mrr_gain)
    return Finding.of(
        "ranking",
        _fair(evaluation, tone),
        "model.ranking",
        seconds=f"{ranking.queries:,}",
        share=percent(ranking.scorers["model"].hit_1.mean),
        best=percent(best),
    )


def _picture(evaluation: Evaluation) -> Finding:
    likelihood = evaluation.likelihood
    if not likelihood:
        return Finding.too_little(
            "picture", "model.prediction", evaluation.too_little["likelihood"]
        )
    return Finding.of(
        "picture",
        _fair(evaluation, tone_above(likelihood.pmi_shuffled)),
        "model.prediction",
        times=with_range(likelihood.pmi_shuffled, times),
        comments=f"{likelihood.comments:,}",
    )


def _copies(summary: DanmakuSummary) -> Finding:
    """Viewers repeat one another, too: their share says how much is to be expected."""
    if not is_enough(summary.comments):
        return Finding.too_little("copies", "model.frequent", summary.comments)
    share = summary.copied / summary.comments
    tone: Tone = "good" if share <= _MOST else "doubtful"
    values = {
        "share": percent(share),
        "comments": f"{summary.comments:,}",
        "distinct": f"{summary.distinct_comments:,}",
    }
    diversity = summary.evaluation.diversity if summary.evaluation else {}
    viewers = diversity["viewers"].copied if diversity else None
    if viewers is None:
        return Finding.of("copies", tone, "model.frequent", **values)
    beside = Message("verdict.copies_beside", {**values, "viewers": percent(viewers)})
    return Finding(tone, Message(f"verdict.copies_{tone}"), beside, "model.diversity")


def _rate(evaluation: Evaluation) -> Finding:
    if "rate" in evaluation.too_little:
        return Finding.too_little("rate", "model.rate", evaluation.too_little["rate"])
    if evaluation.rate is None:
        return Finding.of("constant_rate", "unclear", "model.rate")
    correlation = evaluation.rate.pearson
    return Finding.of(
        "rate",
        _fair(evaluation, tone_above(correlation)),
        "model.rate",
        correlation=with_range(correlation, "{:.2f}".format),
    )


def _comments_a_minute(summary: DanmakuSummary) -> Finding:
    a_minute = 60 * summary.comments / summary.seconds if summary.seconds else 0.0
    return Finding.of("unknown_rate", "unclear", "watch", rate=f"{a_minute:.0f}")


def _readability(layout: LayoutQuality) -> Finding:
    """Of the model's comments alone, as the page begins."""
    everything = layout.shown + sum(layout.hidden.values())
    without_room = sum(layout.hidden.get(why, 0) for why in _NEEDED_ROOM)
    crowded = layout.overflowed + without_room
    return Finding.of(
        "readability",
        "good" if crowded <= _CROWDED * everything else "doubtful",
        "run.layout",
        comments=f"{everything:,}",
        overlapping=f"{layout.overflowed:,}",
        hidden=f"{without_room:,}",
        most=layout.most_on_screen,
    )
