from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.illustrations.duplicates.finding import Pair, aligned_pairs, shrunk
from pipeline.media.pixels import Picture

SIZE = 224


def drawing(seed: int) -> Image.Image:
    draws = np.random.default_rng(seed)
    image = Image.new("RGB", (300, 200), "white")
    pen = ImageDraw.Draw(image)
    for _ in range(8):
        x, y, width, height = draws.integers(0, [260, 160, 120, 90]).tolist()
        colour = tuple(draws.integers(0, 256, 3).tolist())
        pen.ellipse((x, y, x + width + 20, y + height + 20), colour)
    return image


def square(image: Image.Image) -> Picture:
    return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.BICUBIC))


def encoded(image: Image.Image) -> Image.Image:
    file = BytesIO()
    image.save(file, "JPEG", quality=50)
    return Image.open(file)


CHANGED = {
    "same": drawing(0),
    "encoded again": encoded(drawing(0)),
    "smaller": drawing(0).resize((120, 80)),
    "cut off": drawing(0).crop((15, 0, 300, 190)),
    "mirrored": drawing(0).transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "mirrored and cut off": drawing(0)
    .transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    .crop((0, 8, 288, 200)),
}


def found(images: list[Image.Image]) -> list[Pair]:
    return aligned_pairs(np.stack([shrunk(square(image)) for image in images]), 12)


@pytest.mark.parametrize("change", CHANGED)
@pytest.mark.parametrize("first", [True, False])
def test_a_changed_picture_is_found_among_others(change: str, first: bool) -> None:
    others = [drawing(seed) for seed in range(1, 20)]
    both = [drawing(0), CHANGED[change]]
    pairs = found([*others, *(both if first else both[::-1])])
    assert [(pair.one, pair.other) for pair in pairs] == [(19, 20)]
    assert pairs[0].mirrored == change.startswith("mirrored")


def test_a_small_change_of_the_drawing_makes_it_another() -> None:
    changed = drawing(0)
    ImageDraw.Draw(changed).ellipse((140, 90, 175, 115), "black")
    assert found([drawing(0), changed]) == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_pictures_are_compared_as_well(count: int) -> None:
    pairs = found([drawing(0)] * count)
    assert [pair.difference for pair in pairs] == [0] * (count * (count - 1) // 2)


def test_pictures_without_features_are_told_apart_by_their_colour() -> None:
    plain = [Image.new("RGB", (50, 50), (level, level, level)) for level in (100, 108, 180)]
    assert [(pair.one, pair.other) for pair in found(plain)] == [(0, 1)]
