"""One spelling for what viewers type in many."""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = re.compile(r"[^\S ]+|[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


def normalize(text: str, longest_run: int) -> str:
    """NFKC on one line, single spaces, and no character more than ``longest_run`` times.

    ``ｗｗｗｗｗｗ`` becomes ``wwww`` for a longest run of 4.
    """
    text = unicodedata.normalize("NFKC", _CONTROLS.sub(" ", text))
    runs = rf"(.)\1{{{longest_run},}}"
    text = re.sub(runs, lambda run: run[1] * longest_run, text)
    return " ".join(text.split())
