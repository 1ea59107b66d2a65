import threading
import time
from collections.abc import Iterator

import pytest

from pipeline.runtime.prefetch import ordered_map, prefetch


def test_items_come_in_order_and_all() -> None:
    assert list(prefetch(iter(range(50)), 3)) == list(range(50))
    assert list(prefetch(iter(()), 3)) == []


def test_only_so_many_are_made_in_advance() -> None:
    made = []

    def items() -> Iterator[int]:
        for number in range(20):
            made.append(number)
            yield number

    for number in prefetch(items(), 2):
        time.sleep(0.01)
        assert len(made) <= number + 3


def test_an_item_is_made_while_the_one_before_is_used() -> None:
    both = threading.Barrier(2, timeout=10)

    def items() -> Iterator[int]:
        yield 0
        both.wait()
        yield 1

    for number in prefetch(items(), 1):
        if number == 0:
            both.wait()


def test_what_goes_wrong_is_told_at_its_place() -> None:
    def items() -> Iterator[int]:
        yield from range(3)
        raise ValueError("bad")

    numbers = prefetch(items(), 5)
    assert [next(numbers) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="bad"):
        next(numbers)


def test_a_reader_that_stops_leaves_no_thread() -> None:
    before = threading.active_count()
    for number in prefetch(iter(range(10**9)), 4):
        if number == 5:
            break
    for text in ordered_map(str, range(10**9), 4):
        if text == "5":
            break
    assert threading.active_count() == before


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 20])
def test_results_keep_their_order(workers: int, count: int) -> None:
    def slow_when_even(number: int) -> int:
        time.sleep(0.002 * (number % 2 == 0))
        return -number

    assert list(ordered_map(slow_when_even, range(count), workers)) == [-n for n in range(count)]


def test_work_goes_on_while_a_result_is_used() -> None:
    both = threading.Barrier(2, timeout=10)

    def work(number: int) -> int:
        if number == 2:
            both.wait()
        return number

    for number in ordered_map(work, range(3), 2):
        if number == 0:
            both.wait()


def test_all_workers_are_busy_at_once() -> None:
    together = threading.Barrier(3, timeout=10)
    assert len(set(ordered_map(lambda _: together.wait(), range(3), 3))) == 3


def test_an_error_in_the_work_is_told() -> None:
    def work(number: int) -> float:
        return 1 / (number - 2)

    results = ordered_map(work, range(9), 2)
    assert [next(results), next(results)] == [-0.5, -1.0]
    with pytest.raises(ZeroDivisionError):
        next(results)
