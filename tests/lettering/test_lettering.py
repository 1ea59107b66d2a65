from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.lettering.lettering import Lettering

TEXTS = st.text("あチW漢 iｱ!", max_size=40)


def test_text_stands_on_its_baseline_and_begins_where_it_is_told() -> None:
    image = Image.new("RGB", (200, 60))
    Lettering().write(image, 50, 40, "口日", 30, (200, 100, 0))
    inked = np.asarray(image).max(2) > 60
    rows, columns = (np.flatnonzero(inked.any(axis)) for axis in (1, 0))
    assert rows[0] > 10
    assert 36 <= rows[-1] <= 45
    assert 50 <= columns[0] < 60
    assert 98 < columns[-1] <= 110
    assert np.asarray(image).reshape(-1, 3).max(0).tolist() == [200, 100, 0]


def test_what_would_not_fit_gets_smaller_and_then_shorter() -> None:
    face = Lettering()
    assert face.fitted("チノ", 100, 20, 10) == ("チノ", 20)
    assert face.fitted("チノチノ", 60, 20, 10) == ("チノチノ", 15)
    assert face.fitted("チノチノチノチノ", 60, 20, 10) == ("チノチノチ…", 10)
    assert face.fitted("チノ", -5, 20, 10) == ("…", 10)


@settings(deadline=None)
@given(TEXTS, st.integers(60, 300), st.integers(1, 3))
def test_lines_fit_and_lose_nothing_but_what_is_cut(text: str, width: int, most: int) -> None:
    face = Lettering()
    lines = face.wrapped(text, width, 20, most)
    assert 1 <= len(lines) <= most
    assert all(face.width(line, 20) <= width for line in lines)
    written, whole = ("".join(each).replace(" ", "") for each in (lines, text))
    assert written == whole or (written.endswith("…") and whole.startswith(written[:-1]))


def test_words_of_ascii_stay_whole_where_they_can() -> None:
    assert Lettering().wrapped("Hello Hello チノ", 120, 20, 3) == ["Hello", "Hello チノ"]
    assert "".join(Lettering().wrapped("w" * 12, 120, 20, 3)) == "w" * 12


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=20), st.integers(100, 400))
def test_words_follow_one_another_and_never_overlap(words: list[str], width: int) -> None:
    face = Lettering()
    places = face.set_words(words, width, 20, 0.4)
    assert places[0] == (0, 0)
    for (line, x), word, (next_line, next_x) in zip(places, words, places[1:], strict=False):
        assert x == 0 or x + face.width(word, 20) <= width
        if next_line == line:
            assert next_x == pytest.approx(x + face.width(word, 20) + 8)
        else:
            assert (next_line, next_x) == (line + 1, 0)


def test_what_no_font_has_is_known() -> None:
    face = Lettering()
    face.write(Image.new("RGB", (50, 50)), 0, 40, "あ\U000e0fff", 20, (255, 255, 255))
    assert face.missing == {"\U000e0fff"}


def test_emoji_keep_their_colours_and_are_never_torn(emoji_font: Path) -> None:
    image = Image.new("RGB", (60, 60))
    face = Lettering()
    face.write(image, 10, 40, "😀", 30, (255, 255, 255))
    assert image.getpixel((28, 30)) == (255, 0, 0)
    assert face.wrapped("👩\u200d🚀👩\u200d🚀", 40, 20, 2) == ["👩\u200d🚀"] * 2
    assert face.fitted("👩\u200d🚀👩\u200d🚀", 50, 20, 20) == ("👩\u200d🚀…", 20)
