"""From each figure of an annotated video to what the page says of it."""

from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.danmaku.drawing.quality import LayoutQuality
from pipeline.danmaku.evaluation.evaluation_file import Evaluation, Likelihood, Naming, RateFit
from pipeline.danmaku.sections.summary import DanmakuSummary
from pipeline.danmaku.sections.verdict.findings import WEB, findings
from pipeline.evaluation.diversity import Diversity
from pipeline.evaluation.intervals import Interval
from pipeline.evaluation.ranking import Ranking, RankingTable, RankMetrics
from pipeline.report.language import LANGUAGES, Phrases
from pipeline.report.page import WEB as PAGE
from pipeline.report.verdict import Finding
from tests.training import training_record

YES, NO, FEW = Interval(0.6, 0.5, 0.7), Interval(0.6, -0.5, 0.7), Interval(0.6, None, None)


def evaluation(**changes: Any) -> Evaluation:
    """One in which all is well, of a video whose truth is unknown."""
    ranks = {
        name: RankMetrics(Interval(hit_1, None, None), YES, YES, YES, YES)
        for name, hit_1 in {"model": 0.4, "popularity": 0.2, "random": 0.1}.items()
    }
    ranking = Ranking(90, 9, ranks)
    nats = Likelihood(500, 900, YES, YES, YES, 9.0, YES, YES)
    good = Evaluation(
        video="ep",
        measured_on="another video",
        bootstrap_block_seconds=10,
        too_little={},
        likelihood=nats,
        ranking=RankingTable(ranking, ranking),
        mrr_gain={"popularity": YES, "random": YES},
        diversity={"model": diversity(0.4), "viewers": diversity(0.3)},
        rate=RateFit(YES, YES),
        naming=None,
        pointing=None,
    )
    return replace(good, **changes)


def diversity(copied: float | None) -> Diversity:
    return Diversity(200, 0.5, 0.5, 0.5, copied, 2.0, 0.1)


def summary(measured: Evaluation | None, **changes: Any) -> DanmakuSummary:
    made = DanmakuSummary(
        video="ep.mp4",
        model="m",
        seconds=120.0,
        frames=9,
        pictures=9,
        comments=200,
        distinct_comments=150,
        copied=20,
        most_frequent=[],
        viewers_comments=0,
        layout=LayoutQuality(95, {"no room": 1, "invisible": 4}, 0, 4, 1.0, 0.0, 12, 3.0),
        pmi=YES,
        training=training_record(weights="imagenet"),
        evaluation=measured,
    )
    return replace(made, **changes)


def named(share: Interval, **baselines: float) -> Evaluation:
    return evaluation(
        naming=Naming(
            263, share, **{"chance": 0.3, "popularity": 0.4, "shuffled": 0.35} | baselines
        )
    )


def claims(measured: Evaluation | None, **changes: Any) -> list[str]:
    return [
        one.claim.key.removeprefix("verdict.") for one in findings(summary(measured, **changes))
    ]


def test_what_it_learned_from_shows_nothing_good() -> None:
    unfair = findings(summary(evaluation(measured_on="training comments")))
    assert [one.tone for one in unfair[:4]] == ["doubtful"] * 4


def test_copies_are_told_with_those_of_viewers_beside_them() -> None:
    beside = the("copies", evaluation(), copied=110)
    assert (beside.tone, beside.part) == ("doubtful", "model.diversity")
    assert "55 % of 200 comments" in english(beside) and "30 % of viewers’" in english(beside)
    assert the("copies", None, copied=110).part == "model.frequent"
    unknown = {"model": diversity(None), "viewers": diversity(None)}
    assert the("copies", evaluation(diversity=unknown)).figures.key == "verdict.copies"


def the(name: str, measured: Evaluation | None, **changes: Any) -> Finding:
    """The finding about one question."""
    (found,) = (
        one
        for one in findings(summary(measured, **changes))
        if one.claim.key.startswith(f"verdict.{name}_")
    )
    return found


def english(finding: Finding) -> str:
    phrases = Phrases.load([PAGE, WEB])
    text = phrases[finding.figures.key].en.format(**finding.figures.values)
    return text.replace("\u00a0", " ")


def test_a_measured_video_has_a_verdict_of_five() -> None:
    assert claims(evaluation()) == [
        "ranking_good",
        "picture_good",
        "rate_good",
        "copies_good",
        "readability_good",
    ]


def test_a_video_without_comments_has_one_too() -> None:
    assert claims(None) == [
        "own_picture_good",
        "unknown_rate_unclear",
        "copies_good",
        "readability_good",
    ]
    assert "1.82 (1.65 – 2.01) times" in english(the("own_picture", None))
    assert "10 % of 200 comments" in english(the("copies", None))
    assert "100 comments a minute" in english(the("unknown_rate", None))


