"""Recognise a file of any known format by its content, and not by its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.reading.content import Content
from pipeline.reading.reader import Reader, Record, Report
from pipeline.reading.unknown import unknown_file
from pipeline.runtime.errors import ExitCode, PipelineError


def readers_of(package: ModuleType) -> list[Reader[Any, Any]]:
    """The ``READER`` of every module in a package of readers."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}").READER for name in names]


def recognise(
    path: Path,
    readers: Sequence[Reader[Record, Report]],
    noun: str,
    missing: ExitCode,
    if_empty: str,
) -> tuple[Content, Reader[Record, Report]]:
    """The content of a file, and the reader that knows it best; ``noun`` is for messages.

    Raises PipelineError: ``missing`` if the file cannot be opened; EMPTY_FILE with the remedy
    ``if_empty``; UNKNOWN_FORMAT.
    """
    try:
        content = Content.open(path)
    except OSError as error:
        raise PipelineError(
            missing, f"cannot read the {noun} file {path}: {error.strerror}", "Check the path"
        ) from None
    if _is_empty(content):
        size = path.stat().st_size
        raise PipelineError(ExitCode.EMPTY_FILE, f"{path} is empty ({size} bytes)", if_empty)
    if reader := best_reader(content, readers):
        return content, reader
    # Raw deflate has no mark of its own, so it is tried last.
    inflated = content.as_deflate()
    if inflated and (reader := best_reader(inflated, readers)):
        return inflated, reader
    raise unknown_file(content, readers, noun)


def best_reader(
    content: Content, readers: Sequence[Reader[Record, Report]]
) -> Reader[Record, Report] | None:
    """The reader with the highest confidence; None if no reader recognises the file."""
    confidences = [(reader.confidence(content), reader) for reader in readers]
    confidence, reader = max(confidences, key=lambda pair: pair[0])
    return reader if confidence > 0 else None


def _is_empty(content: Content) -> bool:
    if content.encoding:
        return not content.head.decode("utf-8", "replace").strip()
    return not content.raw_head.strip()
