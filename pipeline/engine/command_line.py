"""The command line: a verb, what it works on, and options that stand for variables.

Variables may be given as after make, too: ``yajiuma render FORMAT=gif WAIT=1``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.engine.catalog import stage_configs
from pipeline.engine.settings import section
from pipeline.engine.settings_file import Assignment
from pipeline.engine.versions import own_version
from pipeline.runtime.arguments import Parser, path
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import CONFIGS, DEFAULTS
from pipeline.runtime.spelling import closest, did_you_mean

PROGRAM = "yajiuma"
OWN_SETTINGS = Path("yajiuma.yaml")
"""The settings file of the current folder, which is used where none is named."""
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
    """What may follow a verb: options that default to what make passes on by the environment.

    Make passes on whatever it is given, so each verb takes all options. Its help shows those that
    concern it: if it ``takes_stages``, all but other stages' short forms, else those it ``uses``.
    """

    def __init__(
        self,
        *,
        takes_stages: bool = False,
        uses: Collection[str] = (),
        details: Callable[[], str] = str,
        **options: Any,
    ) -> None:
        super().__init__(allow_abbrev=False, **options)
        self.takes_stages = takes_stages
        self.takes_items = False
        self.variables: list[str] = []
        """The variables of the environment that stand for options."""
        self.shown: list[str] = []
        """Those that concern the verb."""
        self._uses = uses
        self._details = details

    def variable(self, name: str, *, shown: bool | None = None, **how: Any) -> None:
        """Add ``--name``, which defaults to the variable NAME and is None without either.

        ``shown`` says whether it concerns the verb, where that does not follow from the verb.
        """
        self.variables.append(name.upper())
        given = os.environ.get(name.upper()) or None
        if given is not None and how.get("type") is path:
            how["default"] = Path(given)
        if shown if shown is not None else self.takes_stages or name in self._uses:
            self.shown.append(name.upper())
        else:
            how["help"] = argparse.SUPPRESS
        self.add_argument(f"--{name}", **{"default": given, "action": _Given} | how)

    def format_help(self) -> str:
        """argparse's help, and what is longer than a line of it."""
        given = (
            f"Options may also be given as variables ({', '.join(self.shown)}), in the environment"
            " or as NAME=VALUE after the verb."
        )
        paragraphs = [self._details(), textwrap.fill(given, 100) if self.shown else ""]
        self.epilog = "\n\n".join(filter(None, paragraphs))
        return super().format_help()

    def as_options(self, words: Iterable[str]) -> Iterator[str]:
        """``words`` with NAME=VALUE put as an option. Raises PipelineError USAGE."""
        for word in words:
            name, equals, value = word.partition("=")
            if not (equals and re.fullmatch("[A-Z]+", name)):
                yield word
                continue
            if name not in self.variables:
                remedy = did_you_mean(name, self.variables, "--help lists them")
                problem = f"{name}= is not a known variable"
                raise PipelineError(ExitCode.USAGE, problem, remedy)
            option = f"--{name.lower()}"
            if self._option_string_actions[option].nargs != 0:
                yield from [f"{option}={value}"] if value else []
            elif value.casefold() not in _NO:
                yield option


class _Given(argparse.Action):
    """Stores a value. A second one is refused or, if values are ``joined``, added after a space."""

    def __init__(self, *names: Any, joined: bool = False, **how: Any) -> None:
        super().__init__(*names, **how)
        self._joined = joined

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        """Store ``values``."""
        given: set[str] = vars(namespace).setdefault("_given", set())
        if self.dest in given:
            if not self._joined:
                parser.error(f"{option} is given twice: give it once")
            values = f"{getattr(namespace, self.dest)} {values}"
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class CommandLine(Parser):
    """All verbs, each with its own parser."""

    def __init__(self, description: str) -> None:
        super().__init__(
            prog=PROGRAM,
            formatter_class=partial(argparse.RawDescriptionHelpFormatter, max_help_position=16),
            description=description,
            epilog=f"{PROGRAM} VERB --help explains a verb, with its settings.",
        )
        version = f"{PROGRAM} {own_version()}"
        self.add_argument("--version", action="version", version=version)
        self._parsers = self.add_subparsers(
            metavar="VERB", title="verbs", required=True, parser_class=VerbParser
        )
        self.verbs: dict[str, VerbParser] = {}

    def add_verb(self, name: str, description: str, **how: Any) -> VerbParser:
        """Add a verb; the first sentence of its description stands in the list of verbs."""
        summary = re.split(r"[.:;]\s", f"{description} ", maxsplit=1)[0]
        parser: VerbParser = self._parsers.add_parser(
            name,
            help=(summary[0].lower() + summary[1:]).replace("%", "%%"),
            description=description,
            **how,
        )
        self.verbs[name] = parser
        return parser

    def parse(self, words: Sequence[str]) -> Options:
        """What the words after the program's name ask for. Raises PipelineError USAGE."""
        if not words or words[0] not in self.verbs:
            if words and words[0].startswith("-") and words[0] not in self._option_string_actions:
                self.error(f"VERB is missing: it comes before {words[0]}")
            return self.parse_args(words)  # which helps, or says what is wrong
        verb, *rest = words
        parser = self.verbs[verb]
        options = parser.parse_intermixed_args(list(parser.as_options(rest)))
        others = [word for word in getattr(options, "words", ()) if word in self.verbs]
        options.verbs = [verb, *others]
        options.items = self._items(options)
        options.config = _settings_file(options.config)
        options.workdir = options.workdir or Path("workdir")
        options.profile = options.profile or "local"
        return options

    def _items(self, options: Options) -> list[Path]:
        """What is named to work on, behind the verbs or by its variable."""
        items = [word for word in getattr(options, "words", ()) if word not in self.verbs]
        for word in items:
            is_word = re.fullmatch(r"[\w-]+", word) and not Path(word).exists()
            if is_word and closest(word, self.verbs):
                remedy = did_you_mean(word, self.verbs, "--help lists them")
                raise PipelineError(ExitCode.USAGE, f"there is no verb {word}", remedy)
        if items and options.item:
            raise PipelineError(
                ExitCode.USAGE,
                f"both {items[0]} and {options.item} are named to work on",
                "Give all behind the verb, and leave the variable out",
            )
        return list(map(path, items)) if items else [*filter(None, [options.item])]


