"""The map as a picture."""

from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from pipeline.illustrations.map.map_file import Cluster, Distortion, MapPoint, PictureMap
from pipeline.illustrations.map.poster import Arrangement, fitted, plan_poster, write_png, write_svg

COLORS = [(250, 30, 30), (30, 200, 30), (30, 30, 250)]
PLACES = [(-1.0, -0.5, 0, 0), (1.0, -0.5, 1, 0), (0.0, 0.5, 0, 1)]


def made(*names: str) -> PictureMap:
    clusters = [Cluster([name], 3, 0, 0.5, 0, 1) for name in names]
    points = [MapPoint(f"{n}.png", n, *place, None) for n, place in enumerate(PLACES)]
    return PictureMap(
        method="pca",
        tap="pooled",
        seed=0,
        perplexity=None,
        columns=2,
        of=3,
        points=points,
        clusters=clusters,
        distortion=Distortion(0, None, [], None),
    )


def thumbnails() -> list[bytes]:
    files = []
    for color in COLORS:
        file = BytesIO()
        Image.new("RGB", (64, 48), color).save(file, "JPEG")
        files.append(file.getvalue())
    return files


@pytest.mark.parametrize("arrangement", ["free", "grid"])
def test_pictures_lie_at_their_places_and_within_the_poster(
    tmp_path: Path, arrangement: Arrangement
) -> None:
    poster = plan_poster(made(), arrangement, 800)
    write_png(tmp_path / "map.png", poster, fitted(poster, thumbnails()))
    pixels = np.asarray(Image.open(tmp_path / "map.png").convert("RGB"), int)
    assert pixels.shape == (poster.height, poster.width, 3)
    assert max(poster.width, poster.height) == 800
    for (x, y), color in zip(poster.centres.tolist(), COLORS, strict=True):
        assert np.abs(pixels[int(y), int(x)] - color).max() < 12
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert border.min() == 255


def test_names_are_drawn_once_and_never_as_markup(tmp_path: Path) -> None:
    poster = plan_poster(made("<b>猫</b>", "behind it"), "free", 800)
    write_svg(tmp_path / "map.svg", poster, fitted(poster, thumbnails()))
    drawing = ElementTree.parse(tmp_path / "map.svg").getroot()  # noqa: S314  # our own file
    assert [text.text for text in drawing.findall(".//{*}text")] == ["<b>猫</b>"]
    assert len(drawing.findall(".//{*}image")) == 3
    write_png(tmp_path / "map.png", poster, fitted(poster, thumbnails()))
    x, y, _ = poster.names[0]
    around = np.asarray(Image.open(tmp_path / "map.png").convert("L"))[
        int(y) - 10 : int(y) + 10, int(x) - 20 : int(x) + 20
    ]
    assert around.min() < 20 < 230 < around.max(), "white letters with a dark outline"
