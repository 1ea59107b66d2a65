"""What the page says about stages is what they left among their logs."""

from pathlib import Path

import pytest

from pipeline.engine.stage_record import StageRecord
from pipeline.report.history import history


def record(started: float, code: int = 0, **settings: object) -> StageRecord:
    return StageRecord(code, "done", False, "here", started, 1.5, 2.5, 100, settings)


def test_stages_come_in_order_with_their_settings(tmp_path: Path) -> None:
    for video in ("a", "b"):
        (tmp_path / video / "logs").mkdir(parents=True)
    record(20, size=3, name="犬").save(tmp_path / "a" / "logs", "frames")
    record(10).save(tmp_path / "b" / "logs", "frames")
    record(30, code=1).save(tmp_path / "a" / "logs", "render")
    record(5).save(tmp_path / "a" / "logs", "report")  # of the report before this one
    runs = history([tmp_path / "a", tmp_path / "b", tmp_path / "a"])
    assert [(run.target, run.stage, run.started) for run in runs] == [
        ("b", "frames", "1970-01-01 00:00:10"),
        ("a", "frames", "1970-01-01 00:00:20"),
    ]
    assert [run.settings for run in runs] == ["", "size: 3\nname: 犬\n"]


@pytest.mark.parametrize("left", [b"", b"{}", b"[1]", b"\xff"])
def test_logs_that_were_removed_or_damaged_are_passed_over(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "a" / "logs").mkdir(parents=True)
    (tmp_path / "a" / "logs" / "frames.json").write_bytes(left)
    assert history([tmp_path / "a", tmp_path / "b"]) == []
