"""A folder of pictures becomes frames, and after every change only what is new is read."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pipeline.media.picture_folder import PictureFolder
from pipeline.pictures import gathering
from pipeline.pictures.frames_file import (
    Frames,
    read_names,
    read_shapes,
    read_sizes,
    read_thumbnail,
)
from pipeline.pictures.gathering import Gathered, gather
from pipeline.pictures.row_store import RowStore
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.engine.project import ROOT

SIZE = 32
NEAR = 0.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "album"
    path.mkdir()
    return path


def picture(path: Path, shade: int, size: tuple[int, int] = (40, 20)) -> Path:
    Image.new("RGB", size, (shade, 255 - shade, 7)).save(path)
    return path


def gathered(folder: Path, size: int = SIZE, **settings: object) -> Gathered:
    pictures = replace(PictureFolder.open(folder), **settings)  # type: ignore[arg-type]
    return gather(pictures, folder.parent / "frames.h5", size, NEAR)


def shades(folder: Path) -> dict[str, int]:
    """What ``frames.h5`` shows under each name."""
    with h5py.File(folder.parent / "frames.h5") as file:
        reds = file["pictures"][:, 5, 5, 0][file["row"][:]]
    return dict(zip(read_names(folder.parent / "frames.h5"), reds.tolist(), strict=True))


def test_each_picture_has_a_second_a_name_and_its_own_shape(folder: Path) -> None:
    for number in range(5):
        picture(folder / f"{number}.png", 10 * number, (40 + number, 20))
    assert gathered(folder) == Gathered(pictures=5, distinct=5, read=5, left_out=0)
    frames = Frames.load(folder.parent / "frames.h5")
    assert frames.times.pts.tolist() == [0, 1, 2, 3, 4]
    assert frames.times.duration == 5
    assert frames.row.tolist() == [0, 1, 2, 3, 4]
    assert shades(folder) == {f"{n}.png": 10 * n for n in range(5)}
    with h5py.File(folder.parent / "frames.h5") as file:
        assert file["shape"][:].tolist() == [[40 + n, 20] for n in range(5)]
        assert (file.attrs["width"], file.attrs["height"]) == (40, 20)


def test_the_thumbnail_of_a_still_has_its_own_aspect(folder: Path) -> None:
    picture(folder / "a.png", 9, (40, 20))
    picture(folder / "b.png", 9, (20, 40))
    gathered(folder)
    for frame, wide in enumerate([True, False]):
        jpeg = folder.parent / f"{frame}.jpg"
        jpeg.write_bytes(read_thumbnail(folder.parent / "frames.h5", frame))
        width, height = Image.open(jpeg).size
        assert (width > height) == wide


def test_the_shape_of_a_picture_is_that_of_its_own_file(folder: Path) -> None:
    for number, size in enumerate([(40, 20), (20, 40), (30, 30)]):
        picture(folder / f"{number}.png", 50 * number, size)
    gathered(folder)
    (folder / "0.png").unlink()
    gathered(folder)
    rows = Frames.load(folder.parent / "frames.h5").row
    assert rows.tolist() == [1, 2]
    assert read_shapes(folder.parent / "frames.h5", rows) == [(20, 40), (30, 30)]
    sizes = read_sizes(folder.parent / "frames.h5")
    assert sizes == {"1.png": (20, 40), "2.png": (30, 30)}


def test_sizes_are_those_of_upright_pictures(folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(folder / "turned.jpg", exif=exif)
    gathered(folder)
    assert read_sizes(folder.parent / "frames.h5") == {"turned.jpg": (20, 40)}


def test_equal_files_share_a_row(folder: Path) -> None:
    for name, shade in {"a": 10, "b": 90, "c": 10, "d": 10}.items():
        picture(folder / f"{name}.png", shade)
    assert gathered(folder).distinct == 2
    assert Frames.load(folder.parent / "frames.h5").row.tolist() == [0, 1, 0, 0]


def add(folder: Path) -> dict[str, int]:
    picture(folder / "b5.png", 55)
    return {"a.png": 0, "b.png": 40, "b5.png": 55, "c.png": 80}


def remove(folder: Path) -> dict[str, int]:
    (folder / "b.png").unlink()
    return {"a.png": 0, "c.png": 80}


def change(folder: Path) -> dict[str, int]:
    picture(folder / "b.png", 66)
    return {"a.png": 0, "b.png": 66, "c.png": 80}


def rename(folder: Path) -> dict[str, int]:
    (folder / "a.png").rename(folder / "z.png")
    return {"b.png": 40, "c.png": 80, "z.png": 0}


def swap(folder: Path) -> dict[str, int]:
    picture(folder / "a.png", 80)
    picture(folder / "c.png", 0)
    return {"a.png": 80, "b.png": 40, "c.png": 0}


@pytest.mark.parametrize(
    ("edit", "read"), [(add, 1), (remove, 0), (change, 1), (rename, 1), (swap, 2)]
)
def test_after_an_edit_only_what_is_new_is_read(
    folder: Path, edit: Callable[[Path], dict[str, int]], read: int
) -> None:
    for number, name in enumerate("abc"):
        picture(folder / f"{name}.png", 40 * number)
    gathered(folder)
    expected = edit(folder)
    assert gathered(folder).read == read
    assert shades(folder) == expected
    assert gathered(folder).read == 0
    assert shades(folder) == expected


@pytest.mark.parametrize("settings", [{"size": 64}, {"fit": "pad"}, {"animated": "each"}])
def test_other_settings_read_all_anew(folder: Path, settings: dict[str, object]) -> None:
    for number in range(3):
        picture(folder / f"{number}.png", 40 * number)
    gathered(folder)
    assert gathered(folder, **settings).read == 3  # type: ignore[arg-type]
    assert gathered(folder, **settings).read == 0  # type: ignore[arg-type]


def lose_rows(workdir: Path) -> None:
    (workdir / "frames.rows.h5").unlink()


def lose_record(workdir: Path) -> None:
    (workdir / "frames.files.json").unlink()


def damage_record(workdir: Path) -> None:
    text = (workdir / "frames.files.json").read_text()
    (workdir / "frames.files.json").write_text(text[: len(text) // 2])


def damage_rows(workdir: Path) -> None:
    (workdir / "frames.rows.h5").write_bytes(b"\x89HDF\r\n\x1a\n")


@pytest.mark.parametrize("loss", [lose_rows, lose_record, damage_record, damage_rows])
def test_what_is_lost_or_damaged_is_made_again(folder: Path, loss: Callable[[Path], None]) -> None:
    for number in range(4):
        picture(folder / f"{number}.png", 40 * number)
    gathered(folder)
    loss(folder.parent)
    assert gathered(folder).read == 4
    assert shades(folder) == {f"{n}.png": 40 * n for n in range(4)}


def test_a_record_of_other_rows_is_not_believed(folder: Path) -> None:
    """As after the rows were deleted, and a run was killed that had begun with other pictures."""
    for number in range(4):
        picture(folder / f"{number}.png", 40 * number)
    gathered(folder)
    record = (folder.parent / "frames.files.json").read_bytes()
    lose_rows(folder.parent)
    picture(folder / "#.png", 200)
    gathered(folder)
    (folder.parent / "frames.files.json").write_bytes(record)
    gathered(folder)
    assert shades(folder) == {"#.png": 200} | {f"{n}.png": 40 * n for n in range(4)}


def test_rows_of_pictures_that_are_gone_are_dropped_once_they_are_most(folder: Path) -> None:
    def stored() -> int:
        with h5py.File(folder.parent / "frames.h5") as file:
            return len(file["pictures"])

    for number in range(10):
        picture(folder / f"{number}.png", 20 * number)
    gathered(folder)
    for number in range(5):
        (folder / f"{number}.png").unlink()
    gathered(folder)
    assert stored() == 10
    (folder / "5.png").unlink()
    gathered(folder)
    assert stored() == 4
    assert shades(folder) == {f"{n}.png": 20 * n for n in range(6, 10)}
    assert gathered(folder).read == 0


def test_bytes_do_not_depend_on_how_it_came_about(folder: Path, tmp_path: Path) -> None:
    for number in range(6):
        picture(folder / f"{number}.png", 40 * number)
    gathered(folder)
    at_once = (tmp_path / "frames.h5").read_bytes()
    for name in ("frames.h5", "frames.rows.h5", "frames.files.json"):
        (tmp_path / name).unlink()
    for number in (3, 4, 5):
        (folder / f"{number}.png").rename(tmp_path / f"{number}.png")
    gathered(folder)
    for number in (3, 4, 5):
        (tmp_path / f"{number}.png").rename(folder / f"{number}.png")
    gathered(folder)
    assert (tmp_path / "frames.h5").read_bytes() == at_once


def gather_forever(folder: Path) -> None:
    """Run by a process that is killed."""
    gathering._BATCH = 1
    gathered(folder)
    print("done", flush=True)


def test_after_kill_9_it_goes_on_to_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for number in range(250):
        picture(folder / f"{number:03}.png", number, (200, 200))
    code = (
        "from pathlib import Path; from tests.pictures.test_gathering import gather_forever\n"
        f"gather_forever(Path({str(folder)!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    while not (tmp_path / "frames.rows.h5").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "frames.h5").exists()
    assert gathered(folder).pictures == 250
    after = (tmp_path / "frames.h5").read_bytes()
    assert shades(folder) == {f"{n:03}.png": n for n in range(250)}
    for name in ("frames.h5", "frames.rows.h5", "frames.files.json"):
        (tmp_path / name).unlink()
    gathered(folder)
    assert (tmp_path / "frames.h5").read_bytes() == after


def test_what_was_read_before_it_was_stopped_is_not_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        picture(folder / f"{number:02}.png", 8 * number)
    (folder / "05.png").write_bytes(b"no picture")
    append = RowStore.append

    def stopped(store: RowStore, rows: Mapping[str, npt.NDArray[Any]]) -> None:
        if store.count == 20:
            raise KeyboardInterrupt
        append(store, rows)

    monkeypatch.setattr(gathering, "_BATCH", 4)
    monkeypatch.setattr(gathering, "_SECONDS_BETWEEN_RECORDS", 0)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(RowStore, "append", stopped)
        gathered(folder)
    # Of 20 pictures the last one's file may hold more; what was refused is tried again.
    assert gathered(folder) == Gathered(pictures=29, distinct=29, read=30 - 19, left_out=1)
    assert shades(folder) == {f"{n:02}.png": 8 * n for n in range(30) if n != 5}


def words(folder: Path, count: int) -> None:
    for number in range(count):
        (folder / f"words{number:02}.jpg").write_text(f"word {number}")


def test_files_that_cannot_be_used_are_told_once_and_remembered(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(folder / "a.png", 9)
    words(folder, 2)
    assert gathered(folder) == Gathered(pictures=1, distinct=1, read=3, left_out=2)
    assert [message.count("words0") for message in caplog.messages] == [1, 1]
    with h5py.File(folder.parent / "frames.h5") as file:
        told = {name.decode(): why.decode() for name, why in file["refused"][:]}
    assert list(told) == ["words00.jpg", "words01.jpg"]
    assert all("no kind of picture" in why for why in told.values())

    caplog.clear()
    monkeypatch.setattr(PictureFolder, "scaled_pictures", None)  # nothing is read again
    assert gathered(folder) == Gathered(pictures=1, distinct=1, read=0, left_out=2)
    assert [message.count("words0") for message in caplog.messages] == [1, 1]


def test_one_that_is_mended_is_taken(folder: Path) -> None:
    picture(folder / "a.png", 9)
    words(folder, 1)
    gathered(folder)
    Image.new("RGB", (9, 9), (70, 0, 0)).save(folder / "words00.jpg", quality=100)
    assert gathered(folder).left_out == 0
    assert shades(folder)["words00.jpg"] == pytest.approx(70, abs=2)


def test_one_that_could_not_be_read_is_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(folder / "a.png", 9)
    picture(folder / "b.png", 99)
    opens = Image.open

    def deny(path: Path, **how: object) -> object:
        if path.name == "b.png":
            raise PermissionError(13, "Permission denied")
        return opens(path, **how)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Image, "open", deny)
        assert gathered(folder).left_out == 1
    assert gathered(folder) == Gathered(pictures=2, distinct=2, read=1, left_out=0)


def test_many_of_them_are_told_in_a_file(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    picture(folder / "a.png", 9)
    words(folder, 13)
    gathered(folder)
    listed = folder.parent / "frames.refused.txt"
    assert len(caplog.messages) == 11
    assert caplog.messages[-1] == f"and 3 more files, which are listed in {listed}"
    assert len(listed.read_text().splitlines()) == 13
    for number in range(12):
        (folder / f"words{number:02}.jpg").unlink()
    gathered(folder)
    assert not listed.exists()


def test_nothing_that_can_be_used_is_an_error(folder: Path) -> None:
    words(folder, 2)
    for _ in range(2):
        with pytest.raises(PipelineError) as caught:
            gathered(folder)
        assert caught.value.code == ExitCode.NO_FRAMES
    assert not (folder.parent / "frames.h5").exists()


def test_each_picture_of_an_animated_file_is_one(folder: Path) -> None:
    frames = [Image.new("RGB", (20, 20), (shade, 0, 0)) for shade in (0, 100, 200)]
    frames[0].save(folder / "b.png", save_all=True, append_images=frames[1:])
    picture(folder / "a.png", 9)
    gathered(folder, animated="each")
    assert shades(folder) == {"a.png": 9, "b.png#0": 0, "b.png#1": 100, "b.png#2": 200}


def test_ten_thousand_files_in_one_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All but one are links, so that the test is quick; what matters is their number."""
    monkeypatch.setattr("pipeline.runtime.file_digest._YOUNG_NS", 0)
    one = picture(tmp_path / "one.png", 50, (4, 4))
    for number in range(10_000):
        (folder / f"{number}.png").hardlink_to(one)
    found = gathered(folder)
    assert (found.pictures, found.distinct) == (10_000, 1)
    monkeypatch.setattr(PictureFolder, "scaled_pictures", None)
    assert gathered(folder).read == 0


def names_of(record: Path) -> Sequence[str]:
    return list(msgspec.json.decode(record.read_bytes())["files"])


def test_the_record_has_no_files_that_are_gone(folder: Path) -> None:
    for name in "abc":
        picture(folder / f"{name}.png", 9)
    gathered(folder)
    (folder / "b.png").unlink()
    gathered(folder)
    assert names_of(folder.parent / "frames.files.json") == ["a.png", "c.png"]


def test_pictures_that_nearly_equal_others_are_listed(folder: Path) -> None:
    for name, shade in {"a": 10, "b": 90, "c": 11}.items():
        picture(folder / f"{name}.png", shade)
    gather(PictureFolder.open(folder), folder.parent / "frames.h5", SIZE, near=6.0)
    assert (folder.parent / "frames.duplicates.txt").read_text() == "a.png\nc.png\n"
    assert shades(folder) == {"a.png": 10, "b.png": 90, "c.png": 11}
    assert np.unique(Frames.load(folder.parent / "frames.h5").row).size == 3
