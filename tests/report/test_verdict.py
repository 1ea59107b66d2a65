"""What intervals mean, and how a page says it."""

from pathlib import Path

import lxml.html
import pytest

from pipeline.evaluation.intervals import Interval
from pipeline.evaluation.ranking import Ranking, RankMetrics
from pipeline.report.language import Message
from pipeline.report.page import page_html
from pipeline.report.section import Page
from pipeline.report.verdict import (
    Finding,
    percent,
    ranked_above,
    times,
    tone_above,
    verdict_section,
    with_range,
)

BETTER, UNSURE, FEW = Interval(0.3, 0.1, 0.5), Interval(0.3, -0.1, 0.5), Interval(0.3, None, None)


@pytest.mark.parametrize(
    ("interval", "level", "tone"),
    [
        (BETTER, 0.0, "good"),
        (BETTER, 0.1, "doubtful"),
        (BETTER, 0.4, "doubtful"),
        (UNSURE, 0.0, "doubtful"),
        (FEW, 0.0, "unclear"),
    ],
)
def test_only_a_whole_interval_above_the_level_is_good(
    interval: Interval, level: float, tone: str
) -> None:
    assert tone_above(interval, level) == tone


def test_figures_are_short_and_have_their_intervals() -> None:
    assert with_range(BETTER, percent) == "30\u00a0% (10\u00a0% – 50\u00a0%)"
    assert with_range(FEW, percent) == "30\u00a0%"
    assert with_range(Interval(0.0, -0.1, 0.1), times) == "1.00 (0.90 – 1.11)"


def test_only_nothing_is_0_percent_and_only_all_is_100() -> None:
    shares = [0, 0.001, 0.5, 0.999, 1]
    assert [percent(share)[:-2] for share in shares] == ["0", "1", "50", "99", "100"]


def scorer(hit_1: float) -> RankMetrics:
    return RankMetrics(Interval(hit_1, None, None), *[BETTER] * 4)


@pytest.mark.parametrize(
    ("gains", "tone"),
    [
        ({"length": BETTER, "random": BETTER}, "good"),
        ({"length": UNSURE, "random": BETTER}, "doubtful"),
        ({"length": UNSURE, "random": FEW}, "unclear"),
    ],
)
def test_a_ranking_is_as_good_as_beside_its_strongest_rival(
    gains: dict[str, Interval], tone: str
) -> None:
    hits = {"model": 0.5, "model, PMI": 0.6, "length": 0.2, "random": 0.1}
    ranking = Ranking(40, 9, {name: scorer(hit_1) for name, hit_1 in hits.items()})
    assert ranked_above(ranking, gains) == (tone, 0.2)


def test_each_finding_says_its_tone_and_leads_to_its_part(tmp_path: Path) -> None:
    (tmp_path / "phrases.yaml").write_text(
        "verdict.cats_good: {en: 'It likes cats.', ja: 猫好き}\n"
        "verdict.cats: {en: '{share} of cats', ja: '{share}'}\n"
        "verdict.dogs_unclear: {en: 'Too few dogs.', ja: 犬不足}\n"
    )
    found = [
        Finding.of("cats", "good", "animals.cats", share="<b>"),
        Finding.too_little("dogs", "animals", 1234),
        Finding.random("animals", "vgg19"),
    ]
    page = Page("title", Message("verdict.good"), [verdict_section(tmp_path, found)])
    root = lxml.html.document_fromstring(page_html(page))
    items = root.findall(".//section[@id='verdict']//li")
    texts = [" ".join("".join(map(str, item.itertext())).split()) for item in items]
    assert texts[0] == "Good It likes cats. <b> of cats"
    assert texts[1] == "Unclear Too few dogs. There are 1,234; a figure needs 30."
    assert "vgg19 has random weights" in texts[2]
    links = [link.get("href") for item in items for link in item.iter("a")]
    assert links == ["#animals-cats", "#animals", "#animals"]
