"""The verb ``manual``: the manual page, made from what ``--help`` says.

docs/yajiuma.1 is its output, and the wheel installs that where ``man`` looks.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator

from pipeline.engine.application import Call, Command
from pipeline.engine.command_line import PROGRAM, CommandLine, VerbParser
from pipeline.runtime.errors import ExitCode


def _run(call: Call) -> ExitCode:
    """Print the manual page, for man."""
    for line in manual(call.application.command_line()):
        print(line)
    return ExitCode.OK


def manual(command_line: CommandLine) -> Iterator[str]:
    """The lines of the page in the macros of man(7): all verbs, then all options."""
    summary, _, usage = (command_line.description or "").partition("\n")
    verbs = command_line.verbs
    yield f".TH {PROGRAM.upper()} 1"
    yield from [".SH NAME", _text(f"{PROGRAM} - {summary[0].lower()}{summary[1:].rstrip('.')}")]
    yield from [".SH SYNOPSIS", f".B {PROGRAM}", _text("VERB [option ...]")]
    yield from [".SH DESCRIPTION", ".nf", *map(_text, usage.strip("\n").splitlines()), ".fi"]
    yield ".SH VERBS"
    for name, parser in verbs.items():
        takes = [option for option in _options(parser) if option not in ("--help", "--verbose")]
        yield from [".TP", f".B {_text(' '.join([name, *_positionals(parser)]))}"]
        yield _text(" ".join((parser.description or "").split()))
        yield from [".br", _text(f"Takes {', '.join(takes)}.")] if takes else []
    yield ".SH OPTIONS"
    every = {name: action for parser in verbs.values() for name, action in _options(parser).items()}
    for name in sorted(every):
        metavar = "" if every[name].nargs == 0 else every[name].metavar or name[2:].upper()
        yield from [".TP", f'.BI {_text(name)} " {_text(str(metavar))}"']
        yield _text(" ".join((every[name].help or "").split()))
    yield ".SH SETTINGS"
    yield _text(
        f"{PROGRAM} VERB --help lists the settings of a verb, {PROGRAM} docs the documents."
    )


def _options(parser: VerbParser) -> dict[str, argparse.Action]:
    """The options that concern a verb, by their long names."""
    return {
        action.option_strings[-1]: action
        for action in parser._actions
        if action.option_strings and action.help != argparse.SUPPRESS
    }


def _positionals(parser: VerbParser) -> Iterable[str]:
    for action in parser._actions:
        if not action.option_strings:
            word = str(action.metavar)
            yield {"*": f"[{word} ...]", "+": f"{word} ...", "?": f"[{word}]"}.get(
                str(action.nargs), word
            )


def _text(line: str) -> str:
    """A line of plain text, with nothing in it that roff would take for its own."""
    escaped = line.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return re.sub(r"^([.'])", r"\\&\1", escaped)


MANUAL = Command("manual", _run)
