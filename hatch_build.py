"""What the wheel holds beside the packages, and its description."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

_IN_PACKAGE = ("configs/**/*.yaml", "docs/*.md")
_OF_THE_CHECKOUT = r"\]\((?!https?://|#)([^)\s]+?)(#[^)]*)?\)"
"""The end of a link to a file that only a checkout has."""


class PackedFiles(BuildHookInterface[Any]):
    """Puts settings and documentation inside of ``pipeline``; a checkout has them beside it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders, except where a checkout is installed to be edited."""
        if version != "editable":
            for pattern in _IN_PACKAGE:
                for path in Path(self.root).glob(pattern):
                    build_data["force_include"][str(path)] = (
                        f"pipeline/{path.relative_to(self.root)}"
                    )


class Description(MetadataHookInterface):
    """The README, with the paths of files in place of links that lead into a checkout."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the project's ``readme``."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": without_links(text)}


def without_links(text: str) -> str:
    """``text`` with `words (path)` for links to files, and without pictures that are files."""
    text = re.sub(rf"!\[[^]]*{_OF_THE_CHECKOUT}\n?", "", text)
    return re.sub(rf"\[([^]]*){_OF_THE_CHECKOUT}", _words, text)


def _words(link: re.Match[str]) -> str:
    words, path, _ = link.groups()
    return f"`{path}`" if words == path else f"{words} (`{path}`)"
