"""File systems that have no locks, as some on networks and in containers."""

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.engine.commands import doctor
from pipeline.engine.locks import Locks
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error
from pipeline.runtime.file_locks import try_lock

NUMBERS = [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS]


@pytest.fixture(params=NUMBERS)
def no_locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*how: Any) -> None:
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(fcntl, "flock", refused)
    monkeypatch.setattr(fcntl, "lockf", refused)


@pytest.mark.usefixtures("no_locks")
def test_a_claim_says_which_file_cannot_be_locked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        Locks(tmp_path / ".lock").acquire("a")
    assert caught.value.code == ExitCode.NOT_WRITABLE
    assert f"{tmp_path / '.lock'} cannot be locked" in caught.value.problem
    assert "WORKDIR=" in caught.value.remedy


@pytest.mark.usefixtures("no_locks")
def test_a_lock_elsewhere_has_a_remedy_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "slot"
    with path.open("a") as file, pytest.raises(PipelineError, match=r"TMPDIR=…\.$"):
        try_lock(file, path, remedy="Choose a folder on a local disk with TMPDIR=…")


def test_a_lock_that_another_has_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "slot"
    with path.open("a") as one, path.open("a") as other:
        assert try_lock(one, path)
        assert not try_lock(other, path)


@pytest.mark.parametrize("number", [*NUMBERS, errno.EINVAL, errno.EIO])
def test_the_words_of_hdf5_are_understood(number: int) -> None:
    said = f"Unable to synchronously create file (unable to lock file, errno = {number}, error"
    error = from_os_error(OSError(number, said))
    assert error is not None
    assert error.code == ExitCode.NOT_WRITABLE
    assert str(Path.cwd()) in error.problem


def test_a_file_of_hdf5_that_another_process_has_is_no_such_fault() -> None:
    said = f"unable to lock file, errno = {errno.EAGAIN}, error"
    assert from_os_error(OSError(errno.EAGAIN, said)) is None


def test_other_things_that_a_system_cannot_do_are_left_alone() -> None:
    assert from_os_error(OSError(errno.EOPNOTSUPP, "no such call")) is None


@pytest.mark.usefixtures("no_locks")
def test_the_doctor_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.examine(tmp_path, "local", []) == ExitCode.INTERNAL
    said = capsys.readouterr().out
    assert "MEND  locks" in said
    assert "cannot be locked" in said
    assert list(tmp_path.iterdir()) == []


def test_setting_up_goes_on_without(tmp_path: Path) -> None:
    """And says so: two calls at once would tear what they set up."""
    (tmp_path / "Makefile").touch()
    alone = Path(__file__).parents[2] / "pipeline" / "setup" / "run_exclusively.py"
    script = (
        "import fcntl, runpy, sys\n"
        f"def refused(*how): raise OSError({errno.ENOLCK}, 'No locks available')\n"
        "fcntl.flock = refused\n"
        "sys.argv = ['alone', 'echo', 'done']\n"
        f"runpy.run_path({str(alone)!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "done\n"
    assert "has no locks (No locks available)" in done.stderr
