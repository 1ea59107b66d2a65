"""Folders as people have them: nested, with files that are no pictures, links and odd names."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.media import stills
from pipeline.media.picture_folder import PictureFolder
from pipeline.runtime.errors import ExitCode, PipelineError


def picture(path: Path, shade: int = 99, size: tuple[int, int] = (20, 10)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (shade,) * 3).save(path)
    return path


def names(folder: PictureFolder) -> list[str]:
    return [taken.name for taken in folder.scaled_pictures(32)]


def test_pictures_come_by_their_names_folder_by_folder(tmp_path: Path) -> None:
    for name in ("b.png", "a/2.png", "a/10.jpg", "c/d/e.webp", "A.PNG", "a.png"):
        picture(tmp_path / name)
    (tmp_path / "a.txt").write_text("a caption")
    picture(tmp_path / ".hidden.png")
    picture(tmp_path / ".thumbnails" / "b.png")
    expected = ["A.PNG", "a/10.jpg", "a/2.png", "a.png", "b.png", "c/d/e.webp"]
    assert names(PictureFolder.open(tmp_path)) == expected


def test_what_cannot_be_used_is_told_and_left_out(tmp_path: Path) -> None:
    for number in range(6):
        picture(tmp_path / f"{number}.png", 40 * number)
    (tmp_path / "1.png").write_text("words")
    whole = (tmp_path / "3.png").read_bytes()
    (tmp_path / "3.png").write_bytes(whole[:-30])
    (tmp_path / "5.png").write_bytes(b"")
    refused: dict[str, ExitCode] = {}
    folder = PictureFolder.open(tmp_path)
    taken = list(folder.scaled_pictures(32, lambda name, error: refused.update({name: error.code})))
    assert [(one.pts, one.name) for one in taken] == [(0, "0.png"), (1, "2.png"), (2, "4.png")]
    assert refused == {
        "1.png": ExitCode.NOT_A_VIDEO,
        "3.png": ExitCode.VIDEO_TRUNCATED,
        "5.png": ExitCode.NOT_A_VIDEO,
    }


def test_a_folder_in_which_nothing_can_be_used_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("words")
    with pytest.raises(PipelineError) as caught:
        _ = PictureFolder.open(tmp_path).width
    assert caught.value.code == ExitCode.NO_FRAMES


def test_links_to_folders_are_not_followed_and_odd_names_hold(tmp_path: Path) -> None:
    odd = ["x" * 251 + ".png", "ねこ 1.png", "a#b?.png", "-rf.png", "a\nb.png", "ÄΩ🐱.png"]
    for name in odd:
        picture(tmp_path / "album" / name)
    (tmp_path / "album" / "loop").symlink_to(tmp_path / "album", target_is_directory=True)
    (tmp_path / "album" / "none.png").symlink_to(tmp_path / "nowhere.png")
    folder = PictureFolder.open(tmp_path / "album")
    assert sorted(names(folder)) == sorted(odd)
    assert folder.fingerprint


def test_every_picture_keeps_its_own_shape(tmp_path: Path) -> None:
    shapes = [(20, 10), (10, 20), (300, 200)]
    for number, size in enumerate(shapes):
        picture(tmp_path / f"{number}.png", size=size)
    folder = PictureFolder.open(tmp_path)
    assert [one.shape for one in folder.scaled_pictures(32)] == shapes
    assert (folder.width, folder.height) == shapes[0]
    assert folder.picture_at(Fraction(5, 2)).shape == (200, 300, 3)


def test_the_fingerprint_knows_names_and_contents(tmp_path: Path) -> None:
    for number in range(3):
        picture(tmp_path / f"{number}.png", number)
    before = PictureFolder.open(tmp_path).fingerprint
    (tmp_path / "notes.txt").write_text("of no concern")
    assert PictureFolder.open(tmp_path).fingerprint == before
    (tmp_path / "2.png").rename(tmp_path / "3.png")
    assert PictureFolder.open(tmp_path).fingerprint != before


def animation(path: Path, frames: int) -> Path:
    shades = [Image.new("RGB", (16, 16), (7 * n % 256, 0, 0)) for n in range(frames)]
    shades[0].save(path, save_all=True, append_images=shades[1:], lossless=True)
    return path


@pytest.mark.parametrize("ending", ["gif", "png", "webp"])
def test_each_picture_of_an_animated_file_has_a_name(tmp_path: Path, ending: str) -> None:
    animation(tmp_path / f"b.{ending}", 20)
    picture(tmp_path / "a.png")
    folder = replace(PictureFolder.open(tmp_path), animated="each")
    assert names(folder) == ["a.png", *(f"b.{ending}#{n}" for n in range(20))]
    assert tuple(folder.picture(f"b.{ending}#9")[5, 5]) == pytest.approx((63, 0, 0), abs=2)
    assert names(PictureFolder.open(tmp_path)) == ["a.png", f"b.{ending}"]


@pytest.mark.parametrize("ending", ["gif", "png", "webp"])
def test_an_animated_file_is_opened_once_and_decoded_as_it_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    animation(tmp_path / f"a.{ending}", 60)
    opened: list[Path] = []
    decoded: list[int] = []
    opens, as_seen = Image.open, stills._as_seen

    def counted_open(path: Path, **how: Any) -> Any:
        opened.append(path)
        return opens(path, **how)

    def counted(image: Any) -> Image.Image:
        decoded.append(image.tell())
        return as_seen(image)

    monkeypatch.setattr(Image, "open", counted_open)
    monkeypatch.setattr(stills, "_as_seen", counted)
    folder = replace(PictureFolder.open(tmp_path), animated="each")
    pictures = folder.scaled_pictures(32)
    next(pictures)
    assert len(decoded) < 20
    assert len(list(pictures)) == 59
    assert decoded == list(range(60))
    assert opened == [tmp_path / f"a.{ending}"]


def test_an_animated_file_that_ends_early_gives_what_comes_before(tmp_path: Path) -> None:
    noise = [Image.effect_noise((64, 64), 80) for _ in range(10)]
    path = tmp_path / "a.gif"
    noise[0].save(path, save_all=True, append_images=noise[1:])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    refused: dict[str, ExitCode] = {}
    folder = replace(PictureFolder.open(tmp_path), animated="each")
    taken = list(folder.scaled_pictures(32, lambda name, error: refused.update({name: error.code})))
    assert [one.name for one in taken] == [f"a.gif#{n}" for n in range(len(taken))]
    assert 2 < len(taken) < 8
    assert refused == {"a.gif": ExitCode.VIDEO_TRUNCATED}


def test_hostile_files_are_told_by_name_and_the_good_ones_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Among them a pipe, which must not hold up, and a link to itself."""
    good = ["A.png", "a.png", "x" * 251 + ".png", "y.png/inside.png"]
    for number, name in enumerate(good):
        picture(tmp_path / name, 10 * number)
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "empty.png").touch()
    (tmp_path / "words.jpg").write_text("words")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\x83l\x83R.png")).touch()
    refused: list[str] = []
    folder = PictureFolder.open(tmp_path)
    taken = folder.scaled_pictures(32, lambda name, _: refused.append(name))
    assert [one.name for one in taken] == sorted(good)
    assert refused == ["empty.png", "loop.png", "pipe.jpg", "words.jpg"]
    assert "1 picture left out, whose names are not UTF-8, such as" in caplog.text


