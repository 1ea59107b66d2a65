from pathlib import Path

import msgspec
import pytest

from pipeline.captions.captions_file import read_captions
from pipeline.danmaku.comments.screen import read_on_screen
from pipeline.danmaku.drawing.layout import lay_out_with_fonts
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.json_lines import write_lines
from tests.captions.toys import candidate, line


def test_lines_read_back(tmp_path: Path) -> None:
    lines = [line(3, candidate("猫", "だ"), candidate("犬")), line(4, candidate("a", "b"))]
    write_lines(tmp_path / "captions.jsonl", lines)
    assert read_captions(tmp_path / "captions.jsonl") == lines


def test_each_is_a_comment_at_the_bottom_of_its_second(tmp_path: Path) -> None:
    lines = [line(3, candidate("猫", "だ")), line(4, candidate("犬"))]
    write_lines(tmp_path / "captions.jsonl", lines)
    shown = read_on_screen(tmp_path / "captions.jsonl", "captions")
    assert [(one.text, one.time_ms, one.layer) for one in shown] == [
        ("猫だ", 3000, "generated"),
        ("犬", 4000, "generated"),
    ]
    layout = lay_out_with_fonts(shown, Screen(), LayoutSettings())
    placed = [(one.text, one.style.place, one.motion.start, one.fits) for one in layout.placed]
    assert placed == [("猫だ", "shita", 3, True), ("犬", "shita", 4, True)]


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "captions.jsonl"
    good = msgspec.json.encode(line(0, candidate("a")))
    path.write_bytes(good + b"\n{\n")
    with pytest.raises(PipelineError, match=r"captions\.jsonl") as caught:
        read_captions(path)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
