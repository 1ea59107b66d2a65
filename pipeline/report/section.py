"""What a page is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.report.language import Message


@dataclass(frozen=True)
class Section:
    """One part of a page, with everything that shows it."""

    name: str
    """The id of its element, and so its address within the page. The phrase ``NAME.title`` is its
    heading."""
    folder: Path
    """Holds its template, scripts, styles and phrases (``*.yaml``)."""
    template: str
    """Makes the HTML below the heading from ``values``. It may use the macros of web/*.html.j2."""
    values: Mapping[str, Any] = field(default_factory=dict)
    scripts: Sequence[str] = ()
    """Files of ``folder``, or else of the page's own web/, in the order in which they need one
    another. A script that two sections name runs once."""
    styles: Sequence[str] = ()
    """Files of ``folder``, or else of the page's own web/."""
    data: object = None
    """What the scripts find as JSON in the element ``NAME-data``; None leaves that out."""
    is_heading_seen: bool = True
    """False leaves the heading to screen readers."""


@dataclass(frozen=True)
class Page:
    """A whole page: its sections from top to bottom."""

    title: str
    subtitle: Message
    sections: Sequence[Section]
