"""What the names of crops say, and scores of crops as scores of boxes."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.labels.crop_names import crop_name, of_crop
from pipeline.labels.importing import LabelImport

EDGES = st.integers(-999, 9999)


@given(
    st.text(st.characters(exclude_characters="/", exclude_categories=["Cs", "Cc"]), min_size=1),
    *(st.integers(1, 99), EDGES, EDGES, st.integers(1, 9999), st.integers(1, 9999)),
)
def test_a_name_says_whence_a_crop_is(
    stem: str, number: int, left: int, top: int, width: int, height: int
) -> None:
    picture = f"a/{stem}.jpg"
    box = (float(left), float(top), float(left + width), float(top + height))
    assert of_crop(crop_name(picture, number, box)) == (picture, box)


def test_other_names_are_of_no_crop() -> None:
    for name in ("cat.jpg", "cat-1.png", "cat.jpg-1-10x20.png", "-1-10x20+3+4.png"):
        assert of_crop(name) is None


def test_scores_of_crops_become_scores_of_boxes(tmp_path: Path) -> None:
    scores = tmp_path / "scores.csv"
    scores.write_text(
        "file,score\n"
        "4/cat.jpg-2-30x40+5+6.png,4\n"  # as it was sorted into a folder
        "cat.jpg-1-30x40+5+6,3\n"
        "cat.jpg,2\n"
        "dog.jpg-1-30x40+5+6.png,1\n"
    )
    found = LabelImport([scores], ["cat.jpg"], sizes={"cat.jpg": (100, 40)})

    assert [(label.picture, label.box, label.weight) for label in found] == [
        ("cat.jpg", (5, 6, 35, 40), 4),
        ("cat.jpg", (5, 6, 35, 40), 3),
        ("cat.jpg", None, 2),
    ]
    assert [issue.reason for issue in found.report.dropped] == ["whose picture is not there"]
