from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from pipeline.pictures.thumbnail import thumbnail


@pytest.mark.parametrize(
    ("shape", "size"), [((1280, 720), (160, 90)), ((480, 640), (120, 160)), ((9000, 9), (160, 1))]
)
def test_a_thumbnail_has_the_shape_of_the_video(
    shape: tuple[int, int], size: tuple[int, int]
) -> None:
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[:, 112:] = (250, 120, 10)
    with Image.open(BytesIO(thumbnail(picture, shape))) as image:
        assert image.size == size
        found = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(found[:, -size[0] // 4 :] - (250, 120, 10)).max() < 12
