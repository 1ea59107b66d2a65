from pipeline.reading.import_report_file import FileReport, ImportReport, Issue
from pipeline.reading.import_report_text import full_text, summary


def test_the_text_names_every_file_reason_and_number() -> None:
    first = FileReport("a.xml", "Niconico XML", 9, 8, [Issue("cut short", 1, "9")], [])
    second = FileReport("b.json", "nvComment", 5, 3, [], [Issue("deleted", 2, "1, 4")])
    report = ImportReport([first, second], [Issue("read before", 3, "10-12")], 8)
    assert summary(report, "label") == [
        "a.xml (Niconico XML): 9 labels read, 8 kept, 1 repaired",
        "b.json (nvComment): 5 labels read, 3 kept (2 deleted)",
        "8 kept of all (3 read before)",
    ]
    assert full_text(report, "label") == (
        "a.xml (Niconico XML): 9 labels read, 8 kept, 1 repaired\n"
        "    1 cut short: 9\n"
        "b.json (nvComment): 5 labels read, 3 kept (2 deleted)\n"
        "    2 deleted: 1, 4\n"
        "8 kept of all (3 read before)\n"
        "    3 read before: 10-12\n"
    )
