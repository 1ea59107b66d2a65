from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.danmaku.explanation.attended import AttendedComment
from pipeline.danmaku.explanation.strips import Sheet, size_of_area
from pipeline.lettering.colors import BACKGROUND
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture

SIDE = 14


def attended(*words: str, peak: int = 0, time_ms: int = 0) -> AttendedComment:
    """Each word looks one position further than the one before."""
    labels = [*words, "end"]
    heat = np.zeros((len(labels), SIDE**2), np.uint8)
    heat[np.arange(len(labels)), (peak + np.arange(len(labels))) % SIDE**2] = 255
    peaks = np.full(len(labels), 0.5, np.float32)
    return AttendedComment(time_ms, "".join(words), labels, heat, peaks)


def drawn(*comments: AttendedComment, aspect: float = 16 / 9) -> Sheet:
    sheet = Sheet(comments, aspect, "clip.mp4", Lettering())
    for number in range(len(comments)):
        sheet.fill(number, picture(sheet))
    return sheet


def picture(sheet: Sheet) -> Picture:
    return np.full((sheet.cell[1], sheet.cell[0], 3), (90, 100, 110), np.uint8)


def boxes(sheet: Sheet) -> list[tuple[int, int]]:
    """Left and top of every cell: where a row of its width is nowhere the background's."""
    inked = (np.asarray(sheet.image) != BACKGROUND).any(2)
    width, height = sheet.cell
    corners = inked & ~np.roll(inked, 1, 0) & ~np.roll(inked, 1, 1)
    return [
        (int(x), int(y))
        for y, x in np.argwhere(corners)
        if inked[y : y + height, x : x + width].sum() == width * height
    ]


@pytest.mark.parametrize(
    ("aspect", "cell"),
    [(16 / 9, (216, 122)), (4 / 3, (188, 140)), (1, (162, 162)), (9 / 16, (144, 256))],
)
def test_cells_have_the_shape_of_the_video(aspect: float, cell: tuple[int, int]) -> None:
    sheet = drawn(attended("チノ"), aspect=aspect)
    assert sheet.cell == cell
    assert len(boxes(sheet)) == 3


@pytest.mark.parametrize("aspect", [0.2, 0.75, 1.5, 2.35, 12])
@pytest.mark.parametrize("words", [0, 1, 6, 23])
def test_every_word_has_a_cell_and_all_is_even(aspect: float, words: int) -> None:
    sheet = drawn(attended(*["チノ"] * words), attended("w"), aspect=aspect)
    assert len(boxes(sheet)) == 1 + words + 1 + 1 + 1 + 1
    assert not any(side % 2 for side in (*sheet.image.size, *sheet.cell))
    assert sheet.image.width <= 1920 or aspect == 12


def test_a_long_comment_goes_on_below_its_words() -> None:
    sheet = drawn(attended(*["チノ"] * 10))
    found = boxes(sheet)
    assert len({y for _, y in found}) == 2
    first = min(x for x, _ in found)
    below = [x for x, y in found if y == found[-1][1]]
    assert min(below) == first + sheet.cell[0] + 10
    assert sheet.image.width <= 1920


def test_the_brightest_place_of_each_cell_is_where_the_word_looked() -> None:
    sheet = drawn(attended("チノ", "ちゃん", peak=33))
    pixels = np.asarray(sheet.image).mean(2)
    width, height = sheet.cell
    for number, (x, y) in enumerate(boxes(sheet)[1:]):
        cell = pixels[y : y + height, x : x + width]
        row, column = np.unravel_index(cell.argmax(), cell.shape)
        position = (row * SIDE // height) * SIDE + column * SIDE // width
        assert position == 33 + number


def test_the_first_cell_is_the_picture_itself() -> None:
    sheet = drawn(attended("チノ"))
    x, y = boxes(sheet)[0]
    width, height = sheet.cell
    assert np.array_equal(np.asarray(sheet.image)[y : y + height, x : x + width], picture(sheet))


def test_the_same_is_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("one.tmp", "other.tmp"):
        drawn(attended("チノ", "😂", "w"), attended("長い" * 90)).save(tmp_path / name)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]
    with Image.open(BytesIO(files[0])) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")


@pytest.mark.parametrize("aspect", [0.1, 1, 848 / 480, 9.7])
def test_sizes_are_even_and_near_the_area(aspect: float) -> None:
    width, height = size_of_area(aspect, 50_000)
    assert width % 2 == height % 2 == 0
    assert width / height == pytest.approx(aspect, rel=0.03)
    assert width * height == pytest.approx(50_000, rel=0.03)
