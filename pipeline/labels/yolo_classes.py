"""The names of YOLO's classes, which lie in another file than its boxes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from pipeline.labels.box_files import CLASS_FILES
from pipeline.reading import values
from pipeline.reading.content import Content
from pipeline.runtime.errors import PipelineError

_FOLDERS = 4
"""That of the boxes and those around it, in which they may lie."""
_MAX_BYTES = 1 << 20


class Classes(NamedTuple):
    """What is known of a data set's classes."""

    names: Mapping[int, str]
    has_keypoints: bool = False
    """Whether numbers after a box are keypoints."""


def classes_of(boxes: Path) -> Classes:
    """The classes of a file of boxes, from the nearest folder that names any."""
    for folder in boxes.absolute().parents[:_FOLDERS]:
        for path in (folder / name for name in CLASS_FILES):
            if path.is_file() and path.stat().st_size <= _MAX_BYTES:
                stat = path.stat()
                found = _classes(path, (stat.st_ino, stat.st_size, stat.st_mtime_ns))
                if found.names:
                    return found
    return Classes({})


@lru_cache(maxsize=64)
def _classes(path: Path, state: object) -> Classes:
    """Read once in each ``state`` of the file: there is one for thousands of files of boxes."""
    try:
        lines = list(Content.open(path).lines())
        is_yaml = path.suffix in (".yaml", ".yml")
        about = yaml.safe_load("\n".join(lines)) if is_yaml else {"names": lines}
    except (OSError, PipelineError, yaml.YAMLError, ValueError, RecursionError):
        return Classes({})
    members = values.members(about)
    return Classes(_numbered(members.get("names")), "kpt_shape" in members)


def _numbered(names: Any) -> dict[int, str]:
    """Names by their numbers, from a list or from numbers with names."""
    listed = names if isinstance(names, list) else []
    pairs = names.items() if isinstance(names, dict) else enumerate(listed)
    return {
        number: name.strip()
        for key, value in pairs
        if (number := values.integer(key)) is not None and (name := values.text(value))
    }
