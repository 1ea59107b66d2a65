"""Plots are files that stand for themselves, in every language."""

import re
import warnings
from pathlib import Path

import matplotlib
import pytest
from matplotlib.axes import Axes

from pipeline.report.language import Phrase, Phrases
from pipeline.report.plots import Words, svg, write_plot


def draw(axes: Axes, words: Words) -> None:
    axes.plot([1, 2], [3, 4])
    axes.set(xlabel=words("axis"))


def test_each_language_has_a_file_of_its_own(tmp_path: Path) -> None:
    write_plot(tmp_path, "words", Phrases(axis=Phrase("time", "時刻")), draw)
    write_plot(tmp_path, "dates", Phrases(axis=Phrase("time", "time")), draw)
    files = {path.name: path.read_text() for path in (tmp_path / "plots").iterdir()}
    assert set(files) == {"words.en.svg", "words.ja.svg", "dates.en.svg", "dates.ja.svg"}
    assert files["words.en.svg"] != files["words.ja.svg"]
    assert files["dates.en.svg"] == files["dates.ja.svg"] == files["words.en.svg"]


def test_japanese_labels_are_drawn_without_a_font_of_the_machine(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is only a warning
        drawn = svg(draw, lambda key: "時刻（秒）")
    assert not caplog.records
    assert "IPAexGothic" in drawn and "<text" not in drawn


def test_plots_take_no_settings_of_the_user() -> None:
    plain = svg(draw, str)
    with matplotlib.rc_context({"axes.facecolor": "red", "font.size": 30, "axes.grid": True}):
        assert svg(draw, str) == plain


def test_plots_refer_to_nothing_outside() -> None:
    text = svg(draw, str)
    without_namespaces = re.sub(r'xmlns(:\w+)?="[^"]+"|<!DOCTYPE.*?>', "", text, flags=re.S)
    assert not re.findall(r"https?:|<link|<image", without_namespaces)
