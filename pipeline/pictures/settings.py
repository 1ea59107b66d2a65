"""Settings about pictures; apart from numpy, so that stages can declare them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

Unit: TypeAlias = Literal["picture", "name", "folder"]
"""What of a collection belongs together: a picture alone; pictures of one file name in several
folders, which show the same thing; or those of a folder, such as a series."""


Seen: TypeAlias = Literal["features", "described"]
"""Which file a captioner of comments reads pictures from: what a network sees of them, or that and
beside it the probabilities of tags (``illustrations-describe``)."""


class HeldOutSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept back to measure the model by."""

    by: Unit = "picture"
    """What is held out as a whole. Equal pictures stay together."""
    share: Annotated[float, Meta(gt=0, lt=1)] = 0.1
    """Of these units."""
