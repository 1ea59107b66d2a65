"""What scripts and Python both know is the same."""

import re
from typing import get_args

from pipeline.danmaku.drawing.layout import Why
from pipeline.danmaku.drawing.style import MARKS
from pipeline.danmaku.sections.watch.content import MAPS_PER_ROW, MAPS_PER_SHEET
from pipeline.danmaku.sections.watch.section import WEB
from pipeline.lettering.rasters import EMBOLDENING


def constant(script: str, name: str) -> str:
    match = re.search(rf"^const {name} = (.*?);", (WEB / script).read_text(), re.M | re.S)
    assert match, f"{script} has no {name}"
    return match[1]


def test_each_kind_of_comment_has_the_colour_that_videos_mark_it_with() -> None:
    marks = dict(re.findall(r'(\w+): "(#\w{6})"', constant("overlay.js", "MARKS")))
    assert marks == {kind: "#{:02x}{:02x}{:02x}".format(*rgb) for kind, rgb in MARKS.items()}


def test_letters_are_as_bold() -> None:
    assert float(constant("sprites.js", "EMBOLDENING")) == EMBOLDENING


def test_heat_maps_are_where_they_are_looked_for() -> None:
    assert int(constant("heat.js", "MAPS_PER_ROW")) == MAPS_PER_ROW
    assert int(constant("heat.js", "MAPS_PER_SHEET")) == MAPS_PER_SHEET


def test_every_reason_to_hide_a_comment_has_a_phrase() -> None:
    reasons = re.findall(r'"([^"]+)": "watch', constant("comments.js", "WHY_HIDDEN"))
    assert set(reasons) == set(get_args(Why))
