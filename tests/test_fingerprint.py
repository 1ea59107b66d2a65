import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import fingerprint
from pipeline.fingerprint import MECHANISM, code_digest, file_fingerprint, file_state

STAGE = '''"""Makes things."""
from pipeline.helper import double
from pipeline.stage import Stage

def run(number: int) -> int:
    """Run."""
    import pipeline.deep.late
    return double(number)
'''
HELPER = '''from __future__ import annotations
import json

class Doubler:
    """Doubles."""

def double(number):
    return 2 * number
'''
FILES = {
    "stages/__init__.py": "",
    "stages/make.py": STAGE,
    "stages/other.py": "X = 1\n",
    "pipeline/__init__.py": "",
    "pipeline/helper.py": HELPER,
    "pipeline/stage.py": "class Stage: pass\n",
    "pipeline/deep/__init__.py": "",
    "pipeline/deep/late.py": "from pipeline.deep import table\n",
    "pipeline/deep/table.py": "TABLE = [1, 2]\n",
    "pipeline/deep/table.html.j2": "<p>{{ x }}</p>",
    "pipeline/deep/web/deeper/page.js": "let x;",
}

Digest = Callable[[], str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, small enough to be edited."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(fingerprint, "PROJECT", tmp_path)
    return tmp_path


@pytest.fixture
def digest(project: Path) -> Iterator[Digest]:
    """The digest of stages.make as a new process would take it."""

    def forget() -> None:
        for function in (fingerprint._code, fingerprint._imports, fingerprint._module_digest):
            function.cache_clear()

    def fresh() -> str:
        forget()
        return code_digest("stages.make")

    yield fresh
    forget()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("stages/make.py", '"""Makes things."""', '"""Makes other things."""'),
        ("stages/make.py", '    """Run."""\n', ""),
        ("stages/make.py", "import Stage\n", "import Stage\n\n\n# A comment.\n"),
        ("pipeline/helper.py", '    """Doubles."""', '    """Doubles\n\n    numbers."""'),
        ("pipeline/helper.py", "return 2 * number", "return (2\n        * number)  # twice"),
        ("pipeline/stage.py", "pass", "x = 1"),
        ("stages/other.py", "1", "2"),
    ],
)
def test_edits_that_change_no_result_keep_the_digest(
    project: Path, digest: Digest, file: str, old: str, new: str
) -> None:
    before = digest()
    edit(project / file, old, new)
    assert digest() == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("stages/make.py", "double(number)", "double(number) + 1"),
        ("pipeline/helper.py", "2 * number", "3 * number"),
        ("pipeline/deep/late.py", "import table", "import table as t"),
        ("pipeline/deep/table.py", "[1, 2]", "[1, 3]"),
        ("pipeline/deep/table.html.j2", "<p>", "<b>"),
        ("pipeline/deep/web/deeper/page.js", "let", "const"),
    ],
)
def test_edits_of_code_or_templates_change_the_digest(
    project: Path, digest: Digest, file: str, old: str, new: str
) -> None:
    before = digest()
    edit(project / file, old, new)
    assert digest() != before


def _kept(project: Path) -> list[Path]:
    return sorted(project.rglob("*.digest"))


def test_what_was_parsed_is_kept_and_damage_to_it_does_not_matter(
    project: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest()
    assert {path.name.split(".")[0] for path in _kept(project)} >= {"make", "helper", "late"}
    with monkeypatch.context() as patched:
        patched.setattr(fingerprint, "_parse", lambda text: pytest.fail("parsed again"))
        assert digest() == before
    for path in _kept(project):
        path.write_bytes(b"[1")
    assert digest() == before


def test_it_is_found_where_nothing_can_be_kept(project: Path, digest: Digest) -> None:
    (project / "stages" / "__pycache__").write_text("in the way")
    assert digest() == digest()


def test_imports_that_form_a_circle_end(project: Path, digest: Digest) -> None:
    edit(project / "pipeline/helper.py", "import json", "import stages.make")
    assert digest()


def test_the_mechanism_that_is_left_out_exists() -> None:
    for module in MECHANISM:
        assert fingerprint._source(module).is_file()


@pytest.mark.parametrize("size", [0, 10, (1 << 20) + 5, (2 << 20) + 5, 5 << 20])
def test_a_change_at_either_end_or_of_the_size_changes_the_fingerprint(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "film"
    path.write_bytes(bytes(size))
    seen = {file_fingerprint(path)}
    path.write_bytes(bytes(size + 1))
    seen.add(file_fingerprint(path))
    if size:
        path.write_bytes(b"\x01" + bytes(size - 1))
        seen.add(file_fingerprint(path))
        path.write_bytes(bytes(size - 1) + b"\x02")
        seen.add(file_fingerprint(path))
    assert len(seen) == (4 if size else 2)


def test_the_fingerprint_does_not_depend_on_name_or_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"film")
    assert file_fingerprint(tmp_path / "a") == file_fingerprint(tmp_path / "b")


def test_an_edit_under_an_old_time_stamp_changes_the_state(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(b"film")
    os.utime(path, (0, 0))
    assert file_state(path) is None  # another edit in the same tick of the clock would not show
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fingerprint, "_YOUNG_NS", 0)
        before = file_state(path)
        assert file_state(path) == before
        time.sleep(0.05)  # more than a tick of the kernel's clock
        path.write_bytes(b"fish")
        os.utime(path, (0, 0))
        assert file_state(path) != before
