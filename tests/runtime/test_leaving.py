"""A process that leaves says what it had to say, and with which code."""

from __future__ import annotations

import subprocess
import sys

from pipeline.runtime.paths import PROJECT

_PROGRAM = """
import atexit
from pipeline.runtime.leaving import leave
atexit.register(print, "cleaned up")
print("said", end=" ")
leave(7)
"""


def test_what_was_said_is_written_and_what_was_put_off_is_done() -> None:
    left = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (left.stdout, left.returncode) == ("said cleaned up\n", 7)
