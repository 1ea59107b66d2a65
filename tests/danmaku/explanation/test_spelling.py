from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.danmaku.explanation.attended import AttendedComment
from pipeline.danmaku.explanation.spelling import RATE, Speller
from pipeline.lettering.colors import BACKGROUND, HOT
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture

SIDE = 4


def attended(*words: str) -> AttendedComment:
    labels = [*words, "end"]
    heat = 255 * np.eye(SIDE**2, dtype=np.uint8)[np.arange(len(labels)) % SIDE**2]
    return AttendedComment(1500, "".join(words), labels, heat, np.ones(len(labels), np.float32))


def spelt(*words: str, aspect: float = 16 / 9) -> tuple[Speller, list[Picture]]:
    speller = Speller(aspect, Lettering())
    width, height = speller.picture
    seen = np.full((height, width, 3), 100, np.uint8)
    return speller, list(speller.spell(attended(*words), seen))


def is_hot(pictures: list[Picture], speller: Speller) -> list[npt.NDArray[np.bool_]]:
    """Where the band below the picture is lit up, the note at its bottom left out."""
    bands = [found[speller.picture[1] : -45] for found in pictures]
    return [(band == HOT).all(2) for band in bands]


def test_each_word_is_shown_for_six_tenths_of_a_second() -> None:
    speller, pictures = spelt("チノ", "かわいい")
    assert len(pictures) / RATE == pytest.approx(0.6 * (1 + 2 + 1))
    width, height = speller.size
    assert {found.shape for found in pictures} == {(height, width, 3)}
    assert {found.dtype for found in pictures} == {np.dtype(np.uint8)}
    assert all(found.flags.c_contiguous for found in pictures)


@pytest.mark.parametrize("aspect", [0.3, 0.56, 1, 1.77, 4])
def test_sides_are_even(aspect: float) -> None:
    speller = Speller(aspect, Lettering())
    assert not any(side % 2 for side in (*speller.size, *speller.picture))


def test_the_picture_comes_first_and_then_heat_where_each_word_looked() -> None:
    speller, pictures = spelt("チノ", "w")
    width, height = speller.picture
    shown = [found[:height].mean(2) for found in pictures[14::15]]
    assert np.ptp(shown[0]) == 0
    for place, heat in enumerate(shown[1:]):
        y, x = np.unravel_index(heat.argmax(), heat.shape)
        assert (y * SIDE // height, x * SIDE // width) == divmod(place, SIDE)


def test_the_words_so_far_are_below_and_the_last_is_lit_up() -> None:
    speller, pictures = spelt("チノ", "かわいい")
    bare, first, second, ending = pictures[14::15]
    hot = is_hot([bare, first, second, ending], speller)
    assert not hot[0].any()
    columns = [np.flatnonzero(found.any(0)) for found in hot[1:]]
    assert columns[0][-1] < columns[1][0] < columns[1][-1] < columns[2][0]
    band = np.s_[speller.picture[1] : -45, columns[0][0] : columns[0][-1]]
    assert (second[band] == 240).all(2).any()
    assert (first[band] != second[band]).any()


def test_a_long_comment_stays_in_view() -> None:
    speller, pictures = spelt(*["かわいいチノちゃん"] * 40, aspect=0.5)
    hot = is_hot(pictures[14::15], speller)[1:]
    assert all(found.any() for found in hot)
    rows = np.flatnonzero(np.logical_or.reduce(hot).any(1))
    assert rows[0] > 5
    assert rows[-1] < len(hot[0]) - 5


def test_a_word_wider_than_the_picture_is_cut() -> None:
    speller, pictures = spelt("あ" * 300, "w")
    margin = np.s_[speller.picture[1] :, -12:]
    assert (pictures[-16][margin] == BACKGROUND).all()


def test_heat_fades_from_word_to_word() -> None:
    _, pictures = spelt("チノ", "w")
    steps = [np.abs(b.astype(int) - a).mean() for a, b in pairwise(pictures)]
    assert [number for number, step in enumerate(steps) if step > 0] == [
        15 * word - 1 + step for word in (1, 2, 3) for step in range(5)
    ]
