"""One spelling for what viewers type in many."""

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
    """A comment on one line with single spaces, in NFKC if asked.

    No character comes more than ``max_run`` times in a row: for 4, ``ｗｗｗｗｗｗ`` becomes
    ``wwww``. Of several lines with text all are joined, the first stays, or nothing.
    """
    if lines != "join":
        written = [line for line in text.splitlines() if line.strip()]
        text = written[0] if written and (lines == "first" or len(written) == 1) else ""
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
def _runs(longest: int) -> re.Pattern[str]:
    # The first repeat stands by itself because it is what most texts fail at, and quickly.
    return re.compile(rf"(.)\1\1{{{longest - 1},}}")
