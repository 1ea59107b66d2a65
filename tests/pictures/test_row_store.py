"""Rows that are added and never change: what holds after growth, rearranging and kill -9."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import pytest

from pipeline.pictures.row_store import KEY, KEY_BYTES, Column, RowStore
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.engine.project import ROOT

COLUMNS = {"value": Column(np.uint8, (3, 2)), "half": Column(np.float16, (4,))}
HOW = {"settings": "as they are"}


def opened(path: Path, **changes: str) -> RowStore:
    return RowStore(path, COLUMNS, HOW | changes)


def keys(*numbers: int) -> npt.NDArray[np.uint8]:
    names = b"".join(number.to_bytes(KEY_BYTES, "little") for number in numbers)
    return np.frombuffer(names, np.uint8).reshape(-1, KEY_BYTES)


def rows(*numbers: int) -> dict[str, npt.NDArray[np.generic]]:
    return {
        KEY: keys(*numbers),
        "value": np.array([np.full((3, 2), number % 256, np.uint8) for number in numbers]),
        "half": np.array([np.full(4, number, np.float16) for number in numbers]),
    }


def held(store: RowStore) -> list[int]:
    """The numbers of the rows, which every column must agree on."""
    numbers = [int.from_bytes(key.tobytes(), "little") for key in store.filled(KEY)]
    assert store.filled("value").tolist() == [[[n % 256] * 2] * 3 for n in numbers]
    assert store.filled("half").tolist() == [[n] * 4 for n in numbers]
    return numbers


def test_rows_stay(tmp_path: Path) -> None:
    with opened(tmp_path / "rows.h5") as store:
        store.reserve(3)
        store.append(rows(5, 1))
        store.append(rows(3))
    with opened(tmp_path / "rows.h5") as store:
        assert store.count == 3
        assert held(store) == [5, 1, 3]


def test_it_grows_beyond_what_was_reserved_first(tmp_path: Path) -> None:
    with opened(tmp_path / "rows.h5") as store:
        for start in range(0, 2000, 50):
            store.reserve(start + 50)
            store.append(rows(*range(start, start + 50)))
        assert held(store) == list(range(2000))


def test_room_that_is_not_used_takes_no_disk(tmp_path: Path) -> None:
    with opened(tmp_path / "rows.h5") as store:
        store.reserve(1_000_000)
        store.append(rows(1))
    stat = (tmp_path / "rows.h5").stat()
    assert stat.st_size > 10_000_000
    assert stat.st_blocks * 512 < 1_000_000


def test_no_room_on_the_disk_is_told(tmp_path: Path) -> None:
    with opened(tmp_path / "rows.h5") as store, pytest.raises(PipelineError) as caught:
        store.reserve(10**13)
    assert caught.value.code == ExitCode.DISK_FULL


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ([4, 5, 6, 7], [4, 5, 6, 7]),
        ([4, 5, 6, 7, 8, 9], [4, 5, 6, 7]),
        ([4, 6, 7], [4, 6, 7]),
        ([7, 4, 5], [7, 4, 5]),
        ([4, 8, 5, 6, 7], [4]),
        ([8, 4], []),
        ([5, 5, 4], [5, 5, 4]),
    ],
    ids=["same", "more", "fewer", "moved", "new in the middle", "new first", "twice"],
)
def test_rows_are_arranged_up_to_the_first_unknown_one(
    tmp_path: Path, wanted: list[int], left: list[int]
) -> None:
    with opened(tmp_path / "rows.h5") as store:
        store.reserve(4)
        store.append(rows(4, 5, 6, 7))
        store.arrange(keys(*wanted))
        assert held(store) == left
        rest = wanted[len(left) :]
        store.reserve(len(wanted))
        if rest:
            store.append(rows(*rest))
        assert held(store) == wanted
    with opened(tmp_path / "rows.h5") as store:
        assert held(store) == wanted


def test_other_settings_or_columns_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "rows.h5"
    with opened(path) as store:
        store.reserve(1)
        store.append(rows(1))
    with opened(path, settings="others") as store:
        assert store.count == 0
        store.reserve(1)
        store.append(rows(2))
    with RowStore(path, {"value": Column(np.uint8, (3, 3))}, HOW) as store:
        assert store.count == 0


def shown_in(folder: Path) -> h5py.File:
    with opened(folder / "rows.h5") as store, h5py.File(folder / "shown.h5", "w") as file:
        store.show(file, "value")
    return h5py.File(folder / "shown.h5")


def test_another_file_shows_the_rows_and_finds_them_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with opened(tmp_path / "a" / "rows.h5") as store:
        store.reserve(2)
        store.append(rows(8, 9))
    shown_in(tmp_path / "a").close()
    moved = (tmp_path / "a").rename(tmp_path / "b")
    with h5py.File(moved / "shown.h5") as file:
        assert file["value"][:, 0, 0].tolist() == [8, 9]
    with opened(moved / "rows.h5") as store:
        store.reserve(3)
        store.append(rows(10))
    with h5py.File(moved / "shown.h5") as file:
        assert file["value"][:, 0, 0].tolist() == [8, 9]


def test_no_rows_are_shown_as_none(tmp_path: Path) -> None:
    with shown_in(tmp_path) as file:
        assert file["value"].shape == (0, 3, 2)


def test_a_file_that_another_process_writes_is_busy(tmp_path: Path) -> None:
    with opened(tmp_path / "rows.h5") as store:
        store.flush()
        code = (
            "import sys; from pathlib import Path; from tests.pictures import test_row_store as t\n"
            f"try: t.opened(Path({str(tmp_path / 'rows.h5')!r}))\n"
            "except t.PipelineError as error: sys.exit(error.code)"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == ExitCode.BUSY


def append_endlessly(path: Path) -> None:
    """Run by a process that is killed; it says how many rows are flushed."""
    with opened(path) as store:
        while True:
            store.reserve(store.count + 10)
            store.append(rows(*range(store.count, store.count + 10)))
            store.flush()
            print(store.count, flush=True)


def killed_after(path: Path, least: int) -> int:
    """How many rows a process had said to be flushed when it was killed."""
    code = (
        "from pathlib import Path; from tests.pictures.test_row_store import append_endlessly\n"
        f"append_endlessly(Path({str(path)!r}))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = 0
    while said < least:
        said = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    return max([said, *map(int, process.stdout.read().split())])


def test_rows_that_were_flushed_outlive_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "rows.h5"
    flushed = 0
    for _ in range(3):
        flushed = killed_after(path, flushed + 300)
        with opened(path) as store:
            assert held(store)[:flushed] == list(range(flushed))
            assert store.count in (flushed, flushed + 10)
            flushed = store.count


@pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n", b"words and words"])
def test_a_file_of_a_process_killed_as_it_created_it_is_begun_anew(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "rows.h5"
    path.write_bytes(content)
    with opened(path) as store:
        assert store.count == 0
        store.reserve(1)
        store.append(rows(1))
        assert held(store) == [1]


def test_a_file_cut_short_while_it_was_created_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "rows.h5"
    opened(path).__exit__()
    whole = path.read_bytes()
    for size in range(1, len(whole), max(1, len(whole) // 9)):
        path.write_bytes(whole[:size])
        with opened(path) as store:
            assert store.count == 0


def test_a_process_killed_while_rows_are_moved_leaves_them_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.h5"

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with opened(path) as store:
        store.reserve(2)
        store.append(rows(1, 2))
        store.flush()
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr("pipeline.pictures.row_store.replace_durably", die)
            store.arrange(keys(2))
    with opened(path) as store:
        assert held(store) == [1, 2]
        store.arrange(keys(2, 1))
        assert held(store) == [2, 1]


def test_equal_rows_added_in_other_steps_are_shown_by_equal_bytes(tmp_path: Path) -> None:
    for name, steps in {"a": [[1, 2, 3, 4]], "b": [[1], [2, 3], [4]]}.items():
        (tmp_path / name).mkdir()
        for step in steps:
            with opened(tmp_path / name / "rows.h5") as store:
                store.reserve(4)
                store.append(rows(*step))
        shown_in(tmp_path / name).close()
    one, other = ((tmp_path / name / "shown.h5").read_bytes() for name in "ab")
    assert one == other
