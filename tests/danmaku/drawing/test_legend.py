"""Words that say whose comments are seen, and the line between two halves."""

from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pipeline.danmaku.drawing.compositing import Planes
from pipeline.danmaku.drawing.legend import Entry, Legend, draw_line
from pipeline.danmaku.drawing.style import MARKS
from pipeline.lettering.colors import WHITE
from pipeline.lettering.glyphs import Typeface
from pipeline.media.color_space import rgb_picture, yuv

GOLDEN = Path(__file__).with_name("golden")
SPACE = yuv("bt709", full_range=False)
WIDTH, HEIGHT = 320, 180

Picture = npt.NDArray[np.uint8]


def labelled(entries: list[Entry], aspect: Fraction = Fraction(1)) -> Picture:
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    picture[:HEIGHT] = np.linspace(60, 200, WIDTH)
    planes = Planes.yuv(picture)
    Legend(entries, Typeface(), HEIGHT, aspect, SPACE).draw(planes)
    draw_line(planes, WIDTH // 2, SPACE)
    return picture


def test_golden_picture(tmp_path: Path) -> None:
    both = [Entry("Viewers", MARKS["viewer"]), Entry("Model", MARKS["generated"])]
    picture = rgb_picture(labelled(both), SPACE, (WIDTH, HEIGHT))
    made, golden = tmp_path / "legend.png", GOLDEN / "legend.png"
    Image.fromarray(picture).save(made, optimize=True)
    hint = f"look at {made}; if it is right, copy it to {golden}"
    assert golden.exists(), hint
    difference = np.abs(picture.astype(int) - np.asarray(Image.open(golden)))
    assert difference.mean() < 1.0, hint
    assert (difference.max(axis=-1) > 48).mean() < 0.01, hint


@pytest.mark.parametrize("aspect", [Fraction(1), Fraction(2)])
def test_the_corner_alone_is_written_on(aspect: Fraction) -> None:
    bare, picture = labelled([], aspect), labelled([Entry("Viewers", WHITE)], aspect)
    rows, columns = np.nonzero(bare[:HEIGHT] != picture[:HEIGHT])
    assert rows.min() > 0.85 * HEIGHT
    assert columns.max() < 0.2 * WIDTH
    assert (columns.max() - columns.min()) * aspect > 30


@pytest.mark.parametrize(("bits", "grey"), [(8, 202), (10, 806)])
def test_the_line_is_grey_and_narrow(bits: Literal[8, 10], grey: int) -> None:
    kind = np.uint8 if bits == 8 else np.uint16
    picture = np.zeros((HEIGHT * 3 // 2, WIDTH), kind)
    draw_line(Planes.yuv(picture), 160, yuv("bt709", False, bits))
    assert set(np.flatnonzero(picture[90])) == {158, 159, 160, 161}
    assert abs(int(picture[90, 160]) - grey) <= 1
    chroma = picture[HEIGHT:].reshape(2, HEIGHT // 2, -1)
    assert (chroma[:, :, 79:81] == 1 << bits - 1).all()
    assert not chroma[:, :, :79].any()
