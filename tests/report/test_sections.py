"""What the page tells beside its player: every name and text of strangers stays text."""

from collections.abc import Iterator
from typing import Any

import lxml.html
import pytest

from pipeline.artifacts.delay import Delay
from pipeline.artifacts.salvage import Fault, FileSalvage, Salvage
from pipeline.artifacts.training import CommentTable, Epoch, TrainingRecord
from pipeline.drawing.crowding import LayoutReport
from pipeline.report.gallery import Shown
from pipeline.report.history import Done
from pipeline.report.html import page
from pipeline.report.summary import Summary
from pipeline.stage_record import StageRecord
from pipeline.statistics.counting import BusyFrame, Ranked, Split, Statistics, Words

HOSTILE = (
    "</script><script>run()</script><img src=x onerror=run()>\" autofocus onfocus='run()' {{7*7}}"
)


def summary() -> Summary:
    training = TrainingRecord(
        [HOSTILE], [HOSTILE], "lstm", "additive", HOSTILE, HOSTILE, HOSTILE, HOSTILE, 1,
        CommentTable(*range(1, 13)), [Epoch(3.0, 3.0, 1.0, 9.0, 100, 1000)], 1, 3.0, 3.1, 4.0,
    )  # fmt: skip
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


@pytest.fixture
def written() -> str:
    record = StageRecord(0, HOSTILE, False, HOSTILE, 0.0, 1.0, 1.0, 9, {HOSTILE: HOSTILE})
    return page(
        "report.html.j2",
        [],
        summary=summary(),
        gallery=[Shown("gallery/00.jpg", 360, 202, 0, 1.0, HOSTILE, HOSTILE)],
        places={0: 0},
        most_frequent=[(HOSTILE, 2)],
        statistics=[statistics()],
        absent=[HOSTILE],
        history=[Done(HOSTILE, HOSTILE, record)],
        versions={"python": HOSTILE},
        layouts={"generated": LayoutReport(1, {}, 0, 0, 0.0, 0.0, 1, 0.0)},
    )


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
