"""What a mistyped word was meant to be.

make asks, before anything is installed, about verbs and variables that it does not know:

    python3 -m pipeline.runtime.spelling VERBS UNKNOWN_VERBS VARIABLES UNKNOWN_VARIABLES

Each is a list of words in one argument. Any Python 3 will do.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Optional

_SETTINGS = Path(__file__).parents[2] / "configs" / "default"
_ALIKE, _VERY_MUCH_ALIKE = 0.6, 0.8
"""PATH is like AT, and PYTHONPATH like PYTHON; VIDO is very much like VIDEO."""
_LONG = 5
"""Letters of a variable that is likely to be ours if it is very much like one of ours."""
_ORDINARY = ("MODE",)
"""Variables of others that are like one of ours."""


def closest(word: str, known: Iterable[str], alike: float = _ALIKE) -> Optional[str]:  # noqa: UP045 - for an old Python
    """The one of ``known`` that is most like ``word``, whatever their case."""
    names = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), names, 1, alike)
    return names[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy: what was meant, if that can be guessed, and ``otherwise`` what helps."""
    near = closest(word, known)
    return f"Did you mean `{near}`? {otherwise}" if near else otherwise


def file_meant(path: Path, otherwise: str) -> str:
    """The same for the path of a file that is not there."""
    try:
        beside = [file.name for file in path.parent.iterdir()]
    except OSError:
        return otherwise
    near = closest(path.name, beside, _VERY_MUCH_ALIKE)
    return f"Did you mean `{near}`? {otherwise}" if near else otherwise


def misspelt_variables(environment: Mapping[str, str], known: Iterable[str]) -> dict[str, str]:
    """Variables of the environment that are likely misspelt, and what was meant.

    An environment is full of names that are nobody's fault, so only long ones count, and those
    that are said rightly, too, do not.
    """
    missing = [name for name in known if len(name) >= _LONG and not environment.get(name)]
    near = {
        name: closest(name, missing, _VERY_MUCH_ALIKE)
        for name in environment
        if name.isupper() and name not in known and name not in _ORDINARY
    }
    return {name: meant for name, meant in near.items() if meant}


def main(verbs: str, unknown_verbs: str, variables: str, unknown_variables: str) -> bool:
    """Print what is wrong with the first word that is, and return whether one is."""
    for verb in unknown_verbs.split():
        remedy = did_you_mean(verb, verbs.split(), "`make help` lists the verbs")
        return _tell(f"there is no verb {verb}. {remedy}.")
    for name in unknown_variables.split():
        if near := closest(name, variables.split(), _VERY_MUCH_ALIKE):
            return _tell(f"{name}= means nothing to make. Did you mean `{near}=`?")
        if setting := _as_setting(name.casefold()):
            return _tell(
                f"{name}= means nothing to make, it is a setting. Write SET={setting}=…, or put it"
                " into a settings file and name that with CONFIG=."
            )
    return False


def _as_setting(name: str) -> Optional[str]:  # noqa: UP045 - for an old Python
    """The dotted name of a setting; None if there is none of that name."""
    above: list[str] = []
    for file in sorted(_SETTINGS.glob("*.yaml")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"((?:  )*)(\w+):", line):
                above[len(match[1]) // 2 :] = [match[2]]
                if match[2] == name:
                    return ".".join(above)
    return None


def _tell(problem: str) -> bool:
    print(f"make: error: {problem}", file=sys.stderr)
    return True


if __name__ == "__main__" and main(*sys.argv[1:]):
    print("nothing was done")  # for make, which stops
