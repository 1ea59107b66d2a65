from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.media.gif import write_slides
from pipeline.media.pixels import Picture
from pipeline.media.png import write_png


def flat(height: int, width: int, color: tuple[int, int, int]) -> Picture:
    return np.full((height, width, 3), color, np.uint8)


def test_slides_are_shown_for_their_seconds_and_centred(tmp_path: Path) -> None:
    target = tmp_path / "slides.gif"
    red, green = flat(20, 30, (200, 0, 0)), flat(40, 30, (0, 200, 0))
    green[:, 10:20] = (0, 0, 250)
    write_slides(target, iter([(red, 2.5), (green, 1.25)]))
    with Image.open(target) as gif:
        assert (gif.size, gif.info["loop"]) == ((30, 40), 0)
        shown, milliseconds = [], []
        for number in range(2):
            gif.seek(number)
            milliseconds.append(gif.info["duration"])
            shown.append(np.asarray(gif.convert("RGB")))
    assert milliseconds == [2500, 1250]
    assert (shown[0] == (200, 0, 0)).all()
    assert np.array_equal(shown[1], green)


def test_slides_are_the_same_bytes_every_time(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    for name in ("one", "other"):
        write_slides(tmp_path / name, [(noise, 1.0), (noise[::-1].copy(), 1.0)])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_no_slides_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a picture"):
        write_slides(tmp_path / "slides.gif", [])
    assert not (tmp_path / "slides.gif").exists()


def test_a_png_is_the_picture_and_appears_whole(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    write_png(tmp_path / "new" / "card.png", noise)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "new" / "card.png")), noise)
    with pytest.raises(ValueError, match="empty"):
        write_png(tmp_path / "new" / "card.png", noise[:0])
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["card.png"]
    assert np.array_equal(np.asarray(Image.open(tmp_path / "new" / "card.png")), noise)
