"""What the page tells beside its player: every name and text of strangers stays text."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from msgspec.structs import replace

from pipeline.danmaku.alignment.delay_file import Delay
from pipeline.danmaku.comments.salvage import Fault, FileSalvage, Salvage
from pipeline.danmaku.drawing.quality import LayoutQuality
from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.danmaku.statistics.counting import BusyFrame, Ranked, Statistics, Words
from pipeline.danmaku.statistics.split import Split
from pipeline.engine.stage_record import StageRecord
from pipeline.report.gallery import Shown
from pipeline.report.history import Done
from pipeline.report.html import page
from pipeline.report.summary import Summary
from tests.danmaku.evaluation.small_evaluations import measured
from tests.training import training_record

HOSTILE = (
    "</script><script>run()</script><img src=x onerror=run()>\" autofocus onfocus='run()' {{7*7}}"
)


def summary() -> Summary:
    names = ("backbone", "weights", "tap", "device")
    training = training_record(
        videos=[HOSTILE], fingerprints=[HOSTILE], **dict.fromkeys(names, HOSTILE)
    )
    return Summary(HOSTILE, HOSTILE, 90.0, 9, 8, 7, 3, 1, 0, training, None)


def statistics() -> Statistics:
    ranked = [Ranked(HOSTILE, 3)]
    fault = [Fault(HOSTILE, 1, "1")]
    return Statistics(
        video=HOSTILE,
        duration="1:30.000",
        salvage=Salvage([FileSalvage(HOSTILE, HOSTILE, 2, 1, fault, fault)], fault, 1),
        delay=Delay(False, 0, 0, 0, 0.0, [], 0, 0, 0.0),
        split=Split(1, 1, 1, 1, 0, 0, 0),
        past_end=0,
        before_start=0,
        words=Words(1, 1, 1, ranked, ranked, ranked, [(1, 3)]),
        most_frequent=ranked,
        frames=9,
        scenes=1,
        silent_frames=8,
        mean_on_a_frame=0.1,
        busiest=[BusyFrame(1, "0:01.000", 1, ranked[0])],
        per_second=[1],
    )


def page_of(evaluation: Evaluation | None = None) -> str:
    record = StageRecord(0, HOSTILE, False, HOSTILE, 0.0, 1.0, 1.0, 9, {HOSTILE: HOSTILE})
    return page(
        "report.html.j2",
        [],
        summary=replace(summary(), evaluation=evaluation),
        gallery=[Shown("gallery/00.jpg", 360, 202, 0, 1.0, HOSTILE, HOSTILE)],
        places={0: 0},
        most_frequent=[(HOSTILE, 2)],
        statistics=[statistics()],
        absent=[HOSTILE],
        history=[Done(HOSTILE, HOSTILE, record)],
        versions={"python": HOSTILE},
        layouts={"generated": LayoutQuality(1, {}, 0, 0, 0.0, 0.0, 1, 0.0)},
    )


@pytest.fixture
def written() -> str:
    return page_of()


def attributes(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        yield from ((str(name), str(value)) for name, value in element.items())


def test_nothing_that_strangers_wrote_becomes_markup(written: str) -> None:
    root = lxml.html.document_fromstring(written)
    assert len(root.findall(".//script")) == len(
        lxml.html.document_fromstring(page("base.html.j2", [])).findall(".//script")
    )
    assert [name for name, _ in attributes(root) if name.startswith("on")] == []
    assert [name for name, _ in attributes(root) if name == "autofocus"] == []
    assert {image.get("src") for image in root.iter("img") if image.get("class") != "plot"} == {
        "gallery/00.jpg"
    }


def test_all_that_they_wrote_is_there_to_be_read(written: str) -> None:
    root = lxml.html.document_fromstring(written)
    for section in ("model", "data", "run"):
        (element,) = root.iterfind(f".//section[@id='{section}']")
        assert HOSTILE in "".join(map(str, element.itertext()))
    assert root.findtext(".//title") == f"{HOSTILE} · Yajiuma"
    assert HOSTILE in {image.get("alt") for image in root.iter("img")}


TOO_LITTLE = "too little to tell"
EVERYWHERE = [2.0 * number for number in range(120)]


def text_of(element: Any) -> str:
    return "".join(map(str, element.itertext()))


def told(evaluation: Evaluation) -> dict[str, str]:
    """What the section about the model says beneath each of its headings."""
    root = lxml.html.document_fromstring(page_of(evaluation))
    (section,) = root.iterfind(".//section[@id='model']")
    found: dict[str, str] = {}
    for element in section:
        if element.tag == "h3":
            heading = text_of(element)
        elif element.tag != "h2":
            found[heading] = found.get(heading, "") + text_of(element)
    for text in found.values():
        assert not re.search(r"\b(nan|inf|infinity|none)\b|\de\+", text.lower())
        assert not re.search(r"\d{7}", text)
    return found


MEASURED = (
    "What are its comments worth?",
    "Who finds the comments that were written?",
    "How varied is it?",
    "Does it know when much is said?",
)


def test_of_a_whole_episode_every_figure_is_shown(tmp_path: Path) -> None:
    found = told(measured(tmp_path, EVERYWHERE))
    unpopular = "Without those that are popular anyway, 0 seconds: too little to tell"
    for heading in MEASURED:
        assert TOO_LITTLE not in found[heading].replace(unpopular, "").lower()
        assert re.search(r"\d\.\d", found[heading])
    assert unpopular in found["Who finds the comments that were written?"]


def test_of_an_episode_of_seconds_no_figure_is(tmp_path: Path) -> None:
    found = told(measured(tmp_path, [0.2, 0.4, 1.5], seconds=3, generated=4))
    for heading in MEASURED:
        assert TOO_LITTLE in found[heading].lower()
        assert not re.search(r"\d\.\d", found[heading])
    assert "Too little to tell: 3 comments" in found["What are its comments worth?"]
    assert "2 seconds: too little" in found["Who finds the comments that were written?"]
    assert "Too little to tell: 10 comments" in found["How well it learned"]


def test_few_blocks_leave_the_intervals_out(tmp_path: Path) -> None:
    found = told(measured(tmp_path, EVERYWHERE, block_s=35))
    worth = found["What are its comments worth?"]
    assert worth.count(TOO_LITTLE) == 5
    assert "–" not in worth
    assert found["Does it know when much is said?"].count(TOO_LITTLE) == 2


def test_a_constant_rate_has_no_correlation(tmp_path: Path) -> None:
    found = told(measured(tmp_path, EVERYWHERE, slope=0))
    assert "nothing to compare" in found["Does it know when much is said?"]


def test_few_names_are_said_to_be_few(tmp_path: Path) -> None:
    times = [0.2 * number for number in range(60)]
    few = told(measured(tmp_path, times, seconds=12.5, named=12))
    assert "Too little to tell: 12 names" in few["Does it see who is on screen?"]
    many = told(measured(tmp_path, times, seconds=12.5, named=60))
    assert "Of the 60 names it wrote" in many["Does it see who is on screen?"]
    unknown = told(measured(tmp_path, times, seconds=12.5))
    assert "Does it see who is on screen?" not in unknown
