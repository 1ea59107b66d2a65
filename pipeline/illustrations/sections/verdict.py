"""From the figures of a collection's tags to what they mean."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.evaluation.intervals import Interval
from pipeline.illustrations.sections.summary import Doubles, TagsSummary
from pipeline.illustrations.tag_measures import SURE, Calibrated, Precision
from pipeline.illustrations.training_record import TagTraining
from pipeline.report.verdict import Finding, Tone, percent, tone_above, with_range
from pipeline.runtime.sample_size import is_enough

_NEAR = 0.1
"""A probability is taken at its word if what comes true is surely no further from it."""
_MOST = 0.5
"""Of tags."""


def findings(summary: TagsSummary) -> list[Finding]:
    """Three to six, the most telling first."""
    return list(_findings(summary))


def _findings(summary: TagsSummary) -> Iterator[Finding]:
    training, evaluation = summary.tagger.training, summary.evaluation
    if training and summary.is_random:
        yield Finding.random("measures", training.backbone)
    if evaluation.is_fair and evaluation.figures:
        figures, units = evaluation.figures, evaluation.units
        yield _ranked("here", units, figures.precision, figures.prior.over_units.mean)
    elif training:
        baselines = training.evaluation.baselines.values()
        best = max(one.over_units.mean for one in baselines)
        yield _ranked("learned_tags", training.units, training.evaluation.precision, best)
    else:
        yield Finding.of("untold", "unclear", "measures")
    if summary.calibrated:
        yield _probable(summary.calibrated, summary.units)
    if training:
        yield _known(training)
    for agreement in summary.distortion.agreements:
        if agreement.of == "tags":
            yield _alike(agreement.full, agreement.blind, agreement.labelled)
    if summary.doubles:
        yield _once(summary.doubles, summary.pictures)


def _ranked(name: str, units: int, precision: Precision, blind: float) -> Finding:
    if not is_enough(units):
        return Finding.too_little(name, "measures.precision", units)
    return Finding.of(
        name,
        tone_above(precision.over_units, blind),
        "measures.precision",
        precision=with_range(precision.over_units, _two_digits),
        blind=_two_digits(blind),
        units=f"{units:,}",
    )


def _probable(calibrated: Calibrated, units: int) -> Finding:
    sure = calibrated.sure
    if not (sure and is_enough(units)):
        return Finding.too_little("probable", "measures.calibration", units if sure else 0)
    return Finding.of(
        "probable",
        _tone_near(sure.came, sure.said),
        "measures.calibration",
        least=percent(SURE),
        said=percent(sure.said),
        came=with_range(sure.came, percent),
    )


def _tone_near(came: Interval, said: float) -> Tone:
    if came.low is None or came.high is None:
        return "unclear"
    return "good" if max(said - came.low, came.high - said) <= _NEAR else "doubtful"


def _known(training: TagTraining) -> Finding:
    tags = training.evaluation.tags
    if not is_enough(training.units):
        return Finding.too_little("known", "measures.tags", training.units)
    known = sum(tag.known for tag in tags)
    tone: Tone = "good" if known > _MOST * len(tags) else "doubtful"
    return Finding.of("known", tone, "measures.tags", known=f"{known:,}", tags=f"{len(tags):,}")


def _alike(f1: Interval, blind: float, labelled: int) -> Finding:
    if not is_enough(labelled):
        return Finding.too_little("alike", "beside", labelled)
    return Finding.of(
        "alike",
        tone_above(f1, blind),
        "beside",
        f1=with_range(f1, _two_digits),
        blind=_two_digits(blind),
    )


def _once(doubles: Doubles, pictures: int) -> Finding:
    return Finding.of(
        "once",
        "doubtful" if doubles.pictures else "good",
        "doubles",
        doubles=f"{doubles.pictures:,}",
        pictures=f"{pictures:,}",
        groups=f"{doubles.groups:,}",
    )


def _two_digits(value: float) -> str:
    return f"{value:.2f}"
