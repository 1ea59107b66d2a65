"""From each figure of a translator to what the page says of it."""

import re
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.evaluation.intervals import Interval
from pipeline.report.language import LANGUAGES, Phrases
from pipeline.report.page import WEB as PAGE
from pipeline.translation.evaluation_file import Evaluation
from pipeline.translation.sections.summary import WEB
from pipeline.translation.sections.verdict import findings
from tests.translation import toys
from tests.translation.measured import GAIN, evaluation, near, scores, summary, training

GOOD = ["target_good", "truth_good", "likeness_good", "kept_good"]
SCORES = evaluation().scores


def claims(measured: Evaluation) -> list[str]:
    return [one.claim.key.removeprefix("verdict.") for one in findings(summary(measured))]


def test_a_good_translator_has_a_verdict_of_four() -> None:
    assert claims(evaluation()) == GOOD


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"scores": SCORES | {"model": scores(0.85, 0.8, 0.1, 0.1)}}, "target_doubtful"),
        ({"judge": near(0.33)}, "target_unclear"),
        ({"judge": Interval(0.97, None, None)}, "target_unclear"),
        ({"gains": {"nearest": GAIN, "colour": GAIN | {"ssim": near(0.005)}}}, "truth_doubtful"),
        ({"gains": {"nearest": GAIN | {"l1": Interval(0.3, None, None)}}}, "truth_unclear"),
        ({"pairs": 29}, "truth_unclear"),
        ({"scores": SCORES | {"model": scores(0.96, 0.8, 0.1, 0.59)}}, "likeness_doubtful"),
        ({"scores": SCORES | {"model": scores(0.96, 0.3, 0.1, 0.1)}}, "kept_doubtful"),
    ],
)
def test_every_measure_has_its_threshold(changes: dict[str, Any], claim: str) -> None:
    found = claims(evaluation(**changes))
    assert len(found) == 4 and claim in found
    assert len(set(found) - set(GOOD)) == 1


def test_of_too_few_pictures_nothing_is_said() -> None:
    nothing = Evaluation.of_nothing(toys.DOMAINS, "efficientnet_lite0")
    for few in (nothing, evaluation(translations=29)):
        assert claims(few) == ["target_unclear"]
    assert "held out" in summary(nothing).headline


def test_every_sentence_has_both_languages() -> None:
    phrases = Phrases.load([PAGE, WEB])
    for finding in findings(summary(evaluation())) + findings(summary(evaluation(pairs=0))):
        for message in (finding.claim, finding.figures):
            for language in LANGUAGES:
                assert "{" not in phrases.text(message.key, language).format(**message.values)


def test_the_table_shows_figures_only_of_enough() -> None:
    cells = {cell.name: cell for cell in summary(evaluation()).columns()}
    assert cells["verdict"].text == "4 / 4"
    assert cells["share"].text == "99.0 %" and cells["l1_gain"].text == "+0.100"
    few = {cell.name: cell for cell in summary(evaluation(translations=9, pairs=9)).columns()}
    assert few.keys() == cells.keys()
    for name in ("verdict", "share", "l1_gain", "ssim_gain"):
        assert few[name].is_too_little and not cells[name].is_too_little


@pytest.mark.parametrize(
    "line",
    [
        evaluation().summary,
        evaluation(gains={"nearest": dict.fromkeys(GAIN, Interval(0.1, None, None))}).summary,
        Evaluation.of_nothing(toys.DOMAINS, "none").summary,
        training().summary,
        replace(training(), kept_back=200).summary,
        "1 picture in 3 domains (ab, cd), 2 of them held out; 4 in none of them left out;"
        " 5 dropped by labels or clusters",
    ],
)
def test_what_stages_said_is_read_in_japanese(line: str) -> None:
    shown = str(Phrases.load([PAGE, WEB]).recognized(line))
    rest = re.sub(r"<span .*?</span>", "", shown)
    assert not re.search("[a-z]{3}", rest), rest