@pytest.mark.parametrize(
    ("share", "baselines", "tone"),
    [
        (YES, {}, "good"),
        (YES, {"chance": 0.5}, "doubtful"),
        (YES, {"popularity": 0.55}, "doubtful"),
        (YES, {"shuffled": 0.9}, "doubtful"),
        (FEW, {}, "unclear"),
    ],
)
def test_names_must_beat_every_guess_without_the_picture(
    share: Interval, baselines: dict[str, float], tone: str
) -> None:
    found = findings(summary(named(share, **baselines)))
    assert (found[0].claim.key, found[0].tone) == (f"verdict.names_{tone}", tone)
    assert found[0].part == "model.naming"
    assert not any("ranking" in one.claim.key for one in found), "names say more"


def test_names_are_told_with_chance_beside_them() -> None:
    assert english(the("names", named(Interval(0.71, 0.62, 0.79)))) == (
        "Of 263 names 71 % (62 % – 79 %) were of somebody on screen; by chance 30 %, at best 40 %"
        " without the picture."
    )


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"too_little": {"naming": 12}}, "names_unclear"),
        ({"too_little": {"likelihood": 3}, "likelihood": None}, "picture_unclear"),
        ({"too_little": {"diversity": 3}, "diversity": {}}, "copies_good"),
        ({"too_little": {"rate": 3}, "rate": None}, "rate_unclear"),
        ({"rate": None}, "constant_rate_unclear"),
        ({"ranking": RankingTable(Ranking(2, 1, {}), Ranking(0, 0, {}))}, "ranking_unclear"),
        ({"rate": RateFit(NO, YES)}, "rate_doubtful"),
        ({"rate": RateFit(FEW, YES)}, "rate_unclear"),
        ({"mrr_gain": {"popularity": NO, "random": YES}}, "ranking_doubtful"),
        ({"measured_on": "training comments"}, "learned_doubtful"),
    ],
)
def test_every_measure_has_its_threshold(changes: dict[str, Any], claim: str) -> None:
    assert claim in claims(evaluation(**changes))


@pytest.mark.parametrize(
    ("pmi_shuffled", "tone"), [(YES, "good"), (NO, "doubtful"), (FEW, "unclear")]
)
def test_the_picture_counts_if_its_own_interval_is_above_nothing(
    pmi_shuffled: Interval, tone: str
) -> None:
    nats = Likelihood(500, 900, NO, NO, NO, 9.0, NO, pmi_shuffled)
    assert the("picture", evaluation(likelihood=nats)).tone == tone


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"pmi": None}, "own_picture_unclear"),
        ({"pmi": FEW}, "own_picture_unclear"),
        ({"pmi": Interval(0.05, 0.04, 0.06)}, "own_picture_doubtful"),
        ({"copied": 101}, "copies_doubtful"),
        ({"copied": 100}, "copies_good"),
        ({"comments": 29, "copied": 1}, "copies_unclear"),
        ({"comments": 0, "copied": 0, "seconds": 0.0}, "unknown_rate_unclear"),
        ({"training": training_record(weights="random seed 7")}, "random_doubtful"),
        ({"layout": LayoutQuality(100, {}, 0, 5, 0, 0, 9, 0)}, "readability_good"),
        ({"layout": LayoutQuality(100, {}, 0, 6, 0, 0, 9, 0)}, "readability_doubtful"),
        ({"layout": LayoutQuality(90, {"no room": 10}, 0, 0, 0, 0, 9, 0)}, "readability_doubtful"),
        ({"layout": LayoutQuality(90, {"invisible": 10}, 0, 0, 0, 0, 9, 0)}, "readability_good"),
        ({"layout": LayoutQuality(0, {}, 0, 0, 0, 0, 0, 0)}, "readability_good"),
    ],
)
def test_without_viewers_it_is_said_what_can_be(changes: dict[str, Any], claim: str) -> None:
    assert claim in claims(None, **changes)


def test_every_answer_has_words_in_both_languages() -> None:
    phrases = Phrases.load([PAGE, WEB])
    weights = training_record(weights="random seed 7")
    few = {"naming": 1, "likelihood": 2, "diversity": 3, "rate": 4}
    nothing = RankingTable(Ranking(2, 1, {}), Ranking(0, 0, {}))
    found = [
        *findings(summary(evaluation(measured_on="training comments"))),
        *findings(summary(named(YES))),
        *findings(summary(evaluation(too_little=few, likelihood=None, diversity={}, rate=None))),
        *findings(summary(evaluation(rate=None, ranking=nothing))),
        *findings(summary(None, training=weights)),
    ]
    said = set()
    for message in (message for one in found for message in (one.claim, one.figures)):
        for language in LANGUAGES:
            phrases.text(message.key, language).format(**message.values)
        said.add(message.key)
    names = {one.claim.key.removesuffix(f"_{one.tone}") for one in found}
    tones = {f"{name}_{tone}" for name in names for tone in ("good", "doubtful", "unclear")}
    assert set(Phrases.load([WEB])) <= said | tones, "and no words without an answer"
