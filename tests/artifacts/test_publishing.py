import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.artifacts.publishing import published, sweep, write_text


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
        "from pipeline.artifacts.publishing import published\n"
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


def test_a_living_process_keeps_its_temporaries(tmp_path: Path) -> None:
    living = tmp_path / f".file.{os.getppid()}.tmp"
    own = tmp_path / f".file.{os.getpid()}.tmp"
    for path in (living, own):
        path.touch()
    sweep(tmp_path)
    assert names(tmp_path) == {living.name, own.name}


def test_only_temporaries_are_swept(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    ours = {f".a.{dead.pid}.tmp"}
    users = {f"a.{dead.pid}.tmp", f".a.{dead.pid}", ".a.tmp", ".a.x.tmp", ".features.h5.partial"}
    for name in ours | users:
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert names(tmp_path) == users
