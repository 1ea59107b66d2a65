"""COCO's captions: a list of annotations, and one of the images that they are of."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pipeline.labels.record import Label
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write each caption in one line; images are numbered from 1 as they come."""
    encode = msgspec.json.encode
    images: dict[str, int] = {}
    with output.file() as file:
        file.write(b'{"annotations": [')
        for label in labels:
            caption = " ".join(label.value.split())
            if caption != label.value:
                output.lose("line breaks and runs of spaces")
            image = images.setdefault(label.picture, len(images) + 1)
            file.write(b",\n" if output.written else b"\n")
            output.written += 1
            file.write(encode({"id": output.written, "image_id": image, "caption": caption}))
        file.write(b'\n], "images": [')
        for name, number in images.items():
            file.write(b",\n" if number > 1 else b"\n")
            file.write(encode({"id": number, "file_name": name}))
        file.write(b"\n]}\n")


WRITER = Writer(kinds=frozenset({"text"}), carries=frozenset(), write=write)
