"""Captions grouped by picture."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.captioning.prompt import PictureGroups
from tests.captioning.toys import CPU


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30))
def test_every_caption_has_a_slot_of_its_own_at_its_picture(picture: list[int]) -> None:
    groups = PictureGroups.from_pictures(np.array(picture, np.int64), CPU)
    slots = groups.slots.tolist()
    assert len(set(slots)) == len(picture)
    assert [slot // groups.size for slot in slots] == picture == groups.picture.tolist()
    assert groups.size == max(map(picture.count, picture))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.data())
def test_rows_meet_the_matrix_of_their_picture(picture: list[int], data: st.DataObject) -> None:
    some = data.draw(st.integers(1, len(picture)))
    rows, matrices = torch.randn(some, 3), torch.randn(4, 3, 2)
    product = PictureGroups.from_pictures(np.array(picture, np.int64), CPU).bmm(rows, matrices)
    expected = [row @ matrices[index] for row, index in zip(rows, picture, strict=False)]
    torch.testing.assert_close(product, torch.stack(expected))
