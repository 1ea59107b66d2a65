"""Write comments as XML, element by element."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from pipeline.danmaku.comments.writer import Output

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold, not even as a reference."""


def begin(root: str, output: Output) -> None:
    """Write the declaration and the root's start tag.

    They stand on one line and with these quotes because danmaku2ass recognises formats by the
    first 40 characters.
    """
    output.write(f'<?xml version="1.0" encoding="UTF-8"?><{root}>\n')


def write_element(name: str, attributes: Mapping[str, str], text: str, output: Output) -> None:
    """Append an element, unless XML can hold nothing of its text."""
    held = FORBIDDEN.sub("", text)
    if held != text:
        output.lose("control characters")
    if not held.strip():
        output.lose("comments of control characters only")
        return
    element = etree.Element(name, {k: FORBIDDEN.sub("", v) for k, v in attributes.items()})
    element.text = held
    output.file.write(etree.tostring(element, encoding="utf-8") + b"\n")
    output.written += 1


def end(root: str, output: Output) -> None:
    """Write the root's end tag."""
    output.write(f"</{root}>\n")