def test_a_file_that_changes_or_goes_before_it_is_read_is_told(tmp_path: Path) -> None:
    for number in range(3):
        picture(tmp_path / f"{number}.png", number)
    folder = PictureFolder.open(tmp_path)
    picture(tmp_path / "0.png", 200)
    (tmp_path / "1.png").unlink()
    refused: dict[str, PipelineError] = {}
    taken = list(folder.scaled_pictures(32, refused.__setitem__))
    assert {name: error.code for name, error in refused.items()} == {
        "0.png": ExitCode.VIDEO_TRUNCATED,
        "1.png": ExitCode.VIDEO_MISSING,
    }
    assert all(error.may_pass for error in refused.values())
    assert taken[-1].name == "2.png"


def test_only_files_that_changed_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(300):
        picture(tmp_path / f"{number:03}.png", number % 256)
    monkeypatch.setattr("pipeline.runtime.file_digest._YOUNG_NS", 0)
    before = PictureFolder.open(tmp_path)
    read: list[str] = []
    monkeypatch.setattr(
        "pipeline.media.picture_folder.file_fingerprint",
        lambda path: read.append(path.name) or "new",  # type: ignore[func-returns-value]
    )
    assert PictureFolder.open(tmp_path, known=before.files).files == before.files
    assert read == []
    picture(tmp_path / "007.png", 250)
    picture(tmp_path / "400.png")
    after = PictureFolder.open(tmp_path, known=before.files)
    assert sorted(read) == ["007.png", "400.png"]
    assert len(after.files) == 301


def test_the_fingerprint_changes_when_heic_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "b.heic").write_bytes(b"\0\0\0\x18ftypheic")
    prints = set()
    for formats in (("PNG",), ("PNG", "HEIF")):
        monkeypatch.setattr(stills, "_formats", lambda formats=formats: formats)
        prints.add(PictureFolder.open(tmp_path).fingerprint)
    assert len(prints) == 2
