from collections.abc import Mapping

import pytest

from pipeline.reading.content import Content
from pipeline.reading.read_report import ReadReport
from pipeline.reading.table import Header, Rows, header_of
from tests.reading.conftest import WriteFile


def is_row(row: Mapping[str, str]) -> bool:
    return row["a"].isdigit()


@pytest.mark.parametrize(
    ("content", "delimiter", "names"),
    [
        ("a,b\n1,x\n", ",", ["a", "b"]),
        ("sep=;\n\na;b,c\n", ";", ["a", "b,c"]),
        ('"a|b"|"c"\n', "|", ["a|b", "c"]),
        ("a\tb\r1\tx\r", "\t", ["a", "b"]),
        ("a,b, B,,,b\n", ",", ["a", "b", " B (2)", "", "", "b (3)"]),
    ],
)
def test_the_first_line_tells_delimiter_and_names(
    write_file: WriteFile, content: str, delimiter: str, names: list[str]
) -> None:
    header = header_of(Content.open(write_file(content)))
    assert (header.delimiter, header.names) == (delimiter, names)


def test_the_first_line_may_be_a_row(write_file: WriteFile) -> None:
    content = Content.open(write_file("1,x\n\n2,y, z\n"))
    header = Header(",", ["a", "b"], is_in_file=False)
    rows = Rows(content, header, ReadReport("", ""), text=1, is_row=is_row)
    assert list(rows) == [{"a": "1", "b": "x"}, {"a": "2", "b": "y, z"}]


def test_only_the_lines_of_a_head_that_say_something_are_its_first_lines(
    write_file: WriteFile,
) -> None:
    content = Content.open(write_file("a\u2028b\r\n\r\n \rc\nd\n"))
    assert content.first_lines(2) == ["a\u2028b", "c"]
