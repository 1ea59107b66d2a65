from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.labels import sidecar_writing
from pipeline.labels.record import Label
from pipeline.labels.sidecar_names import MANIFEST
from pipeline.labels.sidecars import SidecarKind, Sidecars
from pipeline.labels.writer import Existing
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
        "1 sidecars that cannot be read, are no text, or too long for one: b.txt",
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
    replace = sidecar_writing._replace

    def crash_at_b(path: Path, content: bytes) -> None:
        if path.name == "b.txt":
            raise KeyboardInterrupt
        replace(path, content)

    monkeypatch.setattr(sidecar_writing, "_replace", crash_at_b)
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
        said == "0 labels written; sidecars cannot carry labels of pictures outside the folder (1)"
    )
    assert list(tmp_path.rglob("*")) == [folder]


def test_pictures_that_would_share_a_sidecar_get_none(tmp_path: Path) -> None:
    put(tmp_path, a_png=b"", a_jpg=b"")
    said = write(tmp_path, a="x")
    assert "labels of pictures that differ only in their ending (1)" in said
    assert not (tmp_path / "a.txt").exists()


TAGS = "1girl, solo, long_hair, >_<"


def tags(folder: Path, *names: str, kind: SidecarKind = "auto") -> list[tuple[str, str, str]]:
    found = Sidecars(folder, names, kind=kind)
    return [(label.kind, label.value, label.group) for label in found]


def test_sidecars_with_tags_are_read_as_tags_and_told(tmp_path: Path) -> None:
    put(tmp_path, a_txt=TAGS, b_txt="cat, dog, character:hatsune miku", b_caption="A cat.")
    assert tags(tmp_path, "a.jpg", "b.jpg") == [
        *(("tag", name, "") for name in ("1girl", "solo", "long_hair", ">_<")),
        ("text", "A cat.", ""),
        *(("tag", "cat", ""), ("tag", "dog", ""), ("tag", "hatsune miku", "character")),
    ]
    assert notes(tmp_path, "a.jpg", "b.jpg")[0] == (
        "2 of 2 sidecars .txt look like tags and all are read so"
        " (labels.sidecars=texts reads each line as a text)"
    )
    assert all(label.complete for label in Sidecars(tmp_path, ["a.jpg"]))


def test_a_few_sidecars_with_tags_are_texts_like_the_others_and_told(tmp_path: Path) -> None:
    put(tmp_path, a_txt=TAGS, b_txt="This one is a caption.", c_txt="So is this, of course.")
    assert {kind for kind, *_ in tags(tmp_path, "a.jpg", "b.jpg", "c.jpg")} == {"text"}
    (note,) = notes(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    assert note.startswith("1 of 3 sidecars .txt look like tags, but too few")


def test_a_user_may_say_what_sidecars_hold(tmp_path: Path) -> None:
    put(tmp_path, a_txt="cat, my dog", b_txt=TAGS)
    assert tags(tmp_path, "a.jpg", kind="tags") == [("tag", "cat", ""), ("tag", "my dog", "")]
    assert tags(tmp_path, "b.jpg", kind="texts") == [("text", TAGS, "")]
    assert Sidecars(tmp_path, ["a.jpg"], kind="tags").report.result().notes == []


def test_hydrus_s_sidecars_have_a_tag_a_line_and_whole_names(tmp_path: Path) -> None:
    (tmp_path / "a.png.txt").write_text("blue eyes\ncreator:some one\nre:zero\n", "utf-8")
    (tmp_path / "a.jpg.txt").write_text("series:x\n", "utf-8")
    assert tags(tmp_path, "a.png", "a.jpg") == [
        *(("tag", "blue eyes", ""), ("tag", "some one", "artist"), ("tag", "re:zero", "")),
        ("tag", "x", "copyright"),
    ]


def tag(folder: Path, form: str = "kohya.txt", existing: Existing = "replace", **said: str) -> str:
    labels = [
        Label(picture=f"{stem}.jpg", kind="tag", value=name, weight=0.5, by="model")
        for stem, names in said.items()
        for name in names.split()
    ]
    return write_labels(folder, form, labels, existing)


def by(folder: Path, *names: str) -> list[tuple[str, str]]:
    return [(label.value, label.by) for label in Sidecars(folder, names)]


def test_tags_that_a_model_wrote_are_read_as_such_however_few(tmp_path: Path) -> None:
    tag(tmp_path, a="cat")
    assert (tmp_path / "a.txt").read_text() == "cat\n"
    (label,) = Sidecars(tmp_path, ["a.jpg"])
    assert (label.kind, label.value, label.by, label.complete) == ("tag", "cat", "model", False)


def test_appended_tags_leave_a_person_s_first_and_known_as_hers(tmp_path: Path) -> None:
    put(tmp_path, a_txt="my_girl,Long Hair")
    tag(tmp_path, existing="append", a="1girl long_hair")
    assert (tmp_path / "a.txt").read_text() == "my_girl, Long Hair, 1girl\n"
    expected = [("my_girl", "person"), ("Long Hair", "person"), ("1girl", "model")]
    assert by(tmp_path, "a.jpg") == expected
    tag(tmp_path, existing="append", a="solo")
    assert (tmp_path / "a.txt").read_text() == "my_girl, Long Hair, solo, 1girl\n"
    tag(tmp_path, a="cat")
    assert (tmp_path / "a.txt").read_text() == "my_girl, Long Hair, cat\n"


def test_nothing_new_to_append_leaves_a_file_untouched(tmp_path: Path) -> None:
    put(tmp_path, a_txt="Long Hair,cat")
    assert tag(tmp_path, existing="append", a="long_hair") == (
        "1 label written; kohya.txt cannot carry probabilities (1)"
    )
    assert (tmp_path / "a.txt").read_text() == "Long Hair,cat"
    assert by(tmp_path, "a.jpg") == [("Long Hair,cat", "person")]


@pytest.mark.parametrize(
    ("existing", "reason"),
    [
        ("replace", "for Yajiuma did not write them: a.txt"),
        ("append", "for Yajiuma did not write them: a.txt"),
        ("skip", "for they were there: a.txt, b.txt"),
    ],
)
def test_tags_never_take_the_place_of_a_person_s_text(
    tmp_path: Path, existing: Existing, reason: str
) -> None:
    put(tmp_path, a_txt="This is my cat, and I love her.")
    tag(tmp_path, b="dog")
    assert reason in tag(tmp_path, existing=existing, a="cat", b="bird", c="fish")
    assert (tmp_path / "a.txt").read_text() == "This is my cat, and I love her."
    expected = {"replace": "bird\n", "append": "bird, dog\n", "skip": "dog\n"}
    assert (tmp_path / "b.txt").read_text() == expected[existing]
    assert (tmp_path / "c.txt").read_text() == "fish\n"


def test_tags_do_not_replace_the_texts_that_yajiuma_wrote(tmp_path: Path) -> None:
    write(tmp_path, a="one")
    assert "for Yajiuma wrote something else there: a.txt" in tag(tmp_path, a="cat")
    assert texts(tmp_path, "a.jpg") == [("a.jpg", "one")]


def test_hydrus_s_sidecars_are_no_others(tmp_path: Path) -> None:
    put(tmp_path, a_txt="A cat.", a_png=b"", a_jpg=b"")
    tag(tmp_path, "hydrus.txt", a="cat >_<")
    assert (tmp_path / "a.jpg.txt").read_text() == "cat\n>_<\n"
    assert by(tmp_path, "a.jpg") == [("A cat.", "person"), ("cat", "model"), (">_<", "model")]
