"""Nested XML: elements in order, in pieces of any size, up to the first fault."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline.reading.content import Content
from pipeline.reading.read_report import ReadReport
from pipeline.reading.xml_events import Event, events, root_of
from tests.reading.conftest import WriteFile, write_file

__all__ = ["write_file"]

SOUND = """<?xml version="1.0" encoding="shift_jis"?>
<!-- <other/> -->
<!DOCTYPE a>
<a x="1">
  <b y="猫 &amp; 犬"> one </b><b/>
  <c><![CDATA[<two>]]></c>
</a>"""


@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
def test_elements_come_when_they_begin_and_end(write_file: WriteFile, chunk: int) -> None:
    content = dataclasses.replace(Content.open(write_file(SOUND)), chunk=chunk)
    report = ReadReport("", "")
    assert root_of(content) == "a"
    assert [*events(content, report)] == [
        Event("", {"x": "1"}),
        Event("b", {"y": "猫 & 犬"}),
        Event("b", None, "one"),
        Event("b", {}),
        Event("b", None),
        Event("c", {}),
        Event("c", None, "<two>"),
        Event("", None),
    ]
    assert report.result().notes == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<a>\n<b>", "line 2 on: no element found"),
        ("<a>\n<b></c></a>", "line 2 on: mismatched tag"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "it declares an entity"),
        ("<a>" * 100, "nested more than 64 deep"),
        ("<a>&b;</a>", "undefined entity"),
    ],
)
def test_reading_ends_at_a_fault_which_is_told(write_file: WriteFile, text: str, why: str) -> None:
    report = ReadReport("", "")
    assert Event("", None) not in events(Content.open(write_file(text)), report)
    (note,) = report.result().notes
    assert why in note


@pytest.mark.parametrize("text", ["", "no", "<", "<!-- x", "{}", "<?xml"])
def test_other_files_have_no_root(write_file: WriteFile, text: str) -> None:
    assert root_of(Content.open(write_file(text))) == ""
