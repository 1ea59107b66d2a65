"""What programs take for granted, and cron, containers and ``env -i`` may not give."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.runtime.paths import INSTALLED, PROJECT


def complete_environment(workdir: Path) -> None:
    """Set what is missing of PATH, and HOME and USER where the system knows of none.

    The engine looks for a shell and tells who runs it; libraries keep caches, below ``workdir``
    then.
    """
    given = os.environ.get("PATH", "").split(os.pathsep)
    usual = [folder for folder in os.defpath.split(os.pathsep) if folder not in given]
    os.environ["PATH"] = os.pathsep.join(filter(None, [*given, *usual]))
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = str(workdir.absolute() / ".home")
    try:
        getpass.getuser()
    except (KeyError, OSError):  # the former before Python 3.13
        os.environ["USER"] = f"user-{os.getuid()}"


@contextmanager
def importable_from_anywhere() -> Iterator[None]:
    """Let processes that are started in any folder while the block runs import this project.

    A checkout is put before all else; what is installed is found without.
    """
    if INSTALLED:
        yield
        return
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), before]))
    if str(PROJECT) not in sys.path:
        sys.path.insert(0, str(PROJECT))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
