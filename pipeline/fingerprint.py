"""Whether a file or a piece of the project's code is still what it was."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
_PACKAGES = ("pipeline", "stages")
_ENDS = 1 << 20  # bytes hashed at each end of a source file

MECHANISM = frozenset(
    f"pipeline.{name}" for name in ("stage", "config", "errors", "progress", "pace")
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
def _tree(module: str) -> ast.Module:
    return ast.parse(_source(module).read_bytes())


def _source(module: str) -> Path:
    path = PROJECT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _imports(module: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update(named, *map(_modules, named))
    first_party = {name for name in found if name.split(".")[0] in _PACKAGES}
    return {name for name in first_party if _source(name).is_file()}


def _modules(name: str) -> set[str]:
    """The modules of a first-party package; none for anything else."""
    if name.split(".")[0] not in _PACKAGES:
        return set()
    files = PROJECT.joinpath(*name.split(".")).glob("[!_]*.py")
    return {f"{name}.{path.stem}" for path in files}


@cache
def _module_digest(module: str) -> str:
    tree = _tree(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not _is_docstring(statement)]
    digest = hashlib.sha256(ast.dump(tree).encode())
    source = _source(module)
    for template in sorted(source.parent.glob(f"{source.stem}*.j2")):
        digest.update(template.read_bytes())
    return digest.hexdigest()


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
