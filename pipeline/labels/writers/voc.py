"""Pascal VOC's folder: ``Annotations/x.xml`` of each ``x.jpg``.

Pixels are counted from 1, and a box includes its last ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from lxml import etree

from pipeline.labels.box_writing import by_file, by_picture, in_xml, number_text
from pipeline.labels.record import Label
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a file for each picture, without objects where there is nothing."""
    pictures = by_picture(labels, output)
    files = by_file(pictures, ".xml", output)
    with output.folder() as folder:
        (folder / "Annotations").mkdir()
        for picture, file in files.items():
            path = folder / "Annotations" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_annotation(picture, pictures[picture], output))
            output.written += len(pictures[picture]) or 1


def _annotation(picture: str, labels: Sequence[Label], output: Output) -> bytes:
    annotation = etree.Element("annotation")
    _add(annotation, {"filename": in_xml(PurePosixPath(picture).name, output)})
    width, height = output.sizes.get(picture, (0, 0))  # 0 where it is not known, as labelImg does
    size = {"width": width, "height": height, "depth": 3}
    _add(etree.SubElement(annotation, "size"), size)
    for label in labels:
        assert label.box is not None
        left, top, right, bottom = label.box
        item = etree.SubElement(annotation, "object")
        _add(item, {"name": in_xml(label.value, output), "difficult": 0})
        edges = {"xmin": left + 1, "ymin": top + 1, "xmax": right, "ymax": bottom}
        box = etree.SubElement(item, "bndbox")
        _add(box, {name: number_text(edge) for name, edge in edges.items()})
    return etree.tostring(annotation, encoding="utf-8", pretty_print=True)


def _add(parent: etree._Element, texts: Mapping[str, object]) -> None:
    for name, text in texts.items():
        etree.SubElement(parent, name).text = str(text)


WRITER = Writer(kinds=frozenset({"box"}), carries=frozenset({"box"}), write=write)
