"""What stages say of their work, as pages show it."""

import re
from pathlib import Path
from typing import Any

from lxml import html

_WORD = re.compile(r"[a-z]{3}")  # units, such as MB, are the same in all languages


def without_japanese(page: Path) -> list[str]:
    """Lines of the table of stages with words for which the page has no phrase."""
    document: Any = html.fromstring(page.read_text("utf-8"))  # its stubs lack elements of HTML
    lines = document.xpath("//*[@id='stages-title']//tbody/tr/td[last()]")
    assert lines
    others = ["".join(line.xpath(".//text()[not(ancestor::*[@data-t])]")) for line in lines]
    return [
        line.text_content()
        for line, other in zip(lines, others, strict=True)
        if _WORD.search(other)
    ]
