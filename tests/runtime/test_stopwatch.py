from collections.abc import Iterator

import pytest

from pipeline.runtime.stopwatch import Stopwatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still but for what the test adds to its only item."""
    now = [100.0]
    monkeypatch.setattr("pipeline.runtime.stopwatch.time.perf_counter", lambda: now[0])
    return now


def test_time_is_counted_to_what_is_being_done(clock: list[float]) -> None:
    stopwatch = Stopwatch("thinking")
    clock[0] += 1
    with stopwatch.measure("writing"):
        clock[0] += 2
        with stopwatch.measure("fetching ink"):
            clock[0] += 4
        clock[0] += 8
    clock[0] += 16
    said = stopwatch.bottleneck(62, "words")
    assert stopwatch.seconds == {"thinking": 17, "writing": 10, "fetching ink": 4}
    assert said == "2.0 words/s, bounded by thinking (55 % of the time)".replace(" %", "%")


def test_waiting_for_items_counts_until_each_is_there(clock: list[float]) -> None:
    def items() -> Iterator[int]:
        for number in range(3):
            clock[0] += 5
            yield number

    stopwatch = Stopwatch("using")
    for _ in stopwatch.waiting("decoding", items()):
        clock[0] += 1
    assert (
        stopwatch.bottleneck(3600, "frames")
        == "200.0 frames/s, bounded by decoding (83% of the time)"
    )


def test_an_error_ends_what_was_being_done(clock: list[float]) -> None:
    stopwatch = Stopwatch("resting")
    with pytest.raises(ValueError), stopwatch.measure("working"):
        clock[0] += 1
        raise ValueError
    clock[0] += 3
    assert "resting (75%" in stopwatch.bottleneck(1, "things")
