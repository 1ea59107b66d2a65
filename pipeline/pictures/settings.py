"""Settings about pictures; apart from numpy, so that stages can declare them."""

from __future__ import annotations

from typing import Literal, TypeAlias

Unit: TypeAlias = Literal["picture", "name", "folder"]
"""What of a collection belongs together: a picture alone; pictures of one file name in several
folders, which show the same thing; or those of a folder, such as a series."""
