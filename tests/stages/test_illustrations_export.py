"""The stage that writes tags for other programs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PIL import Image

from pipeline.engine.stage import Files
from pipeline.illustrations.picture_tags import PictureTags, Tag, write_picture_tags
from pipeline.labels.reading import read_labels
from pipeline.media.picture_folder import PictureFolder
from pipeline.sources.pointers import StillsSource
from stages.illustrations import export

TAGS = (Tag(name="1girl", probability=0.75), Tag(name="safe", group="rating", probability=0.5))


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder of two pictures; beside it their pointer and their tags."""
    album = tmp_path / "album"
    album.mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (40, 30)).save(album / name)
    folder = PictureFolder.open(album)
    StillsSource(str(album), folder.fingerprint, list(folder.files)).save(
        tmp_path / "source.stills.json"
    )
    write_picture_tags(
        tmp_path / "tags.jsonl",
        [PictureTags(frame=n, picture=f"{name}.png", tags=TAGS) for n, name in enumerate("ab")],
    )
    return album


def exported(album: Path, **settings: object) -> tuple[str, Path]:
    config = msgspec.convert(settings, export.Config)
    target = album.parent / f"tags.{config.format}"
    inputs = {
        "stills": [album.with_name("source.stills.json")],
        "tags": [album.with_name("tags.jsonl")],
    }
    return export.run(Files(inputs), Files({"export": [target]}), config), target


@pytest.mark.parametrize("form", ["csv", "json", "danbooru.jsonl"])
def test_exports_are_read_as_labels(album: Path, form: str) -> None:
    _, target = exported(album, format=form)
    assert [(label.picture, label.value, label.group) for label in read_labels(target)] == [
        (f"{name}.png", tag.name, tag.group) for name in "ab" for tag in TAGS
    ]


@pytest.mark.parametrize(("form", "ending"), [("kohya.txt", ".txt"), ("hydrus.txt", ".png.txt")])
def test_text_files_lie_beside_pictures_but_never_over_a_person_s(
    album: Path, form: str, ending: str
) -> None:
    (album / f"a{ending}").write_text("by hand", "utf-8")
    said, target = exported(album, format=form, first=["me"])
    assert target.read_text("utf-8") == f"{said}\n"
    assert f"left as they are, for Yajiuma did not write them: a{ending}" in said
    assert (album / f"a{ending}").read_text("utf-8") == "by hand"
    assert (album / f"b{ending}").read_text("utf-8").startswith("me")


def test_tags_may_be_appended_to_a_person_s(album: Path) -> None:
    (album / "a.txt").write_text("by hand", "utf-8")
    exported(album, format="kohya.txt", existing="append")
    assert (album / "a.txt").read_text("utf-8") == "by hand, 1girl\n"
