import pytest

from pipeline.runtime.quantities import about, counted, size_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 s"),
        (7.4, "7 s"),
        (43, "45 s"),
        (99, "100 s"),
        (101, "2 min"),
        (12 * 60 + 20, "12 min"),
        (2 * 3600 + 14 * 60, "2 h 10 min"),
        (3 * 3600 + 60, "3 h"),
        (30 * 3600 + 1800, "30 h"),
        (1500 * 3600, "1,500 h"),
    ],
)
def test_spans_of_time_are_rough(seconds: float, text: str) -> None:
    assert about(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 kB"), (20_400, "20 kB"), (1_420_000, "1.4 MB"), (21e6, "21 MB"), (2.1e12, "2,100 GB")],
)
def test_sizes_have_two_digits(size: float, text: str) -> None:
    assert size_text(size) == text


def test_one_is_no_plural() -> None:
    assert [counted(n, "comment") for n in (0, 1, 1440)] == [
        "0 comments",
        "1 comment",
        "1,440 comments",
    ]
