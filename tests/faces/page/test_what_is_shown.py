"""Which pictures a page shows, what it saves beside them, and which faces look alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.faces.detection.finding import Named
from pipeline.faces.detection.review import ToReview
from pipeline.faces.page.correcting import Known, pictures_shown
from pipeline.faces.page.likeness import most_alike
from pipeline.faces.page.said import FaceBox, FacePicture, FacesOnPage
from pipeline.labels.record import Label
from pipeline.pictures.features_file import building_features

FACE = Label(picture="b", kind="box", value="face", box=(0, 0, 9, 9))
EYE = Label(picture="b", kind="box", value="eye", box=(2, 2, 4, 4))
SCORE = Label(picture="a", kind="score", weight=3)
FOUND = Label(picture="a", kind="box", value="face", box=(1, 1, 5, 5), weight=0.6, by="model")
KNOWN = Known.gather(
    [FOUND, FACE],
    {},
    [FACE, EYE, SCORE, Label(picture="a", kind="tag", value="cat"), FOUND],
)
PICTURES = [Named(name, row) for row, name in enumerate("abcde")]


def names(most: int) -> str:
    listed = [
        ToReview(rank=rank, picture=name, corrections=1, faces=0, reason="")
        for rank, name in enumerate("da", 1)
    ]
    return "".join(one.name for one in pictures_shown(PICTURES, listed, KNOWN, most))


def test_what_to_correct_first_is_first_and_what_was_looked_at_last() -> None:
    assert names(9) == "daceb"


def test_of_too_many_others_are_left_out() -> None:
    assert names(4) == "dacb"
    assert names(3) == "dab"


def test_what_people_said_elsewhere_is_kept() -> None:
    assert KNOWN.kept("ab") == [EYE, SCORE]
    assert KNOWN.kept("a") == [EYE, SCORE, FACE]


def test_the_slider_begins_where_what_was_found_ends() -> None:
    assert KNOWN.threshold == 0.6
    assert Known({}, {}, []).threshold == 0.5


def test_boxes_that_the_slider_hides_are_not_counted() -> None:
    boxes = [FaceBox((0, 0, 9, 9)), FaceBox((1, 1, 5, 5), 0.6), FaceBox((2, 2, 4, 4), 0.1)]
    pictures = [FacePicture((20, 10), boxes), FacePicture((20, 10))]
    page = FacesOnPage("", "face", True, 0.6, (1, 5), "highest", pictures, [])
    assert page.count == 2


def test_the_most_alike_come_first_and_opposites_not_at_all(tmp_path: Path) -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [-1, 0.2], [-0.9, -0.3]], np.float16)
    attributes = {"backbone": "toy", "weights": "toy"}
    path = tmp_path / "features.h5"
    with building_features(path, 4, {"pooled": (2,)}, attributes) as built:
        built.append({"pooled": vectors})
    near = most_alike(path, np.arange(4))
    assert [[place for place, _ in one] for one in near] == [[1], [0], [3], [2]]
    assert all(0 < cosine <= 1 for one in near for _, cosine in one)
