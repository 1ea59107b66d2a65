from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.captions.reading import reading_seconds
from pipeline.lettering.lettering import Lettering
from pipeline.lettering.sheets import contact_sheets
from pipeline.media.pixels import Picture


def cards(count: int) -> Iterator[Picture]:
    for number in range(count):
        yield np.full((60 + 10 * (number % 3), 80, 3), 200 - number, np.uint8)


def test_pages_hold_all_cards_in_order() -> None:
    pages = list(contact_sheets(cards(7), columns=2, rows=2, card_width=40))
    assert [page.shape for page in pages] == [(111, 116, 3), (106, 116, 3)]
    first = [pages[0][20, 20, 0], pages[0][20, 80, 0], pages[0][70, 20, 0], pages[0][70, 80, 0]]
    assert first == [200, 199, 198, 197]
    assert pages[1][70, 20, 0] == 194
    assert pages[1][70, 80, 0] < 50


def test_one_page_is_read_at_a_time() -> None:
    read = 0

    def counted() -> Iterator[Picture]:
        nonlocal read
        for card in cards(100):
            read += 1
            yield card

    next(contact_sheets(counted(), columns=3, rows=2))
    assert read == 6


def test_few_cards_make_a_narrow_page_and_none_make_none() -> None:
    assert next(contact_sheets(cards(1), card_width=80)).shape == (84, 104, 3)
    assert list(contact_sheets([])) == []


def test_longer_lines_are_shown_longer() -> None:
    lettering = Lettering()
    seconds = [reading_seconds("猫" * count, lettering) for count in (0, 20, 40, 1000)]
    assert seconds == pytest.approx([2.5, 1.5 + 20 / 6, 1.5 + 40 / 6, 12])
    assert reading_seconds("猫\n犬" * 10, lettering) == reading_seconds("猫犬" * 10, lettering)
