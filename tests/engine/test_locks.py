import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.engine.locks import Locks

HOLD = """
import sys
from pathlib import Path
from pipeline.engine.locks import Locks
locks = Locks(Path(sys.argv[1]))
for word in sys.argv[2:]:
    name, _, shared = word.partition("/")
    assert locks.acquire(name, shared=bool(shared))
print("holding", flush=True)
sys.stdin.read()
"""


def holder(path: Path, *words: str) -> subprocess.Popen[str]:
    """Another process with claims; ``NAME/shared`` for a shared one."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, path, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_what_one_has_alone_no_other_may_share(path: Path) -> None:
    other = holder(path, "a", "b/shared")
    locks = Locks(path)
    assert not locks.acquire("a")
    assert not locks.acquire("a", shared=True)
    assert locks.acquire("b", shared=True)
    assert not locks.acquire("b")
    assert locks.acquire("c")
    other.communicate()


def test_claims_die_with_their_process(path: Path) -> None:
    other = holder(path, "a")
    other.kill()
    other.wait()
    assert Locks(path).acquire("a")


def test_what_is_freed_may_be_taken(path: Path) -> None:
    locks = Locks(path)
    assert locks.acquire("a")
    assert locks.acquire("b", shared=True)
    locks.release(["a", "b"])
    other = holder(path, "a", "b")
    assert not locks.acquire("a", shared=True)
    other.communicate()


def test_thousands_may_be_held(path: Path) -> None:
    locks = Locks(path)
    names = [f"ep{number}" for number in range(5000)]
    assert all(locks.acquire(name) for name in names)
    with pytest.raises(AssertionError):
        holder(path, names[4321])
