"""Command lines whose errors are one line, like those of settings."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any, NoReturn

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.setting_words import one_of
from pipeline.runtime.spelling import did_you_mean

_KINDS = {"int": "a whole number", "float": "a number"}
_HELP = "--help shows the usage"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises PipelineError USAGE instead of printing and exiting."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": argparse.RawDescriptionHelpFormatter} | options)

    def error(self, message: str) -> NoReturn:
        """Raise argparse's message, reworded like the errors of settings."""
        problem, remedy = message.removeprefix("argument "), _HELP
        if match := re.match(r"the following arguments are required: (.+)", message):
            problem = f"{match[1]} is missing"
        elif match := re.match(r"unrecognized arguments: (-\S+)", message):
            known = [option for option in self._option_string_actions if option[:2] == "--"]
            problem = f"there is no option {match[1]}"
            remedy = did_you_mean(match[1], known, _HELP)
        elif match := re.match(r"unrecognized arguments: (\S+)", message):
            problem = f"{match[1]} is not expected here"
        elif match := re.match(r"argument (\S+): expected .*argument", message):
            problem = f"{_long(match[1])} needs a value"
        elif match := re.match(r"argument (\S+): invalid (\w+) value: '(.*)'", message, re.DOTALL):
            kind = _KINDS.get(match[2], match[2])
            problem = f"{_long(match[1])} is “{match[3]}”, but must be {kind}"
        raise PipelineError(ExitCode.USAGE, problem, remedy)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            known = list(map(str, action.choices))
            problem = f"there is no {str(action.metavar).lower()} {value}"
            if action.option_strings:
                problem = f"{action.option_strings[-1]} is “{value}”, but must be {one_of(known)}"
            raise PipelineError(ExitCode.USAGE, problem, did_you_mean(str(value), known, _HELP))


def _long(option: str) -> str:
    """The long form of ``-v/--verbose``."""
    return option.split("/")[-1]


def path(text: str) -> Path:
    """The type of an option that takes a path. An empty one, the current folder, is refused."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)
