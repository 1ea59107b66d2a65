"""Domains that folders stand for."""

import pytest

from pipeline.labels.folder_domains import domain_of, folder_domains


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("curry", ("", "curry")),
        ("curry/2019", ("", "curry")),
        ("train/curry", ("train", "curry")),
        ("curry/val", ("dev", "curry")),
        ("Testing/curry/2019", ("test", "curry")),
        ("trainA", ("train", "A")),
        ("horse2zebra/testB", ("test", "B")),
        ("train", ("train", "")),
        ("", ("", "")),
        ("trains", ("", "trains")),
    ],
)
def test_folders_of_parts_lie_above_or_below_those_of_domains(
    folder: str, expected: tuple[str, str]
) -> None:
    assert domain_of(folder) == expected


def test_a_picture_in_no_folder_has_no_domain() -> None:
    labels = list(folder_domains(["a.jpg", "curry/a.jpg", "train/b.jpg"]))
    assert [(label.picture, label.kind, label.value) for label in labels] == [
        ("curry/a.jpg", "domain", "curry")
    ]
