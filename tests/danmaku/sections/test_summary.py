"""What the table over all reports shows of an annotated video."""

from pathlib import Path

import lxml.html
import pytest
from msgspec.structs import replace

from pipeline.danmaku import sections
from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.danmaku.sections.model.section import model_section
from pipeline.danmaku.sections.summary import DanmakuSummary
from pipeline.report.language import Message, Phrases
from pipeline.report.page import page_html
from pipeline.report.section import Page
from pipeline.report.summary import Column, ReportFile, save_summary
from tests.danmaku.evaluation.small_evaluations import measured
from tests.danmaku.sections.test_sections import summary, text_of
from tests.training import training_record


def columns(evaluation: Evaluation | None, **changes: object) -> dict[str, Column]:
    made = replace(summary(evaluation), **{"model": "m", "seconds": 90.55, **changes})
    return {column.name: column for column in made.columns()}


def test_a_video_without_comments_has_empty_cells(tmp_path: Path) -> None:
    cells = columns(None, comments=1234, copied=1)
    texts = [cells[name].text for name in ("model", "length", "generated", "viewers", "copied")]
    assert texts == ["m", "1:30.5", "1,234", "0", "0.1 %"]
    for name in ("pmi", "mrr", "named"):
        assert (cells[name].value, cells[name].text, cells[name].is_too_little) == (None, "", False)


def test_a_video_without_generated_comments_has_copied_none(tmp_path: Path) -> None:
    assert columns(None, comments=0, copied=0)["copied"].value is None


def test_what_there_is_too_little_for_is_not_shown_as_a_number(tmp_path: Path) -> None:
    whole = measured(tmp_path, [2.0 * number for number in range(120)])
    short = measured(tmp_path, [0.2, 0.4, 1.5], seconds=3, generated=4, named=3)
    assert whole.likelihood is not None
    assert columns(whole)["pmi"].text == f"{whole.likelihood.pmi.mean:+.3f}"
    assert not columns(whole)["named"].is_too_little, "its truth is unknown"
    assert all(columns(short)[name].is_too_little for name in ("pmi", "mrr", "named"))


@pytest.mark.parametrize(
    ("weights", "is_said"), [("random seed 7", True), ("imagenet rw_efficientnet_lite0", False)]
)
def test_figures_of_a_network_with_random_weights_are_called_so(
    tmp_path: Path, weights: str, is_said: bool
) -> None:
    made = replace(summary(), model="m", training=training_record(weights=weights))
    section = model_section(tmp_path, made, [])
    page = lxml.html.document_fromstring(
        page_html(Page("title", Message("model.training"), [section]))
    )
    notes = [text_of(note) for note in page.iterfind(".//p[@class='note']")]
    assert any("random weights" in note for note in notes) == is_said
    assert ("random weights" in made.headline) == is_said
    assert made.columns()[0].text == ("m (random weights)" if is_said else "m")


def test_every_heading_has_a_column() -> None:
    headings = Phrases.load([Path(sections.__file__).parent / "web"])
    assert {f"danmaku.{name}" for name in columns(None)} == headings.keys()


def test_the_figures_are_in_the_file(tmp_path: Path) -> None:
    save_summary(tmp_path / "report.json", summary(), [])
    file = ReportFile.load(tmp_path / "report.json")
    assert file.system == DanmakuSummary.system == "danmaku"
    assert file.columns == summary().columns()
    assert file.summary["comments"] == 7
