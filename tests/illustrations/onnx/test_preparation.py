"""Pictures as published networks read them."""

import numpy as np
import pytest
from PIL import Image

from pipeline.illustrations.onnx.preparation import WHITE, Preparation

DRAWS = np.random.default_rng(0)
SHAPES = [(300, 200), (200, 301), (448, 448), (500, 900)]


@pytest.mark.parametrize("shape", SHAPES)
def test_wds_is_as_its_author_wrote_it(shape: tuple[int, int]) -> None:
    """A white square, the picture in its middle, bicubic to 448, BGR as float32."""
    picture = DRAWS.integers(0, 256, (*shape, 3)).astype(np.uint8)
    image = Image.fromarray(picture)
    side = max(image.size)
    square = Image.new("RGB", (side, side), (255, 255, 255))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    if side != 448:
        square = square.resize((448, 448), Image.Resampling.BICUBIC)
    expected = np.asarray(square, dtype=np.float32)[:, :, ::-1]

    prepared = Preparation(WHITE, bgr=True)(picture, 448)

    assert prepared.dtype == np.float32
    np.testing.assert_array_equal(prepared, expected)


def test_edges_go_on_to_the_border() -> None:
    picture = np.zeros((2, 4, 3), np.uint8)
    picture[0], picture[1] = 10, 20
    prepared = Preparation("edge")(picture, 4)
    assert prepared[:, 0, 0].tolist() == [10, 10, 20, 20]


def test_what_is_squeezed_has_no_border() -> None:
    assert (Preparation("none")(np.full((2, 4, 3), 9, np.uint8), 8) == 9).all()


def test_means_are_in_the_order_of_the_networks_colours() -> None:
    picture = np.broadcast_to(np.array([1, 2, 3], np.uint8), (4, 4, 3))
    prepared = Preparation("none", bgr=True, mean=(3, 2, 1), std=(1, 1, 2))(picture, 4)
    assert not prepared.any()
