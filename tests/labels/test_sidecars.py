from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.labels.record import Label
from pipeline.labels.sidecar_names import MANIFEST
from pipeline.labels.sidecars import Sidecars
from pipeline.labels.writers import sidecars
from pipeline.labels.writing import write_labels
from pipeline.runtime.errors import ExitCode, PipelineError


def put(folder: Path, **files: str | bytes) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def texts(folder: Path, *names: str) -> list[tuple[str, str]]:
    return [(label.picture, label.value) for label in Sidecars(folder, names)]


def notes(folder: Path, *names: str) -> list[str]:
    found = Sidecars(folder, names)
    list(found)
    return found.report.result().notes


def test_every_line_that_is_not_empty_is_a_text(tmp_path: Path) -> None:
    put(tmp_path, a_txt="one\r\n\r\n two \nthree", sub__b_TXT="four")
    assert texts(tmp_path, "a.jpg", "sub/b.png") == [
        *(("a.jpg", "one"), ("a.jpg", "two"), ("a.jpg", "three")),
        ("sub/b.png", "four"),
    ]


@pytest.mark.parametrize("codec", ["cp932", "utf-8-sig", "utf-16"])
def test_sidecars_may_be_in_any_encoding(tmp_path: Path, codec: str) -> None:
    put(tmp_path, a_txt="これは、うちの犬ですか?".encode(codec))
    assert texts(tmp_path, "a.jpg") == [("a.jpg", "これは、うちの犬ですか?")]


def test_both_endings_are_read_and_told(tmp_path: Path) -> None:
    put(tmp_path, a_txt="one", a_caption="two")
    assert texts(tmp_path, "a.jpg") == [("a.jpg", "two"), ("a.jpg", "one")]
    (note,) = notes(tmp_path, "a.jpg")
    assert note.startswith("2 sidecars beside others") and note.endswith("a.caption, a.txt")


def test_a_sidecar_of_two_pictures_is_read_for_neither(tmp_path: Path) -> None:
    put(tmp_path, a_txt="one", b_txt="two")
    assert texts(tmp_path, "a.jpg", "a.png", "b.jpg") == [("b.jpg", "two")]
    (note,) = notes(tmp_path, "a.jpg", "a.png", "b.jpg")
    assert "several pictures" in note and "a.txt (a.jpg or a.png)" in note


def test_sidecars_that_give_nothing_are_told(tmp_path: Path) -> None:
    put(tmp_path, a_txt="\n \n", b_txt=bytes(range(0x80, 0x100)) * 40, other_txt="x", c_txt="")
    assert texts(tmp_path, "a.jpg", "b.jpg", "c.jpg") == []
    assert sorted(notes(tmp_path, "a.jpg", "b.jpg", "c.jpg")) == [
        "1 sidecars that are no text, or too long for one: b.txt",
        "1 sidecars without a picture: other.txt",
        "2 sidecars that are empty: a.txt, c.txt",
    ]


def test_names_may_be_composed_differently(tmp_path: Path) -> None:
    (tmp_path / "か\u3099.txt").write_text("x", "utf-8")
    assert texts(tmp_path, "が.jpg") == [("が.jpg", "x")]


def write(folder: Path, **said: str) -> str:
    labels = [
        Label(picture=f"{stem}.jpg", kind="text", value=text, by="model")
        for stem, text in said.items()
    ]
    return write_labels(folder, "sidecars", labels)


def test_what_a_model_wrote_is_not_taken_for_a_person_s(tmp_path: Path) -> None:
    write(tmp_path, a="one", b="two")
    put(tmp_path, b_txt="better")
    found = Sidecars(tmp_path, ["a.jpg", "b.jpg"])
    assert [(label.value, label.by) for label in found] == [("one", "model"), ("better", "person")]


def test_texts_of_hands_are_never_replaced(tmp_path: Path) -> None:
    put(tmp_path, a_txt="by hand")
    write(tmp_path, b="old", c="old")
    put(tmp_path, c_txt="corrected")
    said = write(tmp_path, a="new", b="new", c="new", d="new")
    assert said == (
        "2 labels written; left as they are, for Yajiuma did not write them: a.txt, c.txt"
    )
    found = {name: (tmp_path / f"{name}.txt").read_text() for name in "abcd"}
    assert found == {"a": "by hand", "b": "new\n", "c": "corrected", "d": "new\n"}


def test_an_equal_text_of_hands_stays_one_of_hands(tmp_path: Path) -> None:
    put(tmp_path, a_txt="one\n")
    assert write(tmp_path, a="one") == "1 label written"
    assert "left as they are" in write(tmp_path, a="two")
    (label,) = Sidecars(tmp_path, ["a.jpg"])
    assert (label.value, label.by) == ("one", "person")


def test_after_a_crash_halfway_everything_is_still_known_as_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, a="old", b="old")
    replace = sidecars._replace

    def crash_at_b(path: Path, content: bytes) -> None:
        if path.name == "b.txt":
            raise KeyboardInterrupt
        replace(path, content)

    monkeypatch.setattr(sidecars, "_replace", crash_at_b)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, a="new", b="new")
    monkeypatch.undo()
    assert [(label.value, label.by) for label in Sidecars(tmp_path, ["a.jpg", "b.jpg"])] == [
        *(("new", "model"), ("old", "model")),
    ]
    assert write(tmp_path, a="newer", b="newer") == "2 labels written"


def test_a_damaged_list_is_named(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("[")
    with pytest.raises(PipelineError) as caught:
        texts(tmp_path, "a.jpg")
    assert caught.value.code == ExitCode.BAD_ARTIFACT


@pytest.mark.parametrize("picture", ["../a.jpg", "/a.jpg", "x/../../a.jpg", "a\0.jpg"])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, picture: str) -> None:
    folder = tmp_path / "album"
    folder.mkdir()
    label = Label(picture=picture, kind="text", value="x")
    said = write_labels(folder, "sidecars", [label])
    assert (
        said == "0 labels written; sidecars cannot carry texts of pictures outside the folder (1)"
    )
    assert list(tmp_path.rglob("*")) == [folder]


def test_pictures_that_would_share_a_sidecar_get_none(tmp_path: Path) -> None:
    put(tmp_path, a_png=b"", a_jpg=b"")
    said = write(tmp_path, a="x")
    assert "texts of pictures that differ only in their ending (1)" in said
    assert not (tmp_path / "a.txt").exists()
