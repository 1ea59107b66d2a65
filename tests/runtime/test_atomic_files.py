import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.runtime.atomic_files import (
    keep_newest,
    published,
    published_folder,
    sweep,
    temporary_beside,
    write_text,
)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "file"
    with published(target) as temporary:
        temporary.write_text("half")
        assert not target.exists()
        temporary.write_text("whole")
    assert target.read_text() == "whole"
    assert names(target.parent) == {"file"}


def test_a_file_may_be_read_by_whoever_may_read_new_files(tmp_path: Path) -> None:
    (tmp_path / "new").touch()
    with published(tmp_path / "model") as temporary:
        temporary.touch(0o600)  # as safetensors does
    assert (tmp_path / "model").stat().st_mode == (tmp_path / "new").stat().st_mode


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    target = tmp_path / f"{'あ' * 83}.txt"
    write_text(target, "whole")
    assert names(tmp_path) == {target.name}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_an_exception_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(error), published(target) as temporary:
        temporary.write_text("new")
        raise error
    assert target.read_text() == "old"
    assert names(tmp_path) == {"file"}


def test_text_is_published_as_utf8(tmp_path: Path) -> None:
    write_text(tmp_path / "file", "草\n")
    assert (tmp_path / "file").read_bytes() == "草\n".encode()


def test_what_a_killed_process_left_is_swept_by_the_next(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from pipeline.runtime.atomic_files import published\n"
        "with published(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    target = tmp_path / "file"
    killed = subprocess.run([sys.executable, "-c", program, target], check=False)
    assert killed.returncode == -9
    assert len(names(tmp_path)) == 1
    assert not target.exists()
    write_text(target, "whole")
    assert names(tmp_path) == {"file"}


def of_process(folder: Path, pid: int, host: str = "") -> Path:
    """What the process ``pid``, of this host or another, would write ``file`` to."""
    own = temporary_beside(folder / "file").name.split(".")
    own[-3:-1] = [host or own[-3], str(pid)]
    return folder / ".".join(own)


def test_a_living_process_keeps_its_temporaries(tmp_path: Path) -> None:
    for path in (
        living := of_process(tmp_path, os.getppid()),
        own := temporary_beside(tmp_path / "file"),
    ):
        path.touch()
    sweep(tmp_path)
    assert names(tmp_path) == {living.name, own.name}


@pytest.fixture
def dead() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_only_temporaries_are_swept(tmp_path: Path, dead: int) -> None:
    ours = {of_process(tmp_path, dead).name, temporary_beside(tmp_path / "a", ".0").name}
    ours = {name.replace(f".{os.getpid()}.", f".{dead}.") for name in ours}
    users = {f"a.{dead}.tmp", f".a.{dead}", ".a.tmp", ".a.x.tmp", ".features.h5.partial"}
    for name in ours | users:
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert names(tmp_path) == users


def test_another_hosts_processes_are_not_judged_by_their_numbers_here(
    tmp_path: Path, dead: int
) -> None:
    fresh, old = (of_process(tmp_path, dead + more, host="0123abcd") for more in (0, 1))
    for path in (fresh, old):
        path.touch()
    os.utime(old, (0, 0))
    sweep(tmp_path)
    assert names(tmp_path) == {fresh.name}


def test_the_newest_are_kept(tmp_path: Path) -> None:
    for number in range(5):
        path = tmp_path / f"{4 - number}.log"
        path.touch()
        os.utime(path, (number, number))
    (tmp_path / "other").touch()
    keep_newest(tmp_path, "*.log", 2)
    assert names(tmp_path) == {"0.log", "1.log", "other"}
    assert keep_newest(tmp_path / "none", "*.log", 2) == []


def test_a_folder_appears_only_when_it_is_whole_and_takes_the_place_of_the_old(
    tmp_path: Path,
) -> None:
    target = tmp_path / "new" / "folder"
    for content in ("first", "second"):
        with published_folder(target) as temporary:
            (temporary / "deep").mkdir()
            (temporary / "deep" / content).write_text(content)
            assert content == "first" or names(target / "deep") == {"first"}
        assert names(target / "deep") == {content}
        assert names(target.parent) == {"folder"}


def test_an_exception_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "old").touch()
    with pytest.raises(ValueError), published_folder(target) as temporary:
        (temporary / "new").touch()
        raise ValueError
    assert names(target) == {"old"}
    assert names(tmp_path) == {"folder"}


def test_a_folder_that_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "0"]) as process:
        process.wait()
    ours = temporary_beside(tmp_path / "folder")
    left = ours.with_name(ours.name.replace(f".{os.getpid()}.", f".{process.pid}."))
    (left / "deep").mkdir(parents=True)
    sweep(tmp_path)
    assert names(tmp_path) == set()
