import csv
import io
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.danmaku.comments.comments_file import GeneratedComment, TokenizedComment
from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading.import_report_file import Issue
from pipeline.runtime.json_lines import write_lines
from tests.danmaku.comments.conftest import WriteFile

FULL = TokenizedComment(
    time_ms=-5,
    text="a\nb",
    commands=["ue", "red"],
    no=3,
    thread="1",
    fork="easy",
    user="0123456789ab",
    posted_at=17,
    posted_us=4,
    premium=True,
    score=-9,
    nicoru=2,
    file="old.xml",
    number=9,
    also=["x.json:4"],
    words=["a", "b"],
    parts=["x", "x"],
)


def test_yajiumas_own_comments_read_back(tmp_path: Path) -> None:
    write_lines(tmp_path / "comments.jsonl", [FULL])
    (comment,) = read_comments(tmp_path / "comments.jsonl")
    fields = msgspec.structs.asdict(FULL) | {"file": "comments.jsonl", "number": 1, "also": []}
    del fields["words"], fields["parts"]
    assert comment == Comment(**fields)


def test_generated_comments_are_comments(tmp_path: Path) -> None:
    generated = GeneratedComment(
        time_ms=70, text="草", commands=["ue"], words=["草"], frame=2, viewers=9
    )
    write_lines(tmp_path / "generated.jsonl", [generated])
    (comment,) = read_comments(tmp_path / "generated.jsonl")
    assert (comment.time_ms, comment.text, comment.commands) == (70, "草", ["ue"])


@pytest.mark.parametrize(
    ("row", "time_ms"),
    [
        ({"time_ms": 1500, "text": "a"}, 1500),
        ({"time": 1.5, "body": "a"}, 1500),
        ({"Seconds": "1.5", "Comment": "a"}, 1500),
        ({"vpos": 150, "content": "a", "x": 1}, 1500),
        ({"start": "0:01.5", "message": "a"}, 1500),
        ({"time": "1:00:01,500", "text": "a"}, 3_601_500),
        ({"time": "-0:02", "text": "a"}, -2000),
    ],
)
def test_columns_have_many_names_and_units(
    write_file: WriteFile, row: dict[str, object], time_ms: int
) -> None:
    for content in (json.dumps(row), json.dumps([row]) if "vpos" not in row else json.dumps(row)):
        (comment,) = read_comments(write_file(content))
        assert (comment.time_ms, comment.text) == (time_ms, "a")
    table = io.StringIO()
    rows = csv.DictWriter(table, list(row))
    rows.writeheader()
    rows.writerow(row)
    (comment,) = read_comments(write_file(table.getvalue()))
    assert (comment.time_ms, comment.text) == (time_ms, "a")


def test_ids_are_hashed_and_digests_are_not(write_file: WriteFile) -> None:
    first, second = read_comments(
        write_file('{"time": 1, "text": "a", "userId": 5}\n{"time": 2, "text": "b", "user": "5"}')
    )
    assert first.user == hashed_user("5")
    assert second.user == "5"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_are_read_with_any_delimiter(
    write_file: WriteFile, delimiter: str, end: str
) -> None:
    lines = [
        delimiter.join(["time", "text", "unknown", "commands"]),
        delimiter.join(["1", '"say ""hi"", 2; x"', "", "ue red"]),
        "",
        delimiter.join(["2", '"two\nlines"']),
    ]
    first, second = read_comments(write_file("\ufeff" + end.join(lines)))
    assert (first.text, first.commands) == ('say "hi", 2; x', ["ue", "red"])
    assert (second.text, second.number) == ("two\nlines", 2)


def test_rows_without_a_time_or_text_are_reported(write_file: WriteFile) -> None:
    file = read_comments(write_file("time,text\n1,a\nsoon,b\n2\n3,\n"))
    assert len(list(file)) == 1
    assert file.report.result().dropped == [
        Issue("without text", 2, "3-4"),
        Issue("without a time", 1, "2"),
    ]


def test_a_quote_that_is_never_closed_ends_in_a_report(write_file: WriteFile) -> None:
    file = read_comments(write_file('time,text\n1,a\n2,"b' + "c" * 300_000 + "\n3,d\n"))
    assert list(file)[0].text == "a"  # noqa: RUF015  # all of it is read
    assert any("quote" in issue.reason for issue in file.report.result().repaired)


