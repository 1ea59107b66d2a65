from hypothesis import given
from hypothesis import strategies as st

from pipeline.danmaku.comments.report import Numbers, ReadReport, Tally, full_text, summary
from pipeline.danmaku.comments.salvage import Fault, FileSalvage, Salvage


@given(st.sets(st.integers(1, 60)))
def test_ranges_name_every_number_once(numbers: set[int]) -> None:
    kept = Numbers()
    for number in sorted(numbers):
        kept.add(number)
    named: list[int] = []
    for part in filter(None, str(kept).split(", ")):
        first, _, last = part.partition("-")
        named += range(int(first), int(last or first) + 1)
    assert named == sorted(numbers)
    assert kept.count == len(numbers)


def test_the_same_number_twice_is_one() -> None:
    numbers = Numbers()
    for number in (3, 3, 4, 3):
        numbers.add(number)
    assert (str(numbers), numbers.count) == ("3-4", 2)


def test_reasons_come_by_frequency() -> None:
    tally = Tally()
    for reason, number in (("rare", 1), ("common", 2), ("common", 5)):
        tally.add(reason, number)
    assert tally.faults() == [Fault("common", 2, "2, 5"), Fault("rare", 1, "1")]
    assert tally.total == 3


def test_what_is_dropped_is_not_kept_and_what_is_mended_is() -> None:
    report = ReadReport("a.xml", "Niconico XML")
    for number in range(1, 5):
        report.read += 1
        if number == 2:
            report.drop("deleted")
        if number == 3:
            report.repair("with a stray <")
    report.repair("cut short", ahead=1)
    assert report.salvage() == FileSalvage(
        file="a.xml",
        format="Niconico XML",
        read=4,
        kept=3,
        repaired=[Fault("cut short", 1, "5"), Fault("with a stray <", 1, "3")],
        dropped=[Fault("deleted", 1, "2")],
    )


def test_the_text_tells_every_file_reason_and_number() -> None:
    first = FileSalvage("a.xml", "Niconico XML", 9, 8, [Fault("cut short", 1, "9")], [])
    second = FileSalvage("b.json", "nvComment", 5, 3, [], [Fault("deleted", 2, "1, 4")])
    salvage = Salvage([first, second], [Fault("read before", 3, "10-12")], 8)
    assert summary(salvage) == [
        "a.xml (Niconico XML): 9 comments read, 8 kept, 1 mended",
        "b.json (nvComment): 5 comments read, 3 kept (2 deleted)",
        "8 kept of all (3 read before)",
    ]
    assert full_text(salvage) == (
        "a.xml (Niconico XML): 9 comments read, 8 kept, 1 mended\n"
        "    1 cut short: 9\n"
        "b.json (nvComment): 5 comments read, 3 kept (2 deleted)\n"
        "    2 deleted: 1, 4\n"
        "8 kept of all (3 read before)\n"
        "    3 read before: 10-12\n"
    )
