"""A ``python`` for tests that starts programs of this project without waiting for their imports.

Most of what a run of three seconds of video takes is the import of torch, scikit-learn and
Snakemake, once in each of its twenty processes. A server imports them once and forks a process for
every program asked for: a process of its own, with its own command line, environment, folder and
exit code, but with the libraries at hand. Tests about signals, kills and what a process imports
start the real one.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_CLIENT = Path(__file__).with_name("client.py")


@cache
def python() -> str:
    """The path of an executable that takes ``-m MODULE`` as Python does, in this environment."""
    if not hasattr(os, "pidfd_open"):  # Linux has it
        return sys.executable
    folder = Path(tempfile.mkdtemp(prefix="forking-"))  # short: a socket's path has 107 bytes
    client = folder / "python"
    client.write_text(f"#!{sys.executable} -IS\n{_CLIENT.read_text()}")
    client.chmod(0o755)
    command = [sys.executable, "-m", "tests.forking.server", str(client)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin and server.stdout and server.stdout.readline()

    def end() -> None:
        server.communicate()
        shutil.rmtree(folder)

    atexit.register(end)
    return str(client)
