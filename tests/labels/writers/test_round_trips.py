"""What is written is read back, up to what the format cannot carry."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.labels.reading import read_labels
from pipeline.labels.record import Label
from pipeline.labels.sidecars import Sidecars
from pipeline.labels.writing import format_names, write_labels
from pipeline.runtime.quantities import counted

LABELS = [
    Label(picture="a.jpg", kind="text", value="one", weight=3, rater="me", split="dev"),
    Label(picture="猫/b.png", kind="text", value="これは「猫」、です\nか?", by="model"),
    Label(picture="a.jpg", kind="score", weight=2.5, rater="me"),
    Label(picture="a.jpg", kind="box", value="face", box=(1, 2, 3, 4)),
]

_letters = st.sampled_from("ab \t\n\r,;|\"'#={}[]\\é猫😀\u2028\u3000=@+-0１")
_words = st.text(_letters, min_size=1, max_size=12).map(str.strip).filter(bool)
_names = st.builds("{}.jpg".format, st.sampled_from(["a", "b c", "猫", "x/y", "d;e", "f,g"]))


def _labels(words: st.SearchStrategy[str]) -> st.SearchStrategy[list[Label]]:
    by = st.sampled_from(["person", "model"])
    about = {
        "picture": _names,
        "weight": st.none() | st.integers(-9, 9).map(float) | st.floats(-1e6, 1e6),
        "rater": st.none() | st.sampled_from(["me", "あなた"]),
        "by": by,
        "split": st.sampled_from(["", "train", "dev", "test"]),
    }
    texts = st.builds(Label, kind=st.just("text"), value=words, **about)
    scores = st.builds(Label, kind=st.just("score"), **{**about, "weight": st.floats(-1e6, 1e6)})
    return st.lists(texts | scores, min_size=1, max_size=8)


def read(path: Path, name: str) -> list[Label]:
    pictures = sorted({f"{stem}.jpg" for stem in ("a", "b c", "猫", "x/y", "d;e", "f,g")})
    source = Sidecars(path, pictures) if name == "sidecars" else read_labels(path)
    return [msgspec.structs.replace(label, file="", number=0) for label in source]


def bare(label: Label) -> tuple[str, str]:
    """Picture and text without white space."""
    return label.picture, "".join(label.value.split())


def emptied(folder: Path) -> Path:
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    return folder


@pytest.mark.parametrize("name", ["csv", "jsonl"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=_labels(_words))
def test_formats_that_carry_everything_give_it_back(
    tmp_path: Path, name: str, labels: list[Label]
) -> None:
    path = tmp_path / "labels"
    assert write_labels(path, name, labels) == f"{counted(len(labels), 'label')} written"
    assert read(path, name) == labels


@pytest.mark.parametrize("name", ["coco.json", "flickr.txt", "sidecars"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=_labels(_words))
def test_formats_of_texts_give_the_texts_back_in_one_line(
    tmp_path: Path, name: str, labels: list[Label]
) -> None:
    path = emptied(tmp_path) / ("" if name == "sidecars" else "labels")
    texts = [label for label in labels if label.kind == "text"]
    if not texts:
        return
    said = write_labels(path, name, labels)
    assert said.startswith(f"{counted(len(texts), 'label')} written")
    expected, found = list(map(bare, texts)), list(map(bare, read(path, name)))
    if name == "sidecars":  # in order of the pictures
        expected, found = sorted(expected), sorted(found)
    assert found == expected


def test_every_loss_is_counted(tmp_path: Path) -> None:
    assert write_labels(tmp_path / "a", "flickr.txt", LABELS) == (
        "2 labels written; flickr.txt cannot carry ratings (1), raters (1), splits (1),"
        " that a model wrote them (1), line breaks and tabs (1), labels of kind score (1),"
        " labels of kind box (1)"
    )
    assert write_labels(tmp_path / "a", "jsonl", LABELS) == (
        "3 labels written; jsonl cannot carry labels of kind box (1)"
    )
    mixed = [LABELS[0], msgspec.structs.replace(LABELS[0], value="two", by="model")]
    assert "which of them a person gave (2)" in write_labels(tmp_path / "b", "sidecars", mixed)


def test_all_formats_are_named() -> None:
    assert format_names() == [
        *("boxes.csv", "coco.boxes.json", "coco.json", "csv", "cvat.xml", "danbooru.jsonl"),
        *("flickr.txt", "hydrus.txt", "json", "jsonl", "kohya.txt", "labels.jsonl"),
        *("labelstudio.json", "sidecars", "voc", "yolo"),
    ]


def test_other_programs_find_what_they_expect(tmp_path: Path) -> None:
    """Hugging Face's metadata, COCO's lists, Excel's mark and quotes."""
    write_labels(tmp_path / "metadata.jsonl", "jsonl", LABELS)
    first = json.loads((tmp_path / "metadata.jsonl").read_text("utf-8").splitlines()[0])
    assert (first["file_name"], first["text"]) == ("a.jpg", "one")

    write_labels(tmp_path / "coco.json", "coco.json", LABELS)
    coco = json.loads((tmp_path / "coco.json").read_bytes())
    names = {image["id"]: image["file_name"] for image in coco["images"]}
    assert [names[caption["image_id"]] for caption in coco["annotations"]] == ["a.jpg", "猫/b.png"]
    assert len({caption["id"] for caption in coco["annotations"]}) == 2

    formula = Label(picture="a.jpg", kind="text", value='=HYPERLINK("x")')
    write_labels(tmp_path / "a.csv", "csv", [formula])
    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and b'"=HYPERLINK(""x"")"' in content
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == [formula.value]


@pytest.mark.parametrize("name", ["coco.json", "csv", "flickr.txt", "jsonl"])
def test_a_file_appears_whole_or_not_at_all(tmp_path: Path, name: str) -> None:
    def interrupted() -> list[Label]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_labels(tmp_path / "labels", name, (label for _ in "a" for label in interrupted()))
    assert list(tmp_path.iterdir()) == []
