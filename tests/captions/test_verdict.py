"""From each figure of a collection's lines to what the page says of it."""

from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.captioning.training_record import Epoch
from pipeline.captions.captions_file import Candidate, CaptionLine
from pipeline.captions.evaluation.evaluation_file import BLIND, Better, Evaluation, Likelihood
from pipeline.captions.sections.summary import WEB, CaptionsSummary, own_pmi
from pipeline.captions.sections.verdict import findings
from pipeline.captions.training_record import TrainingRecord
from pipeline.evaluation.intervals import Interval
from pipeline.evaluation.ranking import Ranking, RankingTable, RankMetrics
from pipeline.report.language import LANGUAGES, Phrases
from pipeline.report.page import WEB as PAGE

YES, NO, FEW = Interval(0.6, 0.55, 0.7), Interval(0.6, -0.5, 0.7), Interval(0.6, None, None)


def better(rating: Interval) -> Better:
    blind = dict.fromkeys(BLIND, Interval(0.52, 0.4, 0.9))
    return Better(123, {"rating": rating, **blind})


def evaluation(**changes: Any) -> Evaluation:
    """One in which all is well."""
    ranks = {name: RankMetrics(YES, YES, YES, YES, YES) for name in ("model", "popularity")}
    ranking = Ranking(90, 9, ranks)
    good = Evaluation(
        collection="album",
        measured_on="another collection",
        pictures=90,
        captions=180,
        too_little={},
        likelihood=Likelihood(180, 900, YES, YES, YES, 9.0, YES, YES),
        ranking=RankingTable(ranking, ranking),
        mrr_gain={"popularity": YES},
        lines={},
        better=better(YES),
    )
    return replace(good, **changes)


def summary(measured: Evaluation | None, **changes: Any) -> CaptionsSummary:
    training = TrainingRecord(
        videos=["album"],
        fingerprints=["00ff"],
        decoder="lstm",
        attention="additive",
        backbone="vgg19",
        weights=changes.pop("weights", "imagenet"),
        tap="conv5_3",
        device="cpu",
        processes=1,
        epochs=[Epoch(3.5, 3.25, 0.25, 0.5, 7, 99)],
        best_epoch=1,
        dev_nll=3.25,
        dev_nll_shuffled=3.5,
        dev_nll_unigram=4.0,
        captions=100,
        pictures=50,
        held_out=50,
        rated=100,
        distinct_words=9,
        kept_words=9,
    )
    made = CaptionsSummary("album", "m", 80, 70, 8, 160, YES, training, measured)
    return replace(made, **changes)


def claims(measured: Evaluation | None, **changes: Any) -> list[str]:
    return [
        one.claim.key.removeprefix("verdict.") for one in findings(summary(measured, **changes))
    ]


def test_a_measured_collection_has_a_verdict_of_four() -> None:
    assert claims(evaluation()) == ["picture_good", "ranking_good", "taste_good", "copies_good"]


def test_one_that_nobody_wrote_about_has_one_too() -> None:
    assert claims(None) == ["own_picture_good", "unmeasured_unclear", "copies_good"]


def test_what_it_learned_from_shows_nothing_good() -> None:
    unfair = findings(summary(evaluation(measured_on="training pictures")))
    assert [one.tone for one in unfair[:4]] == ["doubtful"] * 4


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"better": better(Interval(0.6, 0.52, 0.7))}, "taste_doubtful"),
        ({"better": better(FEW)}, "taste_unclear"),
        ({"mrr_gain": {"popularity": NO}}, "ranking_doubtful"),
        ({"ranking": RankingTable(Ranking(2, 1, {}), Ranking(0, 0, {}))}, "ranking_unclear"),
        ({"likelihood": None, "too_little": {"likelihood": 3}}, "picture_unclear"),
        ({"likelihood": Likelihood(1, 9, YES, YES, YES, 9.0, YES, NO)}, "picture_doubtful"),
        ({"measured_on": "training pictures"}, "learned_doubtful"),
    ],
)
def test_every_measure_has_its_threshold(changes: dict[str, Any], claim: str) -> None:
    assert claim in claims(evaluation(**changes))


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"pmi": None}, "own_picture_unclear"),
        ({"pmi": Interval(0.05, 0.04, 0.06)}, "own_picture_doubtful"),
        ({"copied": 40}, "copies_good"),
        ({"copied": 41}, "copies_doubtful"),
        ({"pictures": 29}, "copies_unclear"),
        ({"weights": "random seed 7"}, "random_doubtful"),
    ],
)
def test_without_captions_it_is_said_what_can_be(changes: dict[str, Any], claim: str) -> None:
    assert claim in claims(None, **changes)


def line(nats: float, blind_nats: float) -> CaptionLine:
    best = Candidate(text="猫", words=["猫"], score=1.0, nats=nats, blind_nats=blind_nats)
    return CaptionLine(time_ms=0, text="猫", words=["猫"], frame=0, candidates=[best])


def test_what_hangs_on_the_picture_is_told_of_enough_lines() -> None:
    assert own_pmi([line(2.0, 3.0)] * 29) is None
    assert own_pmi([line(2.0, 3.0)] * 30) == Interval(1.0, 1.0, 1.0)


def test_every_answer_has_words_in_both_languages() -> None:
    phrases = Phrases.load([PAGE, WEB])
    found = [
        *findings(summary(evaluation(measured_on="training pictures"))),
        *findings(summary(None, weights="random seed 7")),
    ]
    for message in (message for one in found for message in (one.claim, one.figures)):
        for language in LANGUAGES:
            phrases.text(message.key, language).format(**message.values)
    names = {one.claim.key.removesuffix(f"_{one.tone}") for one in found} | {"verdict.picture"}
    known = {key for key in Phrases.load([WEB]) if key.startswith("verdict.")}
    unused = {key for key in known if not key.startswith(tuple(names))}
    assert unused == set()
