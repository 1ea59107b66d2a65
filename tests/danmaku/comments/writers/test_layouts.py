"""The layout as JSON and as ASS are the one that is drawn."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.screen import screen_comment
from pipeline.danmaku.comments.writing import write_comments
from pipeline.danmaku.drawing.layout import lay_out
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.lettering.glyphs import Typeface

COMMENTS = [
    Comment(time_ms=2000 + 40 * n, text=text, commands=commands, fork=fork)
    for n, (text, commands, fork) in enumerate(
        [
            ("流れる", [], "main"),
            ("上", ["ue", "red"], "owner"),
            ("とても長い下のコメント" * 4, ["shita"], "main"),
            ("見えない", ["invisible"], "main"),
            ("流れる二つ目", ["big"], "easy"),
        ]
        * 6
    )
]
SCREEN = Screen(1440.0, 60.0)
SETTINGS = LayoutSettings(rules="flash", safe_area=0.15, max_on_screen=20, overflow="hide")


@pytest.fixture
def content(tmp_path: Path) -> Any:
    path = tmp_path / "out.layout.json"
    message = write_comments(path, "layout.json", COMMENTS, SCREEN, SETTINGS)
    assert message == f"{len(COMMENTS)} comments written"
    return json.loads(path.read_text())


def test_the_json_holds_the_position_of_each_comment(content: Any) -> None:
    layout = lay_out(list(map(screen_comment, COMMENTS)), Typeface().width, SCREEN, SETTINGS)
    assert content["stage"] == {"width": 1440.0, "height": 1080.0}
    assert content["settings"]["safe_area"] == 0.15
    assert len(content["comments"]) == len(layout.placed)
    for drawn, placed in zip(content["comments"], layout.placed, strict=True):
        assert (drawn["text"], drawn["layer"]) == (placed.text, placed.layer)
        middle = (drawn["start"] + drawn["end"]) / 2
        x = drawn["x"] - drawn["speed"] * (middle - drawn["start"])
        assert x == pytest.approx(placed.motion.x(middle), abs=0.1)
        assert drawn["y"] == pytest.approx(placed.y, abs=0.01)
        assert drawn["rules"] == "flash"
    assert {drawn["shrunk"] for drawn in content["comments"]} == {None, "width"}


def test_the_json_lists_hidden_comments_with_the_reason(content: Any) -> None:
    reasons = [hidden["why"] for hidden in content["hidden"]]
    assert reasons.count("invisible") == 6
    assert set(reasons) == {"invisible", "no room", "too many on screen"}
    assert content["report"]["hidden"] == {why: reasons.count(why) for why in set(reasons)}
    assert content["report"]["most_on_screen"] == 20


def test_ass_has_the_same_comments_in_the_same_places(content: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.ass"
    write_comments(path, "ass", COMMENTS, SCREEN, SETTINGS)
    text = path.read_text()
    assert "PlayResX: 1440" in text
    lines = [line for line in text.splitlines() if line.startswith("Dialogue:")]
    assert len(lines) == len(content["comments"])
    for line, drawn in zip(lines, content["comments"], strict=True):
        if drawn["place"] == "naka":
            found = re.search(r"\\move\(([-\d.]+),([-\d.]+),([-\d.]+),", line)
            assert found
            assert float(found[1]) == pytest.approx(drawn["x"], abs=drawn["speed"] * 0.006 + 0.1)
            assert 0 < float(found[2]) - drawn["y"] < drawn["height"] / 2
        assert line.endswith(drawn["text"])


def test_size_opacity_and_strokes_are_those_of_the_settings(tmp_path: Path) -> None:
    settings = LayoutSettings(scale=2, opacity=0.5, outline=1.5)
    one = [Comment(time_ms=2000, text="流れる", commands=[], fork="main")]
    plain, changed = tmp_path / "plain.ass", tmp_path / "changed.ass"
    write_comments(plain, "ass", one, SCREEN)
    write_comments(changed, "ass", one, SCREEN, settings)
    assert "\\fs" not in plain.read_text()
    size = re.search(r"\\fs([\d.]+)\\bord([\d.]+)\\1a&H(..)&\\3a&H(..)&", changed.read_text())
    assert size is not None
    assert float(size[1]) == pytest.approx(2 * 75.9 * 2203 / 2048, abs=0.1)
    assert float(size[2]) == pytest.approx(8.4)
    assert (int(size[3], 16), int(size[4], 16)) == (128, 204)
    write_comments(tmp_path / "one.layout.json", "layout.json", one, SCREEN, settings)
    (drawn,) = json.loads((tmp_path / "one.layout.json").read_text())["comments"]
    assert (drawn["font_size"], drawn["opacity"], drawn["outline"]) == (151.8, 0.5, 8.4)
