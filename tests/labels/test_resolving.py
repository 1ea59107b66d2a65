from __future__ import annotations

import unicodedata

import pytest

from pipeline.labels.record import Label
from pipeline.labels.resolving import Collection, UnresolvedError

NFD = unicodedata.normalize("NFD", "がぞう.jpg")


def found(names: list[str], *given: str) -> str:
    label = Label(picture=given[0], other_names=given[1:], kind="text")
    return Collection(names).picture_of(label)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a.jpg", "a.jpg"),
        (r"C:\Users\x\album\a.jpg", "a.jpg"),
        (r"C:\Users\x\album\a.jpg", "album/a.jpg"),
        ("images/a.jpg", "a.jpg"),
        ("./a.jpg", "a.jpg"),
        ("/home/x/a.jpg", "a.jpg"),
        ("a.jpg", "deep/down/a.jpg"),
        ("down/a.jpg", "deep/down/a.jpg"),
        ("https://x.org/photos/a.jpg?size=600", "mine/a.jpg"),
        ("がぞう.jpg", NFD),
        (NFD, "がぞう.jpg"),
        ("my%20cat.jpg", "my cat.jpg"),
        ("https://x.org/%E7%8C%AB.jpg", "猫.jpg"),
        ("my cat.jpg", "my%20cat.jpg"),
        ("A.JPG", "a.jpg"),
        ("5651380", "5651380.jpg"),
        ("set/5651380", "5651380.webp"),
        ("510", "cartoons/510.png"),
        ("2258277193_586949ec62.jpg", "2258277193_586949ec62.jpg"),
    ],
)
def test_a_picture_is_found_by_what_files_call_it(given: str, name: str) -> None:
    assert found(["other.jpg", "z/else.png", name], given) == name


@pytest.mark.parametrize(
    ("names", "given", "expected"),
    [
        (["a.jpg", "A.jpg"], "A.jpg", "A.jpg"),
        (["a.jpg", "x/a.jpg"], "a.jpg", "a.jpg"),
        (["a.jpg", "x/a.jpg"], "D:/x/a.jpg", "x/a.jpg"),
        (["x/a.jpg", "y/a.jpg"], "y/a.jpg", "y/a.jpg"),
        (["a.jpg", "a.png"], "a.png", "a.png"),
    ],
)
def test_the_stricter_spelling_wins(names: list[str], given: str, expected: str) -> None:
    assert found(names, given) == expected


@pytest.mark.parametrize(
    ("names", "given"),
    [
        (["a.jpg", "a.png"], "a"),
        (["a.jpg", "A.jpg"], "A.JPG"),
        (["x/a.jpg", "y/a.jpg"], "a.jpg"),
        (["x/a.jpg", "y/a.jpg"], "https://x.org/z/a.jpg"),
    ],
)
def test_what_fits_two_pictures_is_of_neither(names: list[str], given: str) -> None:
    with pytest.raises(UnresolvedError) as caught:
        found(names, given)
    assert caught.value.reason == "of one of several pictures"
    assert all(name in caught.value.example for name in names)


@pytest.mark.parametrize(
    "given",
    ["b.jpg", "a.png", "2258277193_586949ec62.jpg.1", "", "/", "https://x.org/", "http://[", "%00"],
)
def test_what_is_not_there_is_not_guessed(given: str) -> None:
    with pytest.raises(UnresolvedError, match="is not there"):
        found(["a.jpg", "2258277193_586949ec62.jpg"], given)


def test_folders_that_disagree_are_told() -> None:
    with pytest.raises(UnresolvedError, match="only in another folder: val/1, not train/1"):
        found(["train/1"], "val/1")


def test_all_names_that_a_file_gives_must_fit_one_picture() -> None:
    address = "https://x.org/ab_600.jpg"
    assert found(["81.jpg"], address, "81") == "81.jpg"
    assert found(["ab_600.jpg"], address, "81") == "ab_600.jpg"
    with pytest.raises(UnresolvedError, match=r"ab_600\.jpg or 81\.jpg"):
        found(["81.jpg", "ab_600.jpg"], address, "81")
