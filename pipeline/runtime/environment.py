"""What programs take for granted, and cron, containers and ``env -i`` may not give."""

from __future__ import annotations

import getpass
import os
from pathlib import Path


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
