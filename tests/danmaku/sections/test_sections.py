"""What the page tells beside its player: every name and text of strangers stays text."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import msgspec
import pytest

from pipeline.danmaku.alignment.delay_file import Delay
from pipeline.danmaku.drawing.quality import LayoutQuality
from pipeline.danmaku.evaluation.evaluation_file import Evaluation, Hits, Pointing
from pipeline.danmaku.sections.data.section import data_section
from pipeline.danmaku.sections.model.gallery import AttendedPicture
from pipeline.danmaku.sections.model.section import model_section
from pipeline.danmaku.sections.run.section import run_section
from pipeline.danmaku.sections.summary import DanmakuSummary
from pipeline.danmaku.statistics.counting import BusyFrame, Statistics, TextCount, Words
from pipeline.danmaku.statistics.split import Split
from pipeline.evaluation.intervals import Interval
from pipeline.reading.import_report_file import FileReport, ImportReport, Issue
from pipeline.report.gallery import PictureFile
from pipeline.report.history import Record, StageRun
from pipeline.report.language import Message
from pipeline.report.page import page_html
from pipeline.report.section import Page
from tests.danmaku.evaluation.small_evaluations import measured
from tests.training import training_record

HOSTILE = (
    "</script><script>run()</script><img src=x onerror=run()>\" autofocus onfocus='run()' {{7*7}}"
)


def summary(evaluation: Evaluation | None = None) -> DanmakuSummary:
    names = ("backbone", "weights", "tap", "device")
    training = training_record(
        videos=[HOSTILE], fingerprints=[HOSTILE], **dict.fromkeys(names, HOSTILE)
    )
    fits = LayoutQuality(1, {}, 0, 0, 0.0, 0.0, 1, 0.0)
    return DanmakuSummary(
        HOSTILE, HOSTILE, 90.0, 9, 8, 7, 3, 1, [(HOSTILE, 2)], 0, fits, None, training, evaluation
    )


def statistics() -> Statistics:
    ranked = [TextCount(HOSTILE, 3)]
    fault = [Issue(HOSTILE, 1, "1")]
    return Statistics(
        video=HOSTILE,
        duration="1:30.000",
        import_report=ImportReport([FileReport(HOSTILE, HOSTILE, 2, 1, fault, fault)], fault, 1),
        delay=Delay(False, 0, 0, 0, 0.0, [], 0, 0, 0.0),
        split=Split(1, 1, 1, 1, 0, 0, 0),
        past_end=0,
        before_start=0,
        words=Words(1, 1, 1, ranked, ranked, ranked, [(1, 3)]),
        most_frequent=ranked,
        frames=9,
        scenes=1,
        silent_frames=8,
        mean_per_frame=0.1,
        busiest=[BusyFrame(1, "0:01.000", 1, ranked[0], b"a picture")],
        per_second=[1],
    )


def page_of(folder: Path, evaluation: Evaluation | None = None) -> str:
    record = Record(0, HOSTILE, HOSTILE, 0.0, 1.0, 1.0, 9, {HOSTILE: HOSTILE})
    picture = AttendedPicture(PictureFile("gallery/00.jpg", 360, 202), HOSTILE, "#c0", 1.0, HOSTILE)
    quality = LayoutQuality(1, {}, 0, 0, 0.0, 0.0, 1, 0.0)
    sections = [
        model_section(folder, summary(evaluation), [picture]),
        data_section(folder, summary().training, [statistics()], [HOSTILE]),
        run_section(
            {"generated": quality},
            [statistics()],
            [StageRun(HOSTILE, HOSTILE, record)],
            {"python": HOSTILE},
        ),
    ]
    subtitle = Message("run.generated", {"model": HOSTILE})
    return page_html(Page(HOSTILE, subtitle, sections))


@pytest.fixture
def written(tmp_path: Path) -> str:
    return page_of(tmp_path)


def attributes(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        yield from ((str(name), str(value)) for name, value in element.items())


def test_nothing_that_strangers_wrote_becomes_markup(written: str) -> None:
    root = lxml.html.document_fromstring(written)
    assert len(root.findall(".//script")) == written.count("<script")
    assert [name for name, _ in attributes(root) if name.startswith("on")] == []
    assert [name for name, _ in attributes(root) if name == "autofocus"] == []
    assert {image.get("src") for image in root.iter("img") if image.get("class") != "plot"} == {
        "gallery/00.jpg",
        "busiest/0-00.jpg",
    }


def test_all_that_they_wrote_is_there_to_be_read(written: str) -> None:
    root = lxml.html.document_fromstring(written)
    for section in ("model", "data", "run"):
        (element,) = root.iterfind(f".//section[@id='{section}']")
        assert HOSTILE in "".join(map(str, element.itertext()))
    assert root.findtext(".//title") == f"{HOSTILE} · Yajiuma"
    assert HOSTILE in {image.get("alt") for image in root.iter("img")}


TOO_LITTLE = "too little data"
EVERYWHERE = [2.0 * number for number in range(120)]


def text_of(element: Any) -> str:
    return "".join(map(str, element.itertext()))


def texts(folder: Path, evaluation: Evaluation) -> dict[str, str]:
    """The text of the section about the model, by its headings."""
    root = lxml.html.document_fromstring(page_of(folder, evaluation))
    (section,) = root.iterfind(".//section[@id='model']")
    by_heading = {
        text_of(fold.find("summary")): "".join(map(text_of, list(fold)[1:]))
        for fold in section.iterfind("details")
    }
    for text in by_heading.values():
        assert not re.search(r"\b(nan|inf|infinity|none)\b|\de\+", text.lower())
        assert not re.search(r"\d{7}", text)
    return by_heading


MEASURED = (
    "How well does it predict viewers’ comments?",
    "Can it pick out what viewers actually wrote?",
    "How diverse are its comments?",
    "Does it know when viewers comment most?",
)


def test_of_a_whole_episode_every_figure_is_shown(tmp_path: Path) -> None:
    shown = texts(tmp_path, measured(tmp_path, EVERYWHERE))
    unpopular = "Without popular comments, 0 seconds: too little data"
    for heading in MEASURED:
        assert TOO_LITTLE not in shown[heading].replace(unpopular, "").lower()
        assert re.search(r"\d\.\d", shown[heading])
    assert unpopular in shown["Can it pick out what viewers actually wrote?"]


def test_of_an_episode_of_seconds_no_figure_is(tmp_path: Path) -> None:
    shown = texts(tmp_path, measured(tmp_path, [0.2, 0.4, 1.5], seconds=3, generated=4))
    for heading in MEASURED:
        assert TOO_LITTLE in shown[heading].lower()
        assert not re.search(r"\d\.\d", shown[heading])
    assert "Too little data: 3 comments" in shown["How well does it predict viewers’ comments?"]
    assert "2 seconds: too little" in shown["Can it pick out what viewers actually wrote?"]
    assert "Too little data: 10 comments" in shown["How it was trained"]


def test_few_blocks_leave_the_intervals_out(tmp_path: Path) -> None:
    shown = texts(tmp_path, measured(tmp_path, EVERYWHERE, block_s=35))
    worth = shown["How well does it predict viewers’ comments?"]
    assert worth.count(TOO_LITTLE) == 5
    assert "–" not in worth
    assert shown["Does it know when viewers comment most?"].count(TOO_LITTLE) == 2


def test_a_constant_rate_has_no_correlation(tmp_path: Path) -> None:
    shown = texts(tmp_path, measured(tmp_path, EVERYWHERE, slope=0))
    assert "nothing to compare" in shown["Does it know when viewers comment most?"]


def test_whether_attention_is_on_faces_is_shown_where_it_was_measured(tmp_path: Path) -> None:
    evaluation = measured(tmp_path, EVERYWHERE)
    heading = "Does it look at the face of whom it names?"
    assert heading not in texts(tmp_path, evaluation)
    yes = Interval(0.5, 0.4, 0.6)
    hits = Hits(named=yes, anybody=0.7, gain=Interval(4.0, 3.0, 5.0))
    found = msgspec.structs.replace(evaluation, faces=Pointing(300, 0.125, hits, hits))
    shown = texts(tmp_path, found)[heading]
    assert "300 names of the cast" in shown and "12.5\N{NO-BREAK SPACE}%" in shown
    assert "on the named face" in shown and "4.0" in shown
    few = msgspec.structs.replace(evaluation, too_little={**evaluation.too_little, "faces": 3})
    assert "Too little data: 3 names" in texts(tmp_path, few)[heading]


def test_few_names_are_said_to_be_few(tmp_path: Path) -> None:
    times = [0.2 * number for number in range(60)]
    few = texts(tmp_path, measured(tmp_path, times, seconds=12.5, named=12))
    assert "Too little data: 12 names" in few["Does it name who is on screen?"]
    many = texts(tmp_path, measured(tmp_path, times, seconds=12.5, named=60))
    assert "The model wrote 60 names" in many["Does it name who is on screen?"]
    unknown = texts(tmp_path, measured(tmp_path, times, seconds=12.5))
    assert "Does it name who is on screen?" not in unknown
