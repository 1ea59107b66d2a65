import os
import time
from pathlib import Path

import pytest

from pipeline.runtime import file_digest
from pipeline.runtime.file_digest import file_fingerprint, file_state, folder_fingerprint


@pytest.mark.parametrize("size", [0, 10, (1 << 20) + 5, (2 << 20) + 5, 5 << 20])
def test_a_change_at_either_end_or_of_the_size_changes_the_fingerprint(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "film"
    path.write_bytes(bytes(size))
    seen = {file_fingerprint(path)}
    path.write_bytes(bytes(size + 1))
    seen.add(file_fingerprint(path))
    if size:
        path.write_bytes(b"\x01" + bytes(size - 1))
        seen.add(file_fingerprint(path))
        path.write_bytes(bytes(size - 1) + b"\x02")
        seen.add(file_fingerprint(path))
    assert len(seen) == (4 if size else 2)


def test_the_fingerprint_does_not_depend_on_name_or_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"film")
    assert file_fingerprint(tmp_path / "a") == file_fingerprint(tmp_path / "b")


def test_an_edit_under_an_old_time_stamp_changes_the_state(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(b"film")
    os.utime(path, (0, 0))
    assert file_state(path) is None  # another edit in the same tick of the clock would not show
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(file_digest, "_YOUNG_NS", 0)
        before = file_state(path)
        assert file_state(path) == before
        time.sleep(0.05)  # more than a tick of the kernel's clock
        path.write_bytes(b"fish")
        os.utime(path, (0, 0))
        assert file_state(path) != before


def test_a_folder_has_another_fingerprint_after_any_change_below_it(tmp_path: Path) -> None:
    inner = tmp_path / "labels" / "train"
    inner.mkdir(parents=True)
    found = [folder_fingerprint(tmp_path)]
    for name, text in (("a.txt", "x"), ("b.txt", ""), ("a.txt", "xy")):
        (inner / name).write_text(text)
        found.append(folder_fingerprint(tmp_path))
    (inner / "b.txt").rename(inner / "c.txt")
    found.append(folder_fingerprint(tmp_path))
    assert len(set(found)) == len(found)
    assert folder_fingerprint(tmp_path) == found[-1]
