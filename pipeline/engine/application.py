"""``yajiuma VERB``: from a command line to an exit code."""

from __future__ import annotations

import inspect
import os
import signal
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from pipeline.engine.catalog import all_stages, groups, products, stage_configs
from pipeline.engine.command_line import (
    OWN_SETTINGS,
    CommandLine,
    Options,
    VerbParser,
    add_general_options,
    add_items,
    assignments,
    short_forms,
    short_forms_of,
)
from pipeline.engine.completion import complete
from pipeline.engine.driver import Request
from pipeline.engine.items import Items
from pipeline.engine.profiles import Profile, load_profile
from pipeline.engine.settings import Settings, load_settings
from pipeline.engine.stage_help import description, details
from pipeline.engine.workspace import Workspace
from pipeline.runtime import numerics
from pipeline.runtime.environment import complete_environment
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error, printable
from pipeline.runtime.extras import require_extra
from pipeline.runtime.spelling import misspelt_variables


@dataclass(frozen=True)
class Command:
    """A verb that is no stage."""

    name: str
    run: Callable[[Call], ExitCode]
    """Its docstring describes the verb to users."""
    add_options: Callable[[VerbParser], None] = lambda parser: None
    """Adds options of its own."""
    takes_stages: bool = False
    """Whether names of stages, and then of items, may follow it."""
    takes_items: bool = False
    """Whether names of items may follow it."""
    uses: Collection[str] = ()
    """The general options that concern it, if it takes no stages."""
    extra: str = ""
    """The extra of the package that it needs, if any."""


@dataclass(frozen=True)
class Application:
    """The engine with what it works on and all its verbs."""

    description: str
    """What the program is for, and how it is called."""
    items: Items
    commands: Sequence[Command]
    run: Callable[[Call], ExitCode]
    """Brings stages up to date."""
    refresh: Callable[[Workspace], None] = lambda workspace: None
    """Brings what is made of all items together up to date, after a run made what people open."""

    def main(self) -> ExitCode:
        """Run the verb of this process's command line and return what to exit with."""
        numerics.configure()  # for commands that compute in this process
        command_line = self.command_line()
        complete(command_line)
        try:
            options = command_line.parse(sys.argv[1:])
        except PipelineError as error:
            say(f"error: {error}")
            return error.code
        complete_environment(options.workdir)
        verb = options.verbs[0]
        variables = command_line.verbs[verb].variables
        for name, near in misspelt_variables(os.environ, variables).items():
            say(f"{verb}: {name} in the environment means nothing. Did you mean {near}?")
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                signal.signal(number, signal.default_int_handler)
        try:
            code = self._dispatch(options)
            sys.stdout.flush()
            return code
        except BrokenPipeError:  # whoever reads the output has enough of it
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return ExitCode.OK
        except PipelineError as error:
            say(f"{verb}: error: {error}")
            return error.code
        except OSError as error:
            known = from_os_error(error)
            if known is None or options.verbose:
                raise
            say(f"{verb}: error: {known}")
            return known.code
        except KeyboardInterrupt:
            say(f"{verb}: interrupted; run again to go on")
            return ExitCode.INTERRUPTED

    def command_line(self) -> CommandLine:
        """All verbs with their options; those first whose outputs people open."""
        line = CommandLine(self.description)
        for name in products():
            self._add_stage(line, name)
        for name, stages in groups().items():
            about = f"Do {' and '.join(stages)}, and all they need."
            verb = line.add_verb(name, about, takes_stages=True)
            self._add_options(verb, short_forms(), takes_items=True)
        for command in self.commands:
            verb = line.add_verb(
                command.name,
                inspect.getdoc(command.run) or "",
                takes_stages=command.takes_stages,
                uses=command.uses,
            )
            takes_items = command.takes_items or command.takes_stages
            command.add_options(verb)
            short = short_forms() if command.takes_stages else command.uses
            self._add_options(verb, short, takes_items=takes_items)
        for name in all_stages():
            if name not in line.verbs:
                self._add_stage(line, name)
        return line

    def _add_stage(self, line: CommandLine, name: str) -> None:
        stage = all_stages()[name]
        told = partial(details, stage, self.items.noun)
        verb = line.add_verb(name, description(stage), takes_stages=True, details=told)
        self._add_options(verb, short_forms_of(name), takes_items=True)

    def _add_options(self, verb: VerbParser, short: Collection[str], *, takes_items: bool) -> None:
        add_items(verb, self.items.noun, self.items.about, taken=takes_items)
        self.items.add_options(verb)
        add_general_options(verb, short)

    def _dispatch(self, options: Options) -> ExitCode:
        verb, *others = options.verbs
        command = next((command for command in self.commands if command.name == verb), None)
        allowed = {*all_stages(), *groups()} if command is None or command.takes_stages else set()
        if strangers := set(others) - allowed:
            raise PipelineError(
                ExitCode.USAGE,
                f"{', '.join(sorted(strangers))} cannot follow {verb}",
                "Give it a call of its own",
            )
        if command is not None:
            require_extra(command.extra, [verb])
        run = self.run if command is None else command.run
        return run(Call(self, options))


@dataclass(frozen=True)
class Call:
    """One call of a verb: its options, and what follows from them when it is asked for."""

    application: Application
    options: Options

    @property
    def verb(self) -> str:
        """The first verb of the command line."""
        verb: str = self.options.verbs[0]
        return verb

    @property
    def items(self) -> Items:
        """What the items are."""
        return self.application.items

    @cached_property
    def stages(self) -> list[str]:
        """The stages that are named, or stand behind the verbs that are."""
        named = [groups().get(verb, [verb]) for verb in self.options.verbs]
        return [name for names in named for name in names if name in all_stages()]

    @cached_property
    def settings(self) -> Settings:
        """The settings file with what the command line says on top.

        Raises PipelineError: USAGE, UNKNOWN_SETTING, INVALID_SETTING.
        """
        settings = load_settings(
            self.options.config,
            stage_configs(),
            self.items.general,
            assignments(self.options, self.stages or products()),
        )
        if self.options.config == OWN_SETTINGS and not self.profile.quiet:
            self.say(f"takes the settings of {OWN_SETTINGS}")
        general = self.items.settings(settings.general, self.options)
        return Settings(general, settings.stages)

    @cached_property
    def workspace(self) -> Workspace:
        """The working folder. Raises PipelineError: NOT_WRITABLE, USAGE."""
        return Workspace(self.options.workdir)

    @cached_property
    def profile(self) -> Profile:
        """Where jobs run. Raises PipelineError: USAGE, INVALID_SETTING."""
        return load_profile(self.options.profile)

    @property
    def request(self) -> Request:
        """What is to be brought up to date."""
        return Request(self.items, self.settings, self.stages or products())

    def say(self, line: str) -> None:
        """Tell the user something."""
        say(f"{self.verb}: {line}")


def say(line: str) -> None:
    """Write a line to the user's screen, with nothing in it that could harm a terminal."""
    print(printable(line), file=sys.stderr)
