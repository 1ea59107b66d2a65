"""One spelling for texts that people type in many ways."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal

_CONTROLS = re.compile(r"[^\S ]+|[\x00-\x1f\x7f-\x9f\ufffe\uffff]")

Lines = Literal["join", "first", "drop"]


def normalize(
    text: str, max_run: int | None = 4, *, nfkc: bool = True, lines: Lines = "join"
) -> str:
    """The text on one line with single spaces, in NFKC unless told otherwise.

    No character is repeated more than ``max_run`` times: for 4, ``ｗｗｗｗｗｗ`` becomes ``wwww``.
    ``lines`` says what becomes of several lines with text: all are joined, the first is kept, or
    none is.
    """
    if lines != "join":
        filled = [line for line in text.splitlines() if line.strip()]
        text = filled[0] if filled and (lines == "first" or len(filled) == 1) else ""
    if not text.isprintable():
        text = _CONTROLS.sub(" ", text)
    if nfkc and not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if max_run is not None:
        text = _runs(max_run).sub(lambda run: run[1] * max_run, text)
    return " ".join(text.split())


def folded(text: str) -> str:
    """``text`` for comparison, without regard to case and width."""
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _runs(max_run: int) -> re.Pattern[str]:
    # The first repetition stands by itself: most texts have none, and fail to match there quickly.
    return re.compile(rf"(.)\1\1{{{max_run - 1},}}")
