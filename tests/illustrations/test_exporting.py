from __future__ import annotations

from pipeline.illustrations.exporting import labels_of
from pipeline.illustrations.picture_tags import PictureTags, Tag
from pipeline.labels.record import Label

PICTURES = [
    PictureTags(
        frame=0,
        picture="a.png",
        tags=(
            Tag(name="mine", by="person"),
            Tag(name="long_hair", probability=0.75),
            Tag(name=">_<", probability=0.5),
            Tag(name="safe", group="rating", probability=0.25),
        ),
    ),
    PictureTags(frame=1, picture="b.png", tags=()),
]


def exported(
    *, first: tuple[str, ...] = (), without: tuple[str, ...] = (), spaces: bool = False
) -> list[tuple[str, str]]:
    labels = labels_of(PICTURES, first, without, spaces)
    return [(label.picture, label.value) for label in labels]


def names(*tags: str) -> list[tuple[str, str]]:
    return [("a.png", tag) for tag in tags]


def test_each_tag_is_a_label_with_what_is_known_of_it() -> None:
    labels = list(labels_of(PICTURES, (), (), spaces=False))
    assert labels[:2] == [
        Label(picture="a.png", kind="tag", value="mine", group="general"),
        Label(
            picture="a.png",
            kind="tag",
            value="long_hair",
            group="general",
            weight=0.75,
            by="model",
        ),
    ]
    assert (labels[3].value, labels[3].group) == ("safe", "rating")


def test_some_tags_come_first_on_every_picture_and_only_once() -> None:
    assert exported(first=("me", "Long hair")) == [
        *names("me", "Long hair", "mine", ">_<", "safe"),
        *(("b.png", "me"), ("b.png", "Long hair")),
    ]


def test_some_tags_are_left_out_however_they_are_written() -> None:
    assert exported(without=("long hair", "SAFE")) == names("mine", ">_<")


def test_underscores_become_spaces_but_not_those_of_faces() -> None:
    assert exported(spaces=True) == names("mine", "long hair", ">_<", "safe")
