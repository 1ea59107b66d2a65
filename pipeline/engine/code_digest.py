"""Whether a piece of the project's code is still what it was."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.runtime.paths import PROJECT

_PACKAGES = ("pipeline", "stages")

MECHANISM = frozenset(
    f"pipeline.{name}"
    for name in (
        *("engine.stage", "engine.stage_record", "engine.watchdog", "engine.settings"),
        *("runtime.errors", "runtime.progress", "runtime.stopwatch"),
    )
)
"""Modules that carry a stage out without touching what it makes: not in the digest."""


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
