"""Whether a piece of the project's code is still what it was."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.util
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from pipeline.runtime.file_digest import file_fingerprint
from pipeline.runtime.paths import PROJECT

_PACKAGES = ("pipeline", "stages")
_MACHINERY = ("pipeline.engine", "pipeline.runtime")
"""Packages that carry a stage out without touching what it makes: not in the digest."""
_ESTIMATES = ("expect", "measure")
"""Functions of a stage that foretell and count what it makes: not in the digest either."""


def code_digest(module: str) -> str:
    """Digest of a first-party module and of every first-party module that it imports.

    It is taken over syntax trees without docstrings, layout, imports for types alone and what
    stages say for estimates, so that editing those changes nothing; nor does moving or renaming
    modules. A package imported by its name stands for all its modules, which it may look up. What
    lies in a folder ``web`` beside a module counts too.
    """
    digests = sorted(_module_digest(name) for name in _closure(module))
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:16]


def result_key(module: str, config: msgspec.Struct, inputs: Iterable[Path]) -> str:
    """What a stage's result is a function of: its code, settings and the files it reads.

    An unfinished result of another key is of no use.
    """
    settings = msgspec.json.encode(config).decode()
    return " ".join([code_digest(module), settings, *map(file_fingerprint, inputs)])


def _closure(module: str) -> set[str]:
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(_imports(name))
    return reached


@cache
def _imports(module: str) -> tuple[str, ...]:
    """The modules that one imports, in order, as far as they can change what it makes."""
    names = [name for name in _code(module).imports if not _is_machinery(name)]
    packages = [more for name in names for more in _modules(name)]
    return tuple(name for name in [*names, *packages] if _is_module(name))


@cache
def _is_module(name: str) -> bool:
    return _source(name).is_file()


def _is_machinery(name: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in _MACHINERY)


@cache
def _modules(name: str) -> tuple[str, ...]:
    """The modules of a first-party package; none for anything else."""
    files = PROJECT.joinpath(*name.split(".")).glob("[!_]*.py")
    return tuple(sorted(f"{name}.{path.stem}" for path in files))


@cache
def _source(module: str) -> Path:
    path = PROJECT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _module_digest(module: str) -> str:
    """Digest of a module, of the files beside it, and of which modules it imports by what they say.

    What a name is imported from matters, what that module is called does not: each import stands
    for the imported module's own syntax tree.
    """
    source = _source(module)
    digest = hashlib.sha256(_code(module).digest.encode())
    for name in _imports(module):
        digest.update(_code(name).digest.encode())
    for file in sorted(source.parent.glob("web/**/*.*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


class _Code(NamedTuple):
    """What a module's text says."""

    digest: str
    """Of its syntax tree without docstrings and without the names of first-party modules."""
    imports: list[str]
    """First-party modules, in order: ``a`` of ``import a``, ``a`` and ``a.b`` of ``from a import
    b``, a module or not."""


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
    parsed = _parse(text, is_stage=module.startswith("stages."))
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([key, *parsed]))
    return parsed


def _parse(text: bytes, *, is_stage: bool) -> _Code:
    tree = ast.parse(text)
    if is_stage:
        tree.body = [statement for statement in tree.body if not _is_for_estimates(statement)]
    for node in ast.walk(tree):  # imports for types alone
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.body = [ast.Pass()]
    imports: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in filter(lambda alias: _is_first_party(alias.name), node.names):
                imports.append(alias.name)
                alias.name = ""
        elif isinstance(node, ast.ImportFrom) and _is_first_party(node.module or ""):
            imports.append(node.module or "")
            imports += [f"{node.module}.{alias.name}" for alias in node.names]
            node.module = ""
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not _is_docstring(statement)]
    return _Code(hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imports)


def _is_for_estimates(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef) and statement.name in _ESTIMATES


def _is_first_party(name: str) -> bool:
    return name.split(".")[0] in _PACKAGES


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
