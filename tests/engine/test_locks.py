import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.engine.locks import Claims

HOLD = """
import sys
from pathlib import Path
from pipeline.engine.locks import Claims
claims = Claims(Path(sys.argv[1]))
for word in sys.argv[2:]:
    name, _, shared = word.partition("/")
    assert claims.take(name, shared=bool(shared))
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
    claims = Claims(path)
    assert not claims.take("a")
    assert not claims.take("a", shared=True)
    assert claims.take("b", shared=True)
    assert not claims.take("b")
    assert claims.take("c")
    other.communicate()


def test_claims_die_with_their_process(path: Path) -> None:
    other = holder(path, "a")
    other.kill()
    other.wait()
    assert Claims(path).take("a")


def test_what_is_freed_may_be_taken(path: Path) -> None:
    claims = Claims(path)
    assert claims.take("a")
    assert claims.take("b", shared=True)
    claims.free(["a", "b"])
    other = holder(path, "a", "b")
    assert not claims.take("a", shared=True)
    other.communicate()


def test_thousands_may_be_held(path: Path) -> None:
    claims = Claims(path)
    names = [f"ep{number}" for number in range(5000)]
    assert all(claims.take(name) for name in names)
    with pytest.raises(AssertionError):
        holder(path, names[4321])
