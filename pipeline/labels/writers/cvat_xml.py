"""CVAT's XML 1.1, of pictures."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from pipeline.labels.box_writing import by_picture, in_xml, number_text
from pipeline.labels.record import Label
from pipeline.labels.writer import Output, Writer

_EDGES = ("xtl", "ytl", "xbr", "ybr")


def write(labels: Iterable[Label], output: Output) -> None:
    """Write an image for each picture, without boxes where there is nothing."""
    pictures = by_picture(labels, output)
    with output.file() as file:
        file.write(b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n')
        file.write(b"<version>1.1</version>\n")
        for number, (picture, boxes) in enumerate(pictures.items()):
            about = {"id": str(number), "name": in_xml(picture, output)}
            if picture in output.sizes:
                width, height = output.sizes[picture]
                about |= {"width": str(width), "height": str(height)}
            image = etree.Element("image", about)
            by_model = all(label.by == "model" for label in boxes)
            for label in boxes:
                if label.by == "model" and not by_model:
                    output.lose("that a model wrote boxes beside a person's")
                _add_box(image, label, output)
            file.write(etree.tostring(image, encoding="utf-8", pretty_print=True))
            output.written += len(boxes) or 1
        file.write(b"</annotations>\n")


def _add_box(image: etree._Element, label: Label, output: Output) -> None:
    assert label.box is not None
    about = {"label": in_xml(label.value, output), "occluded": "0"}
    about["source"] = "auto" if label.by == "model" else "manual"
    edges = map(number_text, label.box)
    etree.SubElement(
        image, "box", {**about, **dict(zip(_EDGES, edges, strict=True)), "z_order": "0"}
    )


WRITER = Writer(kinds=frozenset({"box"}), carries=frozenset({"box", "by"}), write=write)
