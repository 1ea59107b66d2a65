from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading.import_report_file import FileReport, Issue
from pipeline.reading.read_report import NumberRanges, ReadReport, Tally


@given(st.sets(st.integers(1, 60)))
def test_ranges_name_every_number_once(numbers: set[int]) -> None:
    kept = NumberRanges()
    for number in sorted(numbers):
        kept.add(number)
    named: list[int] = []
    for part in filter(None, str(kept).split(", ")):
        first, _, last = part.partition("-")
        named += range(int(first), int(last or first) + 1)
    assert named == sorted(numbers)
    assert kept.count == len(numbers)


def test_a_repeated_number_counts_once() -> None:
    numbers = NumberRanges()
    for number in (3, 3, 4, 3):
        numbers.add(number)
    assert (str(numbers), numbers.count) == ("3-4", 2)


def test_reasons_come_by_frequency() -> None:
    tally = Tally()
    for reason, number in (("rare", 1), ("common", 2), ("common", 5)):
        tally.add(reason, number)
    assert tally.issues() == [Issue("common", 2, "2, 5"), Issue("rare", 1, "1")]
    assert tally.total == 3


def test_dropped_comments_are_not_kept_and_repaired_ones_are() -> None:
    report = ReadReport("a.xml", "Niconico XML")
    for number in range(1, 5):
        report.read += 1
        if number == 2:
            report.drop("deleted")
        if number == 3:
            report.repair("with a stray <")
    report.repair("cut short", ahead=1)
    assert report.result() == FileReport(
        file="a.xml",
        format="Niconico XML",
        read=4,
        kept=3,
        repaired=[Issue("cut short", 1, "5"), Issue("with a stray <", 1, "3")],
        dropped=[Issue("deleted", 1, "2")],
    )