def _settings_file(given: Path | None) -> Path:
    """The file or folder that is named; else the current folder's, or the project's."""
    if given is None:
        return OWN_SETTINGS if OWN_SETTINGS.exists() else DEFAULTS
    return given if given.exists() else named_settings().get(str(given), given)


def named_settings() -> dict[str, Path]:
    """The settings that come with the project, by the names that ``--config`` takes."""
    return {path.stem: path for path in [*sorted(CONFIGS.glob("*.yaml")), DEFAULTS]}


def add_items(parser: VerbParser, noun: str, about: str, *, taken: bool) -> None:
    """Let names of items follow a verb where they are ``taken``, and more verbs if it takes stages.

    The variable of their noun is taken by every verb.
    """
    parser.takes_items = taken
    if taken:
        stages = ", or another verb of a stage" if parser.takes_stages else ""
        parser.add_argument("words", nargs="*", metavar=noun.upper(), help=f"{about}{stages}")
    parser.variable(
        noun, dest="item", shown=taken, type=path, metavar=noun.upper(), help=f"the same: {about}"
    )


def add_general_options(parser: VerbParser, short: Collection[str]) -> None:
    """Options that any verb may need; ``short`` lists the short forms that concern it."""
    parser.variable(
        "config",
        type=path,
        metavar="FILE",
        help=f"settings: a file, a folder of several, or one of {', '.join(named_settings())}"
        f" (default: {OWN_SETTINGS} of the current folder, or else default)",
    )
    parser.variable(
        "workdir", type=path, metavar="DIR", help="for all outputs (default: ./workdir)"
    )
    parser.variable(
        "set",
        joined=True,
        metavar="KEY=VALUE",
        help="settings for this run, such as render.viewers=halves; several stand"
        " between spaces or each behind a --set, and values that hold spaces are quoted",
    )
    for name, form in short_forms().items():
        parser.variable(name, shown=name in short, metavar=form.metavar, help=form.help)
    parser.variable(
        "profile",
        help="where and how jobs run: local, ci, slurm, kubernetes, or the path of a folder"
        " (default: local)",
    )
    parser.variable(
        "wait",
        action="store_true",
        default=os.environ.get("WAIT", "").casefold() not in _NO,
        help="wait for another run instead of giving up",
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="details, and tracebacks of errors"
    )


def short_forms() -> Mapping[str, ShortForm]:
    """The short forms that the stages declare, by the names of their options."""
    forms: Mapping[str, ShortForm] = importlib.import_module("stages").SHORT_FORMS
    return forms


def short_forms_of(stage: str) -> list[str]:
    """The names of those that a stage takes."""
    return [name for name, form in short_forms().items() if stage in _takers(form)]


def _takers(form: ShortForm) -> list[str]:
    kinds = stage_configs()
    return [name for name, kind in kinds.items() if form.setting in kind.__struct_fields__]


def assignments(options: Options, stages: Iterable[str]) -> list[Assignment]:
    """What the command line sets for a run of ``stages``.

    Raises PipelineError: USAGE, INVALID_SETTING.
    """
    written = [_in_full(Assignment.parse(word)) for word in _words(options.set or "")]
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


def _in_full(written: Assignment) -> Assignment:
    """``render.of`` stands for the setting that OF sets of the stage."""
    *above, last = written.keys
    form = short_forms().get(last)
    if form is None or above not in [section(name) for name in _takers(form)]:
        return written
    return replace(written, keys=(*above, form.setting))


def _spelled_out(
    variable: str, form: ShortForm, text: str, verb: str, stages: Iterable[str]
) -> list[Assignment]:
    takers = _takers(form)
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
