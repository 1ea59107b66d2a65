"""Faces cut out of pictures, from files to files."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.engine.stage import Files
from pipeline.faces.crops.crops_file import read_crops
from pipeline.faces.crops.windows import window_around
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import By, Label
from pipeline.runtime.errors import ExitCode, PipelineError
from stages.faces import crops
from stages.pictures import frames

SIZES = st.tuples(st.integers(1, 400), st.integers(1, 400))
SHARES = st.tuples(*(st.floats(0, 1) for _ in range(4)))


@given(SIZES, SHARES, st.floats(0, 2), st.booleans())
def test_a_window_lies_within_the_picture_and_around_the_face(
    size: tuple[int, int], shares: tuple[float, ...], margin: float, square: bool
) -> None:
    left, top = shares[0] * size[0], shares[1] * size[1]
    right, bottom = left + shares[2] * (size[0] - left), top + shares[3] * (size[1] - top)
    box = left, top, right, bottom
    window = window_around(box, size, margin, square)

    assert 0 <= window[0] < window[2] <= size[0]
    assert 0 <= window[1] < window[3] <= size[1]
    assert window[0] <= box[0] + 1 and window[2] >= box[2] - 1
    assert window[1] <= box[1] + 1 and window[3] >= box[3] - 1
    sides = window[2] - window[0], window[3] - window[1]
    if square and max(sides) < min(size):
        assert sides[0] == sides[1]


def album(folder: Path) -> Path:
    """Two stills with known pixels, of which the first is turned by its EXIF."""
    pictures = folder / "album"
    (pictures / "a").mkdir(parents=True)
    x, y = np.meshgrid(np.arange(120), np.arange(80))
    pixels = np.stack([x, y, x + y], 2).astype(np.uint8)
    turned = Image.fromarray(np.rot90(pixels))  # EXIF's 6 turns it back
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(pictures / "a" / "turned.png", exif=exif)
    Image.fromarray(pixels).save(pictures / "b.png")
    return pictures


def cut(folder: Path, labels: list[Label], **settings: object) -> Path:
    pictures, item = album(folder), folder / "item"
    item.mkdir()
    gathered = Files({"stills": [pictures], "source": []})
    frames.run(gathered, Files({"frames": [item / "frames.h5"]}), frames.Config())
    write_labels_file(item / "faces.jsonl", labels)
    again(folder, **settings)
    return item


def again(folder: Path, **settings: object) -> str:
    item = folder / "item"
    inputs = {
        "faces": [item / "faces.jsonl"],
        "frames": [item / "frames.h5"],
        "stills": [folder / "album"],
        "source": [],
    }
    outputs = {"crops": [item / "faces" / "crops.jsonl"]}
    config = msgspec.convert(settings, crops.Config)
    return crops.run(Files(inputs), Files(outputs), config)


def face(
    picture: str, x0: float, y0: float, x1: float, y1: float, weight: float | None = 0.9
) -> Label:
    by: By = "person" if weight is None else "model"
    box = (x0, y0, x1, y1)
    return Label(picture=picture, kind="box", value="face", box=box, weight=weight, by=by)


def test_crops_are_pixels_of_the_upright_original(tmp_path: Path) -> None:
    labels = [
        face("a/turned.png", 40, 20, 70, 50),
        face("a/turned.png", 0, 0, 9, 30),
        Label(picture="b.png", kind="box"),
    ]
    item = cut(tmp_path, labels, margin=0.1)

    (crop,) = read_crops(item / "faces" / "crops.jsonl")
    assert crop.file == "a/turned.png-1-30x30+40+20.png"
    assert (crop.picture, crop.frame, crop.probability) == ("a/turned.png", 0, 0.9)
    assert crop.window == (37, 17, 73, 53)
    with Image.open(item / "faces" / crop.file) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (36, 36, 3)
    assert pixels[0, 0].tolist() == [37, 17, 54]
    assert pixels[-1, -1].tolist() == [72, 52, 124]


def test_a_persons_box_has_no_probability(tmp_path: Path) -> None:
    item = cut(tmp_path, [face("b.png", 1, 2, 31, 32, weight=None)])

    (crop,) = read_crops(item / "faces" / "crops.jsonl")
    assert (crop.by, crop.probability) == ("person", None)


def test_faces_of_the_future_replace_those_before(tmp_path: Path) -> None:
    item = cut(tmp_path, [face("b.png", 0, 0, 40, 40)])
    write_labels_file(item / "faces.jsonl", [face("a/turned.png", 40, 20, 70, 50)])
    again(tmp_path)

    pictures = sorted(path.name for path in (item / "faces").rglob("*.png"))
    assert pictures == ["turned.png-1-30x30+40+20.png"]


@pytest.mark.parametrize(
    "wrong",
    [
        face("b.png", 0, 0, 9, 9, weight=7.5),
        face("b.png", 0, 0, 9, 9, -1),
        face("b.png", 9, 0, 9, 9),
    ],
    ids=["more than certain", "less than impossible", "no width"],
)
def test_a_line_that_cannot_be_is_told_and_costs_no_crop(tmp_path: Path, wrong: Label) -> None:
    item = cut(tmp_path, [face("b.png", 0, 0, 40, 40)])
    write_labels_file(item / "faces.jsonl", [face("b.png", 0, 0, 30, 30), wrong])
    with pytest.raises(PipelineError, match="cannot be") as raised:
        again(tmp_path)
    assert raised.value.code == ExitCode.BAD_ARTIFACT
    assert [path.name for path in (item / "faces").glob("*.png")] == ["b.png-1-40x40+0+0.png"]


def test_a_crop_whose_name_would_be_too_long_is_left_out_and_the_others_are_cut(
    tmp_path: Path,
) -> None:
    cut(tmp_path, [face("b.png", 0, 0, 40, 40)])
    long = "あ" * 83 + ".png"  # 253 bytes
    (tmp_path / "album" / "b.png").rename(tmp_path / "album" / long)
    gathered = Files({"stills": [tmp_path / "album"], "source": []})
    frames.run(gathered, Files({"frames": [tmp_path / "item/frames.h5"]}), frames.Config())
    labels = [face(long, 0, 0, 40, 40), face("a/turned.png", 40, 20, 70, 50)]
    write_labels_file(tmp_path / "item" / "faces.jsonl", labels)

    said = again(tmp_path)

    (crop,) = read_crops(tmp_path / "item" / "faces" / "crops.jsonl")
    assert crop.picture == "a/turned.png"
    assert said.endswith("1 left out: shorten their pictures' names")


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        ([face("b.png", 0, 0, 9, 9)], ExitCode.NOTHING_USABLE),
        ([face("no.png", 0, 0, 40, 40)], ExitCode.BAD_ARTIFACT),
    ],
)
def test_nothing_is_left_where_nothing_can_be_cut(
    tmp_path: Path, labels: list[Label], code: ExitCode
) -> None:
    with pytest.raises(PipelineError) as raised:
        cut(tmp_path, labels)
    assert raised.value.code == code
    assert sorted(path.name for path in (tmp_path / "item").glob("face*")) == ["faces.jsonl"]
