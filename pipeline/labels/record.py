"""The record that everything said about pictures becomes."""

from __future__ import annotations

from typing import Literal

import msgspec

By = Literal["person", "model"]
Kind = Literal["text", "tag", "box", "score", "domain", "keep"]
Split = Literal["", "train", "dev", "test"]


class Label(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that somebody said about one picture."""

    picture: str
    """What the file calls the picture; after an import, its name in the collection."""
    other_names: tuple[str, ...] = ()
    """What else the file calls it, such as a number beside an address; none after an import."""
    kind: Kind
    value: str = ""
    """The text, the tag, the class of a box, the domain, or ``keep`` or ``drop``; empty for a
    score, where there is nothing to box, and for a picture that is in no domain."""
    group: str = ""
    """The group of a tag, such as ``character``."""
    box: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom in pixels of the upright picture, as distances from its corner:
    the width is right − left. A label of kind ``box`` that has none says that somebody looked at
    the picture, and there is nothing to box."""
    drawn_on: tuple[float, float] | None = None
    """Width and height in which ``box`` is measured, where the file says so: (1, 1) if in shares of
    the picture. None after an import."""
    weight: float | None = None
    """Stars, votes or a score as they were given; of a model's tag or box its probability."""
    rater: str | None = None
    """Who said it."""
    by: By = "person"
    complete: bool = False
    """Whether the picture's tags in its file are all that hold, so that others do not."""
    split: Split = ""
    """The part of a data set that the file assigns the picture to."""
    file: str = ""
    """The file it was read from, without folders."""
    number: int = 0
    """Its number among the labels of that file, from 1."""
