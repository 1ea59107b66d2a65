"""Suggestions for misspelt words.

make calls this for verbs and variables that it does not know, before anything is installed:

    python3 -m pipeline.runtime.spelling VERBS UNKNOWN_VERBS VARIABLES UNKNOWN_VARIABLES

Each argument is a list of words. Any Python 3 will do.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Optional

from pipeline.runtime.paths import DEFAULTS

_SIMILAR, _VERY_SIMILAR = 0.6, 0.8
"""Ratios of difflib. PATH is similar to AT, and PYTHONPATH to PYTHON; VIDO is very similar to
VIDEO."""
_MIN_LETTERS = 5
"""Shorter variables are not checked: too many others are similar to them."""
_FOREIGN = ("MODE",)
"""Variables of other programs that are similar to one of ours."""


def closest(word: str, known: Iterable[str], min_ratio: float = _SIMILAR) -> Optional[str]:  # noqa: UP045 - for an old Python
    """The most similar of ``known`` words, ignoring case; None if none is similar."""
    names = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), names, 1, min_ratio)
    return names[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy: the most similar of ``known`` words, if there is one, and then ``otherwise``."""
    near = closest(word, known)
    return f"Did you mean `{near}`? {otherwise}" if near else otherwise


def did_you_mean_file(path: Path, otherwise: str) -> str:
    """The same for the path of a missing file, among the files in its folder."""
    try:
        siblings = [file.name for file in path.parent.iterdir()]
    except OSError:
        return otherwise
    near = closest(path.name, siblings, _VERY_SIMILAR)
    return f"Did you mean `{path.with_name(near)}`? {otherwise}" if near else otherwise


def misspelt_variables(environment: Mapping[str, str], known: Iterable[str]) -> dict[str, str]:
    """Variables of the environment that are probably misspelt, with the likely spelling.

    An environment is full of other names. So only long ones are compared, and a variable that is
    set under its right name is not looked for. Empty ones say nothing: make exports all of its own.
    """
    missing = [name for name in known if len(name) >= _MIN_LETTERS and not environment.get(name)]
    near = {
        name: closest(name, missing, _VERY_SIMILAR)
        for name, value in environment.items()
        if value and name.isupper() and name not in known and name not in _FOREIGN
    }
    return {name: right for name, right in near.items() if right}


def main(verbs: str, unknown_verbs: str, variables: str, unknown_variables: str) -> bool:
    """Print what is wrong with the first unknown word; return whether there is one."""
    for verb in unknown_verbs.split():
        remedy = did_you_mean(verb, verbs.split(), "`make help` lists the verbs")
        return _report(f"there is no verb {verb}. {remedy}.")
    for name in unknown_variables.split():
        if near := closest(name, variables.split(), _VERY_SIMILAR):
            return _report(f"{name}= is not a known variable. Did you mean `{near}=`?")
        if setting := _as_setting(name.casefold()):
            return _report(
                f"{name}= is not a variable but a setting. Write SET={setting}=…, or put it"
                " into a settings file and name that with CONFIG=."
            )
    return False


def _as_setting(name: str) -> Optional[str]:  # noqa: UP045 - for an old Python
    """The dotted name of a setting; None if there is none of that name."""
    above: list[str] = []
    for file in sorted(DEFAULTS.glob("*.yaml")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"((?:  )*)(\w+):", line):
                above[len(match[1]) // 2 :] = [match[2]]
                if match[2] == name:
                    return ".".join(above)
    return None


def _report(problem: str) -> bool:
    print(f"make: error: {problem}", file=sys.stderr)
    return True


if __name__ == "__main__" and main(*sys.argv[1:]):
    print("nothing was done")  # for make, which stops
