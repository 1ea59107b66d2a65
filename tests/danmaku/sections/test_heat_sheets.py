"""Heat maps lie on their sheets where the scripts look for them, and glow as elsewhere."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.danmaku.sections.watch.content import MAPS_PER_ROW, MAPS_PER_SHEET
from pipeline.danmaku.sections.watch.heat_sheets import write_sheets
from pipeline.pictures.heat import glow, palette


@pytest.mark.parametrize(
    "count", [1, MAPS_PER_ROW, MAPS_PER_ROW + 1, MAPS_PER_SHEET, MAPS_PER_SHEET + 40]
)
def test_each_map_is_in_its_cell(tmp_path: Path, count: int) -> None:
    maps = np.random.default_rng(count).integers(0, 256, (count, 9), np.uint8)
    write_sheets(tmp_path, "saliency", maps)
    sheets = [np.asarray(Image.open(path)) for path in sorted((tmp_path / "heat").iterdir())]
    assert len(sheets) == -(-count // MAPS_PER_SHEET)
    for number in {0, count // 2, count - 1}:
        row, column = divmod(number % MAPS_PER_SHEET, MAPS_PER_ROW)
        cell = sheets[number // MAPS_PER_SHEET][3 * row : 3 * row + 3, 3 * column : 3 * column + 3]
        assert np.array_equal(cell, maps[number].reshape(3, 3))


def test_a_sheet_over_a_dimmed_picture_glows_as_attend_draws_it(tmp_path: Path) -> None:
    heat = np.arange(256, dtype=np.uint8)[None]
    write_sheets(tmp_path, "attention", heat)  # a map of 16 x 16
    sheet = Image.open(tmp_path / "heat" / "attention-000.png").convert("RGBA").crop((0, 0, 16, 16))
    grey = np.full((16, 16, 3), 200, np.uint8)
    dimmed = Image.new("RGBA", (16, 16), (100, 100, 100, 255))  # what the page's style makes of it
    laid_over = np.asarray(Image.alpha_composite(dimmed, sheet).convert("RGB"), np.int16)
    drawn = glow(grey, np.divide(heat.reshape(16, 16), 255, dtype=np.float32)).astype(np.int16)
    assert np.abs(laid_over - drawn).max() <= 2


def test_heat_hides_the_more_the_hotter_it_is() -> None:
    opacity = palette()[:, 3].astype(int)
    assert opacity[0] == 0
    assert (np.diff(opacity) >= 0).all()
    assert opacity[-1] == round(0.85 * 255)
