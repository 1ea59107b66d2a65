"""Pascal VOC's XML, one file a picture, as labelImg and others write it.

Pixels are counted from 1, and a box includes its last ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from pipeline.labels.boxes import Size, size_of
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading import values
from pipeline.reading.content import Content
from pipeline.reading.xml_events import events, root_of

_EDGES = ("xmin", "ymin", "xmax", "ymax")
_BOX = "object/bndbox/"
_NOT_USED = ("difficult", "truncated", "occluded")


def confidence(content: Content) -> float:
    """High if the outermost element is ``annotation``."""
    return 0.9 if root_of(content) == "annotation" else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the boxes of the picture with the name of the file, or that there is none.

    The name within the file is of no use: it stays when files are renamed.
    """
    picture = PurePosixPath(content.path.name).stem
    size: dict[str, float | None] = {}
    said: dict[str, str] = {}
    objects = 0
    for path, attributes, text in events(content, report):
        if attributes is not None:
            if path == "object":
                said.clear()
        elif path == "object":
            objects += 1
            yield from _labels(
                picture, said, size_of(size.get("width"), size.get("height")), report
            )
        elif path.startswith("object/"):
            said[path] = text
        elif path in ("size/width", "size/height"):
            size[path.removeprefix("size/")] = values.decimal(text)
        elif not path and not objects:
            yield from report.nothing(picture)


def _labels(
    picture: str, said: dict[str, str], drawn_on: Size | None, report: LabelReport
) -> list[Label]:
    edges = [values.decimal(said.get(_BOX + name)) for name in _EDGES]
    left, top, right, bottom = edges
    if left is not None and top is not None:
        edges = [left - 1, top - 1, right, bottom]
    report.note_unused(
        name for name in _NOT_USED if said.get(f"object/{name}", "0") not in ("0", "")
    )
    return report.box(picture, edges, said.get("object/name"), drawn_on=drawn_on)


READER = Reader("Pascal VOC XML", "an element “annotation” with “object”", confidence, read)
