import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import h5py
import numpy as np
import pytest

from pipeline.pictures.features_file import FeatureStore, building_features
from pipeline.runtime.arrays import Float16s
from pipeline.runtime.errors import ExitCode, PipelineError

ROWS, BATCH = 20, 3
SHAPES = {"grid": (4, 5), "vector": (6,)}
ATTRIBUTES = {"backbone": "toy", "weights": "random seed 1", "settings": "{}"}


def rows(start: int, stop: int) -> dict[str, Float16s]:
    """What the taps say of some pictures: a function of the row alone."""
    return {
        name: np.stack(
            [np.random.default_rng([row]).random(shape) for row in range(start, stop)]
        ).astype(np.float16)
        for name, shape in SHAPES.items()
    }


class StopError(Exception):
    """Ends a run in its middle."""


def build(
    target: Path,
    stop_at: int = ROWS + 1,
    kill: bool = False,
    other: Mapping[str, str] = MappingProxyType({}),
    flush_every: float = 0,
) -> int:
    """Fill a store, or stop before row ``stop_at``; return the row at which it began."""
    with building_features(target, ROWS, SHAPES, {**ATTRIBUTES, **other}, flush_every) as store:
        begun = store.next
        for start in range(begun, ROWS, BATCH):
            if start >= stop_at:
                if kill:
                    os.kill(os.getpid(), signal.SIGKILL)
                raise StopError
            store.append(rows(start, min(start + BATCH, ROWS)))
    return begun


def read(path: Path, tap: str) -> Float16s:
    with h5py.File(path) as file:
        values: Float16s = file[tap][:]
    return values


def test_taps_and_attributes_read_back(tmp_path: Path) -> None:
    build(tmp_path / "features.h5")
    with FeatureStore(tmp_path / "features.h5") as store:
        assert store.taps == SHAPES
        assert (store.backbone, store.weights, store.rows) == ("toy", "random seed 1", ROWS)
    for name, values in rows(0, ROWS).items():
        assert np.array_equal(read(tmp_path / "features.h5", name), values)


def test_taps_are_contiguous_for_memory_maps(tmp_path: Path) -> None:
    build(tmp_path / "features.h5")
    with h5py.File(tmp_path / "features.h5") as file:
        assert all(file[name].chunks is None and file[name].id.get_offset() for name in SHAPES)


def test_nothing_takes_the_name_before_the_end(tmp_path: Path) -> None:
    with pytest.raises(StopError):
        build(tmp_path / "features.h5", stop_at=9)
    assert [path.name for path in tmp_path.iterdir()] == [".features.h5.partial"]


@pytest.mark.parametrize("flush_every", [0, 3600])
def test_a_run_that_failed_goes_on_to_the_same_bytes(tmp_path: Path, flush_every: float) -> None:
    build(tmp_path / "undisturbed.h5")
    with pytest.raises(StopError):
        build(tmp_path / "features.h5", stop_at=9, flush_every=flush_every)
    assert build(tmp_path / "features.h5") == 9
    wanted = (tmp_path / "undisturbed.h5").read_bytes()
    assert (tmp_path / "features.h5").read_bytes() == wanted
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(("flush_every", "goes_on_at"), [(0, 12), (3600, 0)])
def test_a_run_that_was_killed_goes_on_to_the_same_bytes(
    tmp_path: Path, flush_every: float, goes_on_at: int
) -> None:
    build(tmp_path / "undisturbed.h5")
    program = (
        "from pathlib import Path; import sys; from tests.pictures.test_features_file import build;"
        f"build(Path(sys.argv[1]), stop_at=12, kill=True, flush_every={flush_every})"
    )
    target = tmp_path / "features.h5"
    killed = subprocess.run([sys.executable, "-c", program, target], check=False)
    assert killed.returncode == -9
    assert build(target) == goes_on_at
    assert target.read_bytes() == (tmp_path / "undisturbed.h5").read_bytes()


def test_the_time_of_making_is_not_in_the_file(tmp_path: Path) -> None:
    build(tmp_path / "features.h5")
    with h5py.File(tmp_path / "features.h5") as file:
        for name in SHAPES:
            assert h5py.h5g.get_objinfo(file[name].id).mtime == 0


@pytest.mark.parametrize("other", [{"settings": "{...}"}, {"pictures": "new"}])
def test_a_partial_file_of_another_making_is_begun_anew(
    tmp_path: Path, other: dict[str, str]
) -> None:
    with pytest.raises(StopError):
        build(tmp_path / "features.h5", stop_at=9)
    assert build(tmp_path / "features.h5", other=other) == 0
    assert np.array_equal(read(tmp_path / "features.h5", "grid"), rows(0, ROWS)["grid"])


@pytest.mark.parametrize("content", [b"", b"no HDF5", b"\x89HDF\r\n\x1a\n"])
def test_a_torn_partial_file_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".features.h5.partial").write_bytes(content)
    assert build(tmp_path / "features.h5") == 0


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    target = tmp_path / "features.h5"
    program = (
        "from pathlib import Path; import sys\n"
        "from tests.pictures.test_features_file import *\n"
        "with building_features(Path(sys.argv[1]), ROWS, SHAPES, ATTRIBUTES) as store:\n"
        "    store.append(rows(0, 3))\n"
        "    print('writing', flush=True)\n"
        "    sys.stdin.read()\n"
        "    store.append(rows(3, ROWS))\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", program, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == b"writing\n"
        for attributes in (ATTRIBUTES, {"settings": "others"}):
            with pytest.raises(PipelineError) as caught:
                build(target, other=attributes)
            assert caught.value.code == ExitCode.BUSY
    finally:
        first.communicate()
    assert first.returncode == 0
    assert np.array_equal(read(target, "vector"), rows(0, ROWS)["vector"])


def test_taps_are_found_by_their_form(tmp_path: Path) -> None:
    build(tmp_path / "features.h5")
    with FeatureStore(tmp_path / "features.h5") as store:
        assert (store.tap_for(grid=True), store.tap_for(grid=False)) == ("grid", "vector")


def test_a_form_that_no_tap_has_is_refused(tmp_path: Path) -> None:
    shapes = {"vector": (6,)}
    with building_features(tmp_path / "features.h5", 1, shapes, ATTRIBUTES) as builder:
        builder.append({"vector": np.zeros((1, 6), np.float16)})
    with FeatureStore(tmp_path / "features.h5") as store, pytest.raises(PipelineError) as caught:
        store.tap_for(grid=True)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
    assert "vector" in caught.value.problem


def test_a_disk_without_room_for_all_rows_is_told_before_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=10**8))
    rows = 10**8 // 2 // 6
    with (
        pytest.raises(PipelineError) as caught,
        building_features(tmp_path / "features.h5", rows, {"vector": (6,)}, ATTRIBUTES),
    ):
        raise AssertionError("work has begun")
    assert caught.value.code == ExitCode.DISK_FULL
    assert "100 MB free" in caught.value.problem
    assert not list(tmp_path.iterdir())


def test_what_is_there_already_needs_no_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, shapes = 4, {"vector": (1 << 20,)}
    target = tmp_path / "features.h5"
    with pytest.raises(StopError), building_features(target, rows, shapes, ATTRIBUTES) as store:
        store.append({"vector": np.ones((3, 1 << 20), np.float16)})
        raise StopError
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda folder: usage._replace(free=(64 << 20) + (3 << 20))
    )
    with building_features(target, rows, shapes, ATTRIBUTES) as store:
        assert store.next == 3
        store.append({"vector": np.ones((1, 1 << 20), np.float16)})
