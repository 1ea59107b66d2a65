from pathlib import Path

import numpy as np

from pipeline.captions.learned_file import Learned, LearnedPicture, LearnedText, write_learned
from tests.captions.toys import LEARNED, World, animal_of, key_of


def test_what_was_written_reads_back(tmp_path: Path) -> None:
    pictures = [
        LearnedPicture(
            f"アルバム/{number}.png",
            key_of(number),
            np.arange(4, dtype=np.float16) + number,
            bytes([number] * (number + 1)),
            [LearnedText("猫 だ", ("猫", "だ"), rating) for rating in (None, 2.5)[: number + 1]],
        )
        for number in range(2)
    ]
    assert write_learned(tmp_path / "learned.h5", "pooled", pictures) == 2
    learned = Learned.load(tmp_path / "learned.h5")
    assert learned.names == ["アルバム/0.png", "アルバム/1.png"]
    assert learned.keys == [key_of(0), key_of(1)]
    assert learned.means.tolist() == [[0, 1, 2, 3], [1, 2, 3, 4]]
    assert learned.texts == [picture.texts for picture in pictures]
    assert [learned.thumbnail(place) for place in range(2)] == [b"\0", b"\1\1"]
    assert learned.sentences() == [("猫", "だ")] * 3
    assert learned.known == {("猫", "だ")}


def nearest(world: World, rows: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    keys = [key_of(row) for row in rows.tolist()]
    return world.learned.nearest(world.model.captioner, world.bank.means[rows], keys, count)


def test_the_nearest_are_alike_and_in_order(world: World) -> None:
    places, cosines = nearest(world, world.held_out, 4)
    assert places.shape == cosines.shape == (len(world.held_out), 4)
    assert (np.diff(cosines, axis=1) <= 0).all()
    for row, found in zip(world.held_out.tolist(), places.tolist(), strict=True):
        assert {animal_of(place) for place in found} == {animal_of(row)}


def test_no_picture_is_near_itself(world: World) -> None:
    rows = np.arange(LEARNED)
    places, _ = nearest(world, rows, 3)
    assert not (places == rows[:, None]).any()


def test_of_few_pictures_none_is_near_itself_either(world: World) -> None:
    rows = np.arange(LEARNED)
    places, cosines = nearest(world, rows, LEARNED)
    assert places.shape == (LEARNED, LEARNED - 1)
    assert not (places == rows[:, None]).any()
    assert np.isfinite(cosines).all()


def test_there_are_no_more_than_were_learned(world: World) -> None:
    places, _ = nearest(world, world.held_out[:2], 10_000)
    assert [sorted(found) for found in places.tolist()] == [list(range(LEARNED))] * 2
