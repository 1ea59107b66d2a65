import io
import logging
import sys
from collections.abc import Iterator

import pytest

from pipeline.runtime.progress import track


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("pipeline.runtime.progress.time.monotonic", lambda: now[0])
    return now


def test_log_lines_come_now_and_then_with_the_time_left(
    clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    def batches() -> Iterator[list[int]]:
        for _ in range(10):
            clock[0] += 20
            yield [0] * 8

    given = list(track(batches(), 80, "features", "pictures", len))
    assert [len(batch) for batch in given] == [8] * 10
    assert caplog.messages[0] == "features: 16 of 80 pictures, 0.4/s, 160 s left"
    assert len(caplog.messages) == 5


def test_a_terminal_shows_a_bar_of_amounts_rather_than_items(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(track(["ab", "cde"], 5, "features", "pictures", len)) == ["ab", "cde"]
    assert "features" in terminal.getvalue()
    assert "0/5" in terminal.getvalue()
