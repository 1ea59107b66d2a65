"""Command lines whose faults are told in one line."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any, NoReturn

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.setting_words import one_of
from pipeline.runtime.spelling import did_you_mean

_KINDS = {"int": "a whole number", "float": "a number"}
_FORM = "--help shows the form"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises PipelineError USAGE where another one prints and exits."""

    def __init__(self, **how: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **how)

    def error(self, message: str) -> NoReturn:
        """Put what argparse says as the faults of settings are put."""
        problem, remedy = message.removeprefix("argument "), _FORM
        if found := re.match(r"the following arguments are required: (.+)", message):
            problem = f"{found[1]} is missing"
        elif found := re.match(r"unrecognized arguments: (-\S+)", message):
            known = [option for option in self._option_string_actions if option[:2] == "--"]
            problem = f"there is no option {found[1]}"
            remedy = did_you_mean(found[1], known, _FORM)
        elif found := re.match(r"unrecognized arguments: (\S+)", message):
            problem = f"{found[1]} is one word too many"
        elif found := re.match(r"argument (\S+): expected .*argument", message):
            problem = f"{_long(found[1])} wants something behind it"
        elif found := re.match(r"argument (\S+): invalid (\w+) value: '(.*)'", message, re.DOTALL):
            kind = _KINDS.get(found[2], found[2])
            problem = f"{_long(found[1])} is “{found[3]}”, but must be {kind}"
        raise PipelineError(ExitCode.USAGE, problem, remedy)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            known = list(map(str, action.choices))
            problem = f"there is no {str(action.metavar).lower()} {value}"
            if action.option_strings:
                problem = f"{action.option_strings[-1]} is “{value}”, but must be {one_of(known)}"
            raise PipelineError(ExitCode.USAGE, problem, did_you_mean(str(value), known, _FORM))


def _long(option: str) -> str:
    """The long form of ``-v/--verbose``."""
    return option.split("/")[-1]


def path(text: str) -> Path:
    """The type of an option that takes a path: an empty one would be the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)
