"""The driver's command line, whose options stand for variables of the environment."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.engine.catalog import stage_configs
from pipeline.engine.settings import section
from pipeline.engine.settings_file import Assignment
from pipeline.runtime.arguments import Parser, path
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import PROJECT

Options = argparse.Namespace
_NO = ("", "0", "no", "false", "off")


class ShortForm(NamedTuple):
    """A variable that sets one setting of every stage that is named and has it."""

    setting: str
    help: str
    metavar: str | None = None
    read: Callable[[str], Any] = str
    """From what is written to the value; raises ValueError."""


class VerbParser(Parser):
    """A parser with options that default to what make passes on through the environment."""

    def __init__(self, description: str | None, verbs: Sequence[str]) -> None:
        super().__init__(prog="python -m pipeline", description=description)
        self.add_argument(
            "verbs", nargs="+", choices=verbs, metavar="VERB", help="one of " + ", ".join(verbs)
        )
        self.variables: list[str] = []
        """The variables of the environment that stand for options."""

    def variable(self, name: str, **how: Any) -> None:
        """Add ``--name``, which defaults to the variable NAME and is None without either."""
        self.variables.append(name.upper())
        given = os.environ.get(name.upper()) or None
        if given is not None and how.get("type") is path:
            how["default"] = Path(given)
        self.add_argument(f"--{name}", **{"default": given} | how)


def add_general_options(parser: VerbParser) -> None:
    """Options that any verb may need."""
    parser.variable(
        "config",
        type=path,
        help="settings file, or a folder of several (default: configs/default)",
    )
    parser.variable(
        "workdir", type=path, help="where all outputs go (default: the project's workdir)"
    )
    parser.variable(
        "set",
        metavar="KEY=VALUE",
        help="settings for this run, such as render.viewers=halves; several are separated by"
        " spaces, and values that hold spaces are quoted",
    )
    for name, form in short_forms().items():
        parser.variable(name, metavar=form.metavar, help=form.help)
    parser.variable(
        "profile",
        help="where and how jobs run: a folder of configs/profiles, or the path of one"
        " (default: local)",
    )
    parser.variable(
        "wait",
        action="store_true",
        default=os.environ.get("WAIT", "").casefold() not in _NO,
        help="wait for another run instead of giving up",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show tracebacks")


def parse(parser: VerbParser) -> Options:
    """Parse the command line of this process. Raises PipelineError USAGE."""
    parser.epilog = (
        f"Options default to the environment variables {', '.join(parser.variables)}, as make"
        " passes them on."
    )
    options = parser.parse_args()
    options.config = options.config or PROJECT / "configs" / "default"
    options.workdir = options.workdir or PROJECT / "workdir"
    options.profile = options.profile or "local"
    return options


def short_forms() -> Mapping[str, ShortForm]:
    """The short forms that the stages declare, by the names of their options."""
    forms: Mapping[str, ShortForm] = importlib.import_module("stages").SHORT_FORMS
    return forms


def assignments(options: Options, stages: Iterable[str]) -> list[Assignment]:
    """What the command line sets for a run of ``stages``.

    Raises PipelineError: USAGE, INVALID_SETTING.
    """
    written = [Assignment.parse(word) for word in _words(options.set or "")]
    for name, form in short_forms().items():
        if text := getattr(options, name):
            written += _spelled_out(name.upper(), form, text, options.verbs[0], stages)
    return written


def _words(text: str) -> list[str]:
    """``text`` at its spaces, except those within brackets or quotes."""
    words, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        else:
            depth += (letter in "[{") - (letter in "]}")
        if letter.isspace() and not (depth or quote):
            words.append("")
        else:
            words[-1] += letter
    return list(filter(None, words))


def _spelled_out(
    variable: str, form: ShortForm, text: str, verb: str, stages: Iterable[str]
) -> list[Assignment]:
    kinds = stage_configs()
    takers = [name for name, kind in kinds.items() if form.setting in kind.__struct_fields__]
    chosen = [name for name in stages if name in takers]
    if not chosen:
        raise PipelineError(
            ExitCode.USAGE,
            f"{variable}= means nothing to {verb}",
            f"Leave it out; it is for {', '.join(takers)}",
        )
    try:
        value = form.read(text)
    except ValueError as error:
        raise PipelineError(
            ExitCode.USAGE, f"{variable}=: {error}", f"Write {variable}={form.metavar}"
        ) from None
    return [Assignment((*section(name), form.setting), value, f"{variable}=") for name in chosen]
