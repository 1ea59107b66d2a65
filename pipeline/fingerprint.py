"""Whether a file or a piece of the project's code is still what it was."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.util
import json
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
_PACKAGES = ("pipeline", "stages")
_ENDS = 1 << 20  # bytes hashed at each end of a source file
_YOUNG_NS = 2 * 10**9  # the coarsest clock of the usual file systems

MECHANISM = frozenset(
    f"pipeline.{name}"
    for name in ("stage", "stage_record", "supervision", "config", "errors", "progress", "pace")
)
"""Modules that carry a stage out without touching what it makes: not in the digest."""


def file_fingerprint(path: Path) -> str:
    """Digest of a file's size and its first and last MiB, quick for films of any size."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        digest.update(file.read(_ENDS))
        file.seek(max(_ENDS, size - _ENDS))
        digest.update(file.read(_ENDS))
    return digest.hexdigest()[:16]


def sha256(path: Path) -> str:
    """The digest of all that a file holds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_state(path: Path) -> list[int] | None:
    """What is another after every change of a file; None of one too young to be sure of that.

    The last number is a time that no program can set, so an edit under an old time stamp shows.
    """
    stat = path.stat()
    if abs(time.time_ns() - stat.st_ctime_ns) < _YOUNG_NS:
        return None
    return [stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]


def code_digest(module: str) -> str:
    """Digest of a first-party module and of every first-party module it imports.

    A package imported by its name stands for all its modules, which it may look up.

    Taken over syntax trees without docstrings, so that an edit of comments, layout or
    documentation changes nothing. Templates (``*.j2``) beside a module count too.
    """
    digest = hashlib.sha256()
    for name in sorted(_closure(module)):
        digest.update(f"{name} {_module_digest(name)}\n".encode())
    return digest.hexdigest()[:16]


def _closure(module: str) -> set[str]:
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in reached or name in MECHANISM:
            continue
        reached.add(name)
        waiting.extend(_imports(name))
    return reached


@cache
def _imports(module: str) -> set[str]:
    code = _code(module)
    found = {*code.imported, *code.named}.union(*map(_modules, code.named))
    return {name for name in found if _source(name).is_file()}


def _modules(name: str) -> set[str]:
    """The modules of a first-party package; none for anything else."""
    files = PROJECT.joinpath(*name.split(".")).glob("[!_]*.py")
    return {f"{name}.{path.stem}" for path in files}


def _source(module: str) -> Path:
    path = PROJECT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _module_digest(module: str) -> str:
    source = _source(module)
    digest = hashlib.sha256(_code(module).digest.encode())
    beside = [*source.parent.glob(f"{source.stem}*.j2"), *source.parent.glob("web/**/*.*")]
    for file in sorted(beside):
        digest.update(file.read_bytes())
    return digest.hexdigest()


class _Code(NamedTuple):
    """What a module's text says."""

    digest: str
    """Of its syntax tree without docstrings."""
    imported: list[str]
    """First-party modules, by ``import a`` or ``from a import b``."""
    named: list[str]
    """``a.b`` of each ``from a import b``, a module or not."""


@cache
def _code(module: str) -> _Code:
    """Parsed, or kept beside Python's own cache, under a key that any change of text misses."""
    source = _source(module)
    text = source.read_bytes()
    key = hashlib.sha256(Path(__file__).read_bytes() + text).hexdigest()
    kept = Path(importlib.util.cache_from_source(source)).with_suffix(".digest")
    with contextlib.suppress(OSError, ValueError):
        known, *code = json.loads(kept.read_bytes())
        if known == key:
            return _Code(*code)
    parsed = _parse(text)
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([key, *parsed]))
    return parsed


def _parse(text: bytes) -> _Code:
    tree = ast.parse(text)
    imported: set[str] = set()
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module)
            named.update(f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not _is_docstring(statement)]
    digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return _Code(digest, _first_party(imported), _first_party(named))


def _first_party(names: set[str]) -> list[str]:
    return sorted(name for name in names if name.split(".")[0] in _PACKAGES)


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
