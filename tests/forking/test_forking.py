"""What is forked behaves as what is started."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import forking

WAYS = {
    "returns": "print('done')",
    "exits": "import sys; sys.exit(5)",
    "says why": "import sys; sys.exit('no')",
    "raises": "raise KeyError('x')",
    "is killed": "import os; os.kill(os.getpid(), 9)",
    "looks around": "import os, sys; print(os.getcwd(), sys.argv[1:], os.environ['WHO'])",
    "counts threads": "import torch; print(torch.get_num_threads())",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_program_ends_and_sees_the_same(tmp_path: Path, way: str) -> None:
    (tmp_path / "program.py").write_text(WAYS[way])
    environment = {"PYTHONPATH": str(tmp_path), "WHO": "me", "OMP_NUM_THREADS": "2"}
    done = [
        subprocess.run(
            [python, "-m", "program", "a", "b c"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        for python in (sys.executable, forking.python())
    ]
    started, forked = ((one.returncode, one.stdout, one.stderr[-12:]) for one in done)
    assert forked == started
