from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.engine import code_digest as code_digest_module
from pipeline.engine.code_digest import code_digest

STAGE = '''"""Makes things."""
from pipeline.helper import double
from pipeline.engine.stage import Stage

def run(number: int) -> int:
    """Run."""
    import pipeline.deep.late
    return double(number)

def expect(amount: float) -> float:
    return amount * 0.5

def measure(path: str) -> int:
    import pipeline.count
    return 1
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
    "pipeline/engine/stage.py": "class Stage: pass\n",
    "pipeline/deep/__init__.py": "",
    "pipeline/deep/late.py": "from pipeline.deep import table\n",
    "pipeline/deep/table.py": "TABLE = [1, 2]\n",
    "pipeline/count.py": "X = 1\n",
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
    monkeypatch.setattr(code_digest_module, "PROJECT", tmp_path)
    return tmp_path


@pytest.fixture
def digest(project: Path) -> Iterator[Digest]:
    """The digest of stages.make as a new process would take it."""

    def forget() -> None:
        for function in vars(code_digest_module).values():
            if hasattr(function, "cache_clear"):
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
        ("pipeline/engine/stage.py", "pass", "x = 1"),
        ("stages/make.py", "amount * 0.5", "amount * 0.7"),
        ("stages/make.py", "return 1", "return 2"),
        ("pipeline/count.py", "1", "2"),
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
        patched.setattr(code_digest_module, "_parse", lambda text: pytest.fail("parsed again"))
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


def test_moving_and_renaming_modules_keeps_the_digest(project: Path, digest: Digest) -> None:
    before = digest()
    (project / "pipeline" / "deep").rename(project / "pipeline" / "deeper")
    (project / "pipeline" / "helper.py").rename(project / "pipeline" / "aid.py")
    edit(project / "stages/make.py", "pipeline.helper", "pipeline.aid")
    edit(project / "stages/make.py", "pipeline.deep.late", "pipeline.deeper.late")
    edit(project / "pipeline/deeper/late.py", "pipeline.deep", "pipeline.deeper")
    assert digest() == before


def test_an_import_from_another_module_changes_the_digest(project: Path, digest: Digest) -> None:
    """Also where both are imported anyway, so that the set of modules stays the same."""
    (project / "pipeline" / "other.py").write_text("import pipeline.helper\ndouble = abs\n")
    edit(project / "stages/make.py", "import pipeline.deep.late", "import pipeline.other")
    before = digest()
    edit(project / "stages/make.py", "from pipeline.helper", "from pipeline.other")
    assert digest() != before


def test_imports_for_types_alone_do_not_count(project: Path, digest: Digest) -> None:
    edit(
        project / "pipeline/helper.py",
        "import json",
        "import typing\nif typing.TYPE_CHECKING:\n    import pipeline.types",
    )
    (project / "pipeline" / "types.py").write_text("X = 1\n")
    before = digest()
    (project / "pipeline" / "types.py").write_text("X = 2\n")
    assert digest() == before
