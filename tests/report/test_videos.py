"""The table over all videos of a working folder."""

from pathlib import Path

import lxml.html
import pytest
from msgspec.structs import replace

from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.report.summary import Summary
from pipeline.report.videos import write_videos
from tests.danmaku.evaluation.small_evaluations import measured
from tests.report.browser import Visits
from tests.training import training_record

HOSTILE = [
    "javascript:alert(1)",
    "<img src=x onerror=alert(1)>",
    "a%2f..%2fb",
    '"><script>',
    "日本 語#?",
]


def summary(video: str, comments: int) -> Summary:
    training = training_record()
    return Summary(f"{video}.mp4", "m", 90.5, 9, 8, comments, 3, 1, 0, training, None)


def made(workdir: Path, name: str, comments: int, evaluation: Evaluation | None = None) -> None:
    (workdir / name / "report").mkdir(parents=True)
    (workdir / name / "report" / "index.html").write_text("<title>report</title>")
    (workdir / name / "report" / "poster.jpg").touch()
    replace(summary(name, comments), evaluation=evaluation).save(workdir / name / "report.json")


def table(workdir: Path) -> list[list[str]]:
    rows = lxml.html.parse(workdir / "index.html").findall(".//tbody/tr")
    return [["".join(cell.itertext()).strip() for cell in row] for row in rows]


def test_it_tells_of_videos_with_and_without_a_report(tmp_path: Path) -> None:
    made(tmp_path, "ep1", 1234)
    (tmp_path / "ep2").mkdir()
    write_videos(tmp_path, ["ep1", "ep2"])
    first, second = table(tmp_path)
    assert first[1:7] == ["ep1", "m", "1:30.5", "1,234", "0", "0.1 %"]
    assert second[1] == "ep2" and "make report" in second[2]


def test_what_there_is_too_little_for_is_said_and_not_shown_as_a_number(tmp_path: Path) -> None:
    whole = measured(tmp_path, [2.0 * number for number in range(120)])
    short = measured(tmp_path, [0.2, 0.4, 1.5], seconds=3, generated=4, named=3)
    made(tmp_path, "long", 9, whole)
    made(tmp_path, "short", 9, short)
    write_videos(tmp_path, ["long", "short"])
    first, second = table(tmp_path)
    assert whole.likelihood is not None
    assert first[7] == f"{whole.likelihood.pmi.mean:+.3f}"
    assert first[9] == "", "of a video whose truth is unknown"
    assert second[7:10] == ["too little to tell"] * 3


def test_there_is_none_without_reports(tmp_path: Path) -> None:
    made(tmp_path, "ep1", 1)
    write_videos(tmp_path, ["ep1"])
    (tmp_path / "ep1" / "report.json").unlink()
    write_videos(tmp_path, ["ep1"])
    assert not (tmp_path / "index.html").exists()


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b'{"video": 1}'])
def test_what_cannot_be_read_has_no_report(tmp_path: Path, left: bytes) -> None:
    for name in ("ep1", "ep2"):
        made(tmp_path, name, 1)
    (tmp_path / "ep1" / "report.json").write_bytes(left)
    write_videos(tmp_path, ["ep1", "ep2"])
    assert "make report" in table(tmp_path)[0][2]


def test_links_lead_to_reports_whatever_videos_are_called(tmp_path: Path, visits: Visits) -> None:
    for number, name in enumerate(HOSTILE):
        made(tmp_path, name, number)
    write_videos(tmp_path, HOSTILE)
    visit = visits(tmp_path, "index.html")
    for name in HOSTILE:
        visit.page.get_by_role("link", name=name, exact=True).click()
        visit.page.wait_for_function("document.title == 'report'")
        visit.page.go_back()
    columns = visit.page.get_by_role("columnheader").get_by_role("button")
    columns.filter(has_text="model’s comments").click()
    assert visit.page.locator("tbody th").all_inner_texts() == HOSTILE
    columns.filter(has_text="model’s comments").click()
    assert visit.page.locator("tbody th").all_inner_texts() == HOSTILE[::-1]
