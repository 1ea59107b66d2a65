"""Folders of pictures, and files that list some, as people name them."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.picture_registration import register_pictures
from pipeline.sources.pointers import (
    COMMENTS_POINTER,
    LABELS_POINTER,
    STILLS_POINTER,
    CommentSources,
    LabelSources,
    StillsSource,
    label_files,
    open_stills,
)
from pipeline.sources.registration import register

LONG_AGO = (10**18, 10**18)  # nanoseconds


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    return tmp_path / "workdir"


def album(folder: Path, names: Sequence[str] = ("a.png", "b.png", "c/d.png")) -> Path:
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (20 * number, 0, 0)).save(folder / name)
    return folder


def written(path: Path, text: str = "image,caption\na.png,one\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def pointed(workdir: Path, name: str = "album") -> StillsSource:
    return StillsSource.load(workdir / name / STILLS_POINTER)


def label_paths(workdir: Path, name: str = "album") -> list[Path]:
    pointer = workdir / name / LABELS_POINTER
    return (
        [Path(file.path) for file in LabelSources.load(pointer).files] if pointer.exists() else []
    )


def code_of(workdir: Path, given: Path, **more: object) -> tuple[ExitCode, str]:
    with pytest.raises(PipelineError) as caught:
        register_pictures(workdir, given, **more)  # type: ignore[arg-type]
    return caught.value.code, str(caught.value)


def test_a_folder_is_pointed_to_with_all_its_pictures(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "album")
    assert register_pictures(workdir, folder) == "album"
    source = pointed(workdir)
    assert (Path(source.path), source.folder) == (folder, folder)
    assert [file.name for file in source.files] == ["a.png", "b.png", "c/d.png"]
    assert open_stills(workdir / "album" / STILLS_POINTER).fingerprint == source.fingerprint


@pytest.mark.parametrize("change", ["nothing", "touch", "move"])
def test_the_pointer_keeps_its_time_unless_pictures_change(
    tmp_path: Path, workdir: Path, change: str
) -> None:
    folder, pointer = album(tmp_path / "album"), workdir / "album" / STILLS_POINTER
    register_pictures(workdir, folder)
    os.utime(pointer, ns=LONG_AGO)
    if change == "touch":
        os.utime(folder / "a.png")
    if change == "move":
        (tmp_path / "new").mkdir()
        folder = folder.rename(tmp_path / "new" / "album")
    register_pictures(workdir, folder)
    assert pointer.stat().st_mtime_ns == LONG_AGO[1]
    assert Path(pointed(workdir).path) == folder


@pytest.mark.parametrize("change", ["add", "remove", "edit", "rename"])
def test_a_change_of_pictures_renews_the_pointer(
    tmp_path: Path, workdir: Path, change: str
) -> None:
    folder, pointer = album(tmp_path / "album"), workdir / "album" / STILLS_POINTER
    register_pictures(workdir, folder)
    os.utime(pointer, ns=LONG_AGO)
    if change == "add":
        album(folder, ["z.png"])
    if change == "remove":
        (folder / "a.png").unlink()
    if change == "edit":
        Image.new("RGB", (9, 9)).save(folder / "a.png")
    if change == "rename":
        (folder / "a.png").rename(folder / "z.png")
    register_pictures(workdir, folder)
    assert pointer.stat().st_mtime_ns > LONG_AGO[1]


def test_a_folder_in_use_by_a_run_may_not_change(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "album")
    register_pictures(workdir, folder)
    register_pictures(workdir, folder, in_use=True)
    album(folder, ["z.png"])
    assert code_of(workdir, folder, in_use=True)[0] == ExitCode.BUSY


def test_a_folder_s_name_may_have_dots_and_so_may_comments_beside_it(
    tmp_path: Path, workdir: Path
) -> None:
    folder = album(tmp_path / "album.v1.2")
    written(tmp_path / "album.v1.xml", "<packet/>")  # of a film called album.v1
    mine = written(tmp_path / "album.v1.2.xml", "<packet/>")
    assert register_pictures(workdir, folder) == "album.v1.2"
    comments = CommentSources.load(workdir / "album.v1.2" / COMMENTS_POINTER)
    assert [Path(file.path) for file in comments.files] == [mine]


def test_a_folder_and_a_film_of_one_name_are_not_mixed(tmp_path: Path, workdir: Path) -> None:
    film = written(tmp_path / "album.mp4", "film")
    register(workdir, film)
    code, told = code_of(workdir, album(tmp_path / "album"))
    assert code == ExitCode.NAME_TAKEN
    assert f"`make clean VIDEO={film}`" in told


def test_a_film_does_not_take_the_name_of_a_folder(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "album")
    register_pictures(workdir, folder)
    with pytest.raises(PipelineError, match=f"`make clean PICTURES={folder}`") as caught:
        register(workdir, written(tmp_path / "album.mp4", "film"))
    assert caught.value.code == ExitCode.NAME_TAKEN


def test_two_folders_of_one_name_are_the_same_only_with_the_same_pictures(
    tmp_path: Path, workdir: Path
) -> None:
    register_pictures(workdir, album(tmp_path / "1" / "album"))
    copy = album(tmp_path / "2" / "album")
    register_pictures(workdir, copy)
    assert Path(pointed(workdir).path) == copy
    other = album(tmp_path / "3" / "album", ["x.png"])
    assert code_of(workdir, other)[0] == ExitCode.NAME_TAKEN


def test_what_was_made_of_a_source_is_called_after_it_too(tmp_path: Path, workdir: Path) -> None:
    for name in ("one", "two"):
        register_pictures(workdir, album(tmp_path / name))
        crops = album(workdir / name / "faces", [f"{name}.png"])
        assert register_pictures(workdir, crops) == f"{name}-faces"
    night = album(workdir / "one" / "translated" / "night")
    assert register_pictures(workdir, night) == "one-translated-night"
    assert register_pictures(workdir, album(workdir / "one-faces" / "faces")) == "one-faces-faces"


def test_labels_are_found_in_the_folder_or_beside_it(tmp_path: Path, workdir: Path) -> None:
    for name in ("album/captions.csv", "2/album/labels.jsonl"):
        table = written(tmp_path / name)
        register_pictures(workdir / table.name, album(table.parent))
        assert label_paths(workdir / table.name) == [table]
    beside = written(tmp_path / "3" / "album.csv")
    register_pictures(workdir / "3", album(tmp_path / "3" / "album"))
    assert label_paths(workdir / "3") == [beside]


def test_of_several_label_files_one_must_be_named(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "album")
    inside, beside = written(folder / "captions.csv"), written(tmp_path / "album.csv")
    code, told = code_of(workdir, folder)
    assert code == ExitCode.NAME_TAKEN
    assert str(inside) in told
    assert str(beside) in told
    register_pictures(workdir, folder, labels=[beside, inside])
    assert label_paths(workdir) == [beside, inside]
    register_pictures(workdir, folder)  # and it remembers
    assert label_paths(workdir) == [beside, inside]


def test_missing_files_are_told(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "album")
    code, told = code_of(workdir, tmp_path / "albun")
    assert code == ExitCode.VIDEO_MISSING
    assert "PICTURES=" in told
    code, told = code_of(workdir, folder, labels=[tmp_path / "none.csv"])
    assert code == ExitCode.LABELS_MISSING
    assert "LABELS=" in told


def test_a_folder_without_pictures_says_what_it_has(tmp_path: Path, workdir: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert code_of(workdir, tmp_path / "empty")[0] == ExitCode.NO_FRAMES
    film = written(tmp_path / "films" / "a.mp4", "film")
    code, told = code_of(workdir, film.parent)
    assert code == ExitCode.NO_FRAMES
    assert f"VIDEO={film.parent}" in told
    assert not workdir.exists()


def test_one_picture_or_a_film_is_no_list(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "album")
    code, told = code_of(workdir, folder / "a.png")
    assert code == ExitCode.NOT_A_VIDEO
    assert f"PICTURES={folder}" in told
    film = written(tmp_path / "a.mp4", "film")
    assert f"VIDEO={film}" in code_of(workdir, film)[1]


@pytest.mark.parametrize(
    ("name", "text", "are_labels"),
    [
        ("list.txt", "c/d.png\n./a.png\n\na.png\n", False),
        ("list.csv", "file\nc/d.png\na.png\n", False),
        ("list.csv", "file,width\nc/d.png,8\na.png,8\nc/d.png,8\n", False),
        ("list.tsv", "image\tcaption\nc/d.png\tone\nc/d.png\ttwo\na.png\t\n", True),
        ("list.json", '["c/d.png", "a.png"]', False),
        ("list.jsonl", '{"file_name": "c/d.png", "text": "x"}\n{"file_name": "a.png"}\n', True),
        ("list.json", '[{"image_url": "https://x.org/i/a%2Epng?s=1", "text": "x"}]', True),
        ("list.txt", "c\\\\d.png 4.5\na.png 3\n".replace("\\\\", "\\"), True),
    ],
    ids=["lines", "column", "no text", "captions", "strings", "objects", "address", "scores"],
)
def test_a_file_may_list_pictures_and_be_labels(
    tmp_path: Path, workdir: Path, name: str, text: str, are_labels: bool
) -> None:
    album(tmp_path / "album")
    table = written(tmp_path / "album" / name, text)
    assert register_pictures(workdir, table) == "list"
    source = pointed(workdir, "list")
    assert (Path(source.path), source.folder) == (table, table.parent)
    expected = ["a.png"] if "http" in text else ["c/d.png", "a.png"]
    assert [file.name for file in source.files] == expected
    assert all(file.fingerprint for file in source.files)
    assert label_paths(workdir, "list") == [table] * are_labels
    assert not (workdir / "list" / COMMENTS_POINTER).exists()


def test_listed_pictures_may_lie_anywhere(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "album")
    lines = [str(folder / "a.png"), "../album/b.png", "here.png", str(tmp_path / "lists/here.png")]
    table = written(tmp_path / "lists" / "list.txt", "\n".join(lines))
    album(table.parent, ["here.png"])
    register_pictures(workdir, table)
    names = [file.name for file in pointed(workdir, "list").files]
    assert names == [str(folder / "a.png"), "../album/b.png", "here.png"]
    stills = open_stills(workdir / "list" / STILLS_POINTER)
    assert [taken.name for taken in stills.scaled_pictures(32)] == names


def test_listed_files_that_are_missing_are_among_them_without_content(
    tmp_path: Path, workdir: Path
) -> None:
    table = written(album(tmp_path / "album") / "list.txt", "a.png\nnone.png\nb.png\n")
    register_pictures(workdir, table)
    files = pointed(workdir, "list").files
    assert [(file.name, bool(file.fingerprint)) for file in files] == [
        ("a.png", True),
        ("none.png", False),
        ("b.png", True),
    ]


def test_labels_that_are_named_go_before_the_texts_of_the_list(
    tmp_path: Path, workdir: Path
) -> None:
    table = written(album(tmp_path / "album") / "list.csv")
    other = written(tmp_path / "other.csv")
    register_pictures(workdir, table, labels=[other])
    assert label_paths(workdir, "list") == [other]
    register_pictures(workdir, table)
    assert label_paths(workdir, "list") == [other]
    other.unlink()
    register_pictures(workdir, table)
    assert label_paths(workdir, "list") == [table]
    written(table, "a.png\n")
    register_pictures(workdir, table)
    assert label_paths(workdir, "list") == []


def test_a_list_without_pictures_is_refused(tmp_path: Path, workdir: Path) -> None:
    for text in ("words and more words\n", "", "x,y\n1,2\n", "{}"):
        assert code_of(workdir, written(tmp_path / "list.txt", text))[0] == ExitCode.UNKNOWN_FORMAT
    (tmp_path / "list.csv").write_bytes(bytes(range(256)) * 20)
    assert code_of(workdir, tmp_path / "list.csv")[0] == ExitCode.UNKNOWN_FORMAT


@pytest.mark.parametrize("name", ["a.txt", "a.caption", "a.png.txt"])
def test_text_beside_pictures_has_names_of_several_kinds(
    tmp_path: Path, workdir: Path, name: str
) -> None:
    folder = album(tmp_path / "album")
    register_pictures(workdir, folder)
    assert not (workdir / "album" / LABELS_POINTER).exists()
    written(folder / name, "cat")
    register_pictures(workdir, folder)
    _, (sidecars,) = label_files(workdir / "album" / LABELS_POINTER, ["a.png"], "tags")
    assert [(label.kind, label.value) for label in sidecars] == [("tag", "cat")]


def test_text_beside_pictures_is_read_of_a_folder(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "album")
    written(folder / "a.txt", "a caption")
    register_pictures(workdir, folder)
    files, (sidecars,) = label_files(workdir / "album" / LABELS_POINTER, ["a.png", "b.png"])
    assert files == []
    assert [label.value for label in sidecars] == ["a caption"]


def test_boxes_beside_pictures_are_read_beside_texts(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "album")
    contents = {"a.txt": "0 0.5 0.5 1 1", "b.txt": "", "b.caption": "a caption"}
    for name, content in {**contents, "classes.txt": "face"}.items():
        written(folder / name, content)
    register_pictures(workdir, folder)
    names = ["a.png", "b.png"]
    _, beside = label_files(workdir / "album" / LABELS_POINTER, names)
    said = [(label.kind, label.value) for labels in beside for label in labels]
    assert said == [("box", "face"), ("box", ""), ("text", "a caption")]
    _, beside = label_files(workdir / "album" / LABELS_POINTER, names, "texts")
    assert {label.kind for labels in beside for label in labels} == {"text"}


def test_xml_beside_pictures_counts_if_it_is_pascal_voc_s(tmp_path: Path, workdir: Path) -> None:
    folder, pointer = album(tmp_path / "album"), workdir / "album" / LABELS_POINTER
    written(folder / "a.xml", "<metadata/>")
    register_pictures(workdir, folder)
    assert not pointer.exists()
    written(folder / "a.xml", "<annotation></annotation>")
    register_pictures(workdir, folder)
    _, (boxes, _) = label_files(pointer, ["a.png"])
    assert [(label.picture, label.kind) for label in boxes] == [("a", "box")]


def test_ratings_beside_pictures_are_read_too(tmp_path: Path, workdir: Path) -> None:
    folder, pointer = album(tmp_path / "album"), workdir / "album" / LABELS_POINTER
    packet = '<a xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/>'
    written(folder / "a.xmp", packet)
    register_pictures(workdir, folder)
    _, (_, ratings) = label_files(pointer, ["a.png", "b.png"])
    assert [(label.picture, label.weight) for label in ratings] == [("a.png", 4)]
    before = pointer.read_bytes()
    written(folder / "a.xmp", packet.replace("4", "5"))
    register_pictures(workdir, folder)
    assert pointer.read_bytes() != before


def test_a_folder_of_rated_pictures_stays_named(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "album")
    for labels in ([folder], []):
        register_pictures(workdir, folder, labels=labels)
        assert label_paths(workdir, "album") == [folder]


def test_a_folder_of_labels_is_named_or_found(tmp_path: Path, workdir: Path) -> None:
    folder = album(tmp_path / "data" / "images")
    boxes = written(tmp_path / "data/labels/a.txt", "0 0.5 0.5 1 1").parent
    register_pictures(workdir, folder)
    assert label_paths(workdir, "images") == [boxes]
    other = written(tmp_path / "other/a.xml", "<annotation/>").parent
    register_pictures(workdir, folder, labels=[other])
    assert label_paths(workdir, "images") == [other]
    before = (workdir / "images" / LABELS_POINTER).read_text()
    written(other / "b.xml", "<annotation/>")
    register_pictures(workdir, folder)
    assert (workdir / "images" / LABELS_POINTER).read_text() != before