_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), _CELLS), min_size=1, max_size=8))
def test_any_table_reads_back(write_file: WriteFile, rows: list[tuple[int, str]]) -> None:
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["time_ms", "text"])
    writer.writerows(rows)
    usable = [(time, text) for time, text in rows if text.strip()]
    found = [(c.time_ms, c.text) for c in read_comments(write_file(table.getvalue()))]
    assert found == usable


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\r\ntime;text\r\n1,5;a\r\n2;b\r\n",
        '"sep=;"\ntime;text\n1,5;a\n2;b\n',
        "SEP=|\ntime|text\n1.5|a\n2|b\n",
        'time,text\n"1,5",a\n2,b\n',
        "time\ttext\n1.5E0\ta\n2e+0\tb\n",
        "time\ttext\r1.5\ta\r2\tb\r",
    ],
    ids=["Excel", "quoted", "any separator", "quoted comma", "scientific", "old Mac"],
)
def test_dialects_of_spreadsheets_are_read(write_file: WriteFile, content: str) -> None:
    found = [(c.time_ms, c.text) for c in read_comments(write_file(content))]
    assert found == [(1500, "a"), (2000, "b")]


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        (['1\t"a', "2\tb", '3\t"c', "4\td"], ['"a', "b", '"c', "d"]),
        (['1\t"a', "2\tb", '3\tc"', "4\td"], ['"a', "b", 'c"', "d"]),
        (['1\t"a" b', "2\tb"], ['"a" b', "b"]),
        (['1\t"never', "2\tb"], ['"never', "b"]),
        (['1\ta "b" c', "2\tb"], ['a "b" c', "b"]),
        (['1\t"two', 'lines"', "2\tb"], ["two\nlines", "b"]),
    ],
)
def test_quotes_that_are_text_take_no_other_rows(
    write_file: WriteFile, rows: list[str], texts: list[str]
) -> None:
    file = read_comments(write_file("\n".join(["time\ttext", *rows, ""])))
    assert [comment.text for comment in file] == texts
    is_text = any(text.startswith('"') for text in texts)
    assert bool(file.report.result().repaired) == is_text


def test_a_text_with_a_lone_quote_keeps_its_delimiters(write_file: WriteFile) -> None:
    (comment, _) = read_comments(write_file('time,text\n1,"a, b, c\n2,d\n'))
    assert comment.text == '"a, b, c'


def test_a_thousand_rows_with_lone_quotes_are_a_thousand(write_file: WriteFile) -> None:
    rows = (f"{n}\t{chr(34) if n % 97 == 0 else ''}コメント{n}" for n in range(1, 1001))
    file = read_comments(write_file("\n".join(["time\ttext", *rows])))
    assert [comment.time_ms for comment in file] == [1000 * n for n in range(1, 1001)]
    (issue,) = file.report.result().repaired
    assert issue.numbers.startswith("97, 194")


@pytest.mark.parametrize(
    ("columns", "commands"),
    [
        ({"mode": 5, "color": 16711680, "size": 18}, ["ue", "#ff0000", "small"]),
        ({"mode": "top", "color": "#F00"}, ["ue", "#f00"]),
        ({"position": "bottom", "color": "red"}, ["shita", "red"]),
        ({"style": "Reverse", "size": "big"}, ["reverse", "big"]),
        ({"type": "scroll", "color": "rgb(0, 0, 255)"}, ["#0000ff"]),
        ({"mode": 1, "color": "#ffffff", "size": 25}, []),
        ({"commands": "ue", "color": "#00ff00"}, ["ue", "#00ff00"]),
        ({"colour": "navy", "fontsize": 36}, ["#000080", "big"]),
    ],
)
def test_columns_of_looks_become_commands(
    write_file: WriteFile, columns: dict[str, object], commands: list[str]
) -> None:
    row = {"time": 1, "text": "a", **columns}
    table = io.StringIO()
    rows = csv.DictWriter(table, list(row))
    rows.writeheader()
    rows.writerow(row)
    for content in (table.getvalue(), json.dumps(row)):
        (comment,) = read_comments(write_file(content))
        assert comment.commands == commands


def test_the_numbers_in_a_column_decide_whose_modes_they_are(write_file: WriteFile) -> None:
    def places(*modes: int) -> list[list[str]]:
        rows = (f"{n},x,{mode}" for n, mode in enumerate(modes))
        content = "\n".join(["time,text,mode", *rows])
        return [comment.commands for comment in read_comments(write_file(content))]

    assert places(1, 4, 5) == [[], ["shita"], ["ue"]]
    assert places(0, 1, 2) == [[], ["ue"], ["shita"]]
    assert places(1, 1) == [[], []]


def test_six_digits_are_a_decimal_number_where_others_have_more(write_file: WriteFile) -> None:
    def colors(*values: str) -> list[list[str]]:
        rows = (f"{n},x,{value}" for n, value in enumerate(values))
        content = "\n".join(["time,text,color", *rows])
        return [comment.commands for comment in read_comments(write_file(content))]

    assert colors("000255", "ff0000") == [["#000255"], ["#ff0000"]]
    assert colors("111111", "16711680") == [["#01b207"], ["#ff0000"]]


def test_columns_that_are_not_used_are_named(write_file: WriteFile) -> None:
    file = read_comments(write_file("time,text,mood,Weight\n1,a,x,2\n"))
    assert len(list(file)) == 1
    assert file.report.result().unused_fields == ["mood", "Weight"]
