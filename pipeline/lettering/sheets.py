"""Sheets: many cards on one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from PIL import Image

from pipeline.lettering.colors import BACKGROUND
from pipeline.runtime.arrays import UInt8s

SHEET_COLUMNS, SHEET_ROWS = 4, 6
_GAP = 12  # pixels between cards and around them


def contact_sheets(
    cards: Iterable[UInt8s],
    columns: int = SHEET_COLUMNS,
    rows: int = SHEET_ROWS,
    card_width: int = 320,
) -> Iterator[UInt8s]:
    """Pages (height, width, 3) RGB of ``cards`` in their order, at most ``rows`` rows each.

    Cards are scaled to ``card_width`` pixels; a row is as high as its highest card. One page's
    small cards are held at a time.
    """
    small = (_scaled(card, card_width) for card in cards)
    while page := list(islice(small, columns * rows)):
        yield _page(page, min(columns, len(page)), card_width)


def _scaled(card: UInt8s, width: int) -> Image.Image:
    image = Image.fromarray(card)
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _page(cards: list[Image.Image], columns: int, card_width: int) -> UInt8s:
    rows = [cards[start : start + columns] for start in range(0, len(cards), columns)]
    heights = [max(card.height for card in row) for row in rows]
    shape = (_GAP + columns * (card_width + _GAP), _GAP + sum(heights) + len(rows) * _GAP)
    page = Image.new("RGB", shape, BACKGROUND)
    y = _GAP
    for row, height in zip(rows, heights, strict=True):
        for column, card in enumerate(row):
            page.paste(card, (_GAP + column * (card_width + _GAP), y))
        y += height + _GAP
    return np.asarray(page)
