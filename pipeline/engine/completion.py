"""Completion of the command line by the shell, through argcomplete."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from pipeline.engine.catalog import all_stages, stage_configs
from pipeline.engine.command_line import CommandLine, VerbParser, named_settings, short_forms
from pipeline.engine.profiles import PROFILES
from pipeline.engine.settings import section
from pipeline.runtime import setting_words

_OR_FILES = ("words", "config", "profile")
"""What may be a file beside the words that are known."""


def complete(command_line: CommandLine) -> None:
    """Answer the shell and exit, if it is the shell that asks."""
    if "_ARGCOMPLETE" not in os.environ:
        return
    import argcomplete
    from argcomplete.completers import FilesCompleter

    files = FilesCompleter()
    for name, parser in command_line.verbs.items():
        for action in parser._actions:
            if action.choices is None:
                completer = _completer(name, parser, action.dest, files)
                action.completer = completer  # type: ignore[attr-defined]
    argcomplete.autocomplete(command_line, always_complete_options=False)


def _completer(
    verb: str, parser: VerbParser, option: str, files: Callable[..., Iterable[str]]
) -> Callable[..., Iterable[str]]:
    """What may be written for an option, or for the words after the verb."""
    words: Iterable[str] = ()
    if option == "words" and parser.takes_stages:
        words = all_stages()
    elif option == "set":
        words = [f"{name}=" for name in _settings()]
    elif option == "config":
        words = named_settings()
    elif option == "profile":
        words = [path.parent.name for path in PROFILES.glob("*/config.yaml")]
    elif option in short_forms():
        words = _choices(verb, short_forms()[option].setting)

    def completer(prefix: str, **how: Any) -> Iterable[str]:
        closed = words and option not in _OR_FILES
        return words if closed else [*words, *files(prefix, **how)]

    return completer


def _settings() -> Iterator[str]:
    """The dotted names of all settings of stages."""
    for stage, kind in stage_configs().items():
        yield from _below(".".join(section(stage)), kind)


def _below(above: str, kind: type[msgspec.Struct]) -> Iterator[str]:
    for name, form in setting_words.fields(kind).items():
        if parts := setting_words.names_in(form):
            yield from (f"{above}.{name}.{part}" for part in parts)
        else:
            yield f"{above}.{name}"


def _choices(verb: str, setting: str) -> list[str]:
    """The words of which a stage's setting is one."""
    kind = stage_configs().get(verb)
    form = setting_words.fields(kind).get(setting) if kind else None
    return setting_words.choices(form) if form else []
