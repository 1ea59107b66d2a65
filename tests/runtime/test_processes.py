"""What counts as a process at work."""

from __future__ import annotations

import os
import subprocess
import sys

from pipeline.runtime.processes import runs


def test_one_that_ended_does_not_run_though_nobody_has_reaped_it() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert runs(child.pid)
    assert child.stdin
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not runs(child.pid)
    child.wait()
    assert not runs(child.pid)
