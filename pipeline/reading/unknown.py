"""The error for a file that no reader recognises: what it looks like and what was expected."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline.reading.content import Content
from pipeline.reading.reader import Reader
from pipeline.runtime.errors import ExitCode, PipelineError

_TAG = re.compile(r"<([A-Za-z_][\w:.-]*)")
_MAX_NAMES = 8


def unknown_file(content: Content, readers: Sequence[Reader[Any, Any]], noun: str) -> PipelineError:
    """The error for ``content``; it lists the formats of the same kind, such as JSON."""
    if content.encoding is None:
        return _error(
            content,
            f"is neither text in a known encoding nor a binary {noun} file",
            "Save it as UTF-8 with the program that wrote it",
        )
    text = content.head.decode("utf-8", "replace").strip()
    if content.outline.is_json():
        return _error(content, _json(content), _of_kind(readers, "JSON"))
    if text.startswith("<"):
        names = Counter(_TAG.findall(text))
        tags = _listed([f"<{name}>" for name, _ in names.most_common()])
        return _error(
            content, f"is XML or HTML with {tags or 'no elements'}", _of_kind(readers, "XML")
        )
    first = text.splitlines()[0]
    beginning = " ".join(text[:80].split())[:40]
    if any(delimiter in first for delimiter in ",;\t|"):
        return _error(content, f"begins with “{beginning}”", _of_kind(readers, "CSV"))
    return _error(
        content,
        f"is not a {noun} file of a known format; it begins with “{beginning}”",
        "Known formats: " + ", ".join(reader.format for reader in readers),
    )


def _json(content: Content) -> str:
    """What is in it, by the place with the most keys, preferably one in a list."""
    outline = content.outline
    if not any(outline.keys.values()):
        return "is JSON without any objects"
    place = max(outline.keys, key=lambda p: (p.endswith("item"), len(outline.keys[p]), -len(p)))
    where = f"at {place.replace('item', '[]')}" if place else "at the top level"
    return f"is JSON of another kind; {where} it has {_listed(sorted(outline.keys[place]))}"


def _of_kind(readers: Sequence[Reader[Any, Any]], kind: str) -> str:
    known = [reader for reader in readers if kind in reader.format] or readers
    return "Known formats: " + "; ".join(f"{reader.format}: {reader.expects}" for reader in known)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MAX_NAMES
    return ", ".join(names[:_MAX_NAMES]) + (f" and {more} more" if more > 0 else "")


def _error(content: Content, problem: str, remedy: str) -> PipelineError:
    return PipelineError(ExitCode.UNKNOWN_FORMAT, f"{content.path} {problem}", remedy)
