"""A stage as a process: from its command line to its exit code, with its log and its record."""

from __future__ import annotations

import argparse
import logging
import logging.handlers
import os
import platform
import shlex
import sys
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from pipeline.engine import gpu_slots, stage_record
from pipeline.engine.settings import StageConfig, load_stage_config, parse_stage_config
from pipeline.engine.stage import Files, Stage, is_plural
from pipeline.engine.stage_record import Fault, StageRecord
from pipeline.engine.watchdog import Watchdog
from pipeline.runtime import numerics, torchrun
from pipeline.runtime.arguments import Parser, path
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error, printable
from pipeline.runtime.file_digest import sha256
from pipeline.runtime.leaving import leave
from pipeline.runtime.logs import VERBOSE, log

_LOGS_KEPT = 5
"""Logs of earlier runs, beside the last one's."""


def main(stage: Stage) -> None:
    """Run a stage as a program: parse the command line, work, and exit with an ExitCode."""
    numerics.configure()
    program = sys.modules["__main__"].__spec__
    named = replace(stage, module=program.name) if program else stage
    leave(run_from_command_line(named, sys.argv[1:]))


def run_from_command_line(stage: Stage, arguments: list[str]) -> ExitCode:
    """Do what a stage's command line asks; the record of it goes beside the logs."""
    try:
        options = _parser(stage).parse_args(arguments)
    except PipelineError as error:
        print(f"{stage.name}: error: {error}", file=sys.stderr)
        return error.code
    if options.check is not None:
        return _check(stage, msgspec.json.decode(options.check))
    verbose = options.verbose or bool(os.environ.get(VERBOSE))
    watchdog = Watchdog()
    started, clock = time.time(), time.monotonic()
    logs: Path | None = None
    settings: dict[str, Any] = {}
    digests: dict[str, str] = {}
    amounts: dict[str, float] = {}
    size, from_start = 0, True
    try:
        outputs = _files(stage.outputs, options.output, "--output")
        folder = options.folder or outputs.folder
        logs = folder / "logs"
        label = f"{stage.name} {options.label or folder.name}"
        from_start = not stage_record.may_resume(logs, stage.name)
        _start_logging(logs / f"{stage.name}.log", label, verbose)
        stage_record.forget(logs, stage.name)
        log.debug("started: %s", shlex.join(arguments))
        config = _config(stage, options)
        settings = msgspec.to_builtins(config)
        needless = stage.without(settings) if stage.without else ()
        needed = {name: path for name, path in stage.inputs.items() if name not in needless}
        inputs = _files(needed, options.input, "--input", {**stage.inputs, **stage.optional})
        with gpu_slots.taken() if stage.gpu and not torchrun.is_distributed() else nullcontext():
            message = stage.run(inputs, outputs, config)
        digests = {outputs[name].name: sha256(outputs[name]) for name in stage.editable}
        amounts = dict(stage.measure(outputs)) if stage.measure and torchrun.is_first() else {}
        size = outputs.size_in(folder)
        code, may_pass = ExitCode.OK, False
    except (Exception, KeyboardInterrupt) as error:
        code, message, may_pass = _explain(error)
        # That somebody interrupted it, the driver says.
        level = logging.DEBUG if code == ExitCode.INTERRUPTED else logging.ERROR
        log.log(level, "error: %s", message, exc_info=verbose or code == ExitCode.INTERNAL)
    seconds = time.monotonic() - clock
    if code == ExitCode.OK:
        log.info("%s (%.1f s)", message, seconds)
    if logs is not None and torchrun.is_first():
        StageRecord(
            code=code,
            message=message,
            may_pass=may_pass,
            host=platform.node(),
            started=started,
            seconds=round(seconds, 3),
            cpu_seconds=round(sum(os.times()[:4]), 2),
            memory_mb=watchdog.peak_memory_mb(),
            bytes=size,
            amounts=amounts,
            from_start=from_start,
            settings=settings,
            inputs=[pair.partition("=")[2] for pair in options.input],
            digests=digests,
        ).save(logs, stage.name)
    return code


def _check(stage: Stage, sections: Mapping[str, Any]) -> ExitCode:
    """Try the settings alone and write what is wrong with them to stdout, for ``preflight``."""
    try:
        if stage.check is not None:
            own = parse_stage_config(
                msgspec.json.encode(sections[stage.name]).decode(), stage.config
            )
            stage.check(own, sections)
    except PipelineError as error:
        sys.stdout.buffer.write(msgspec.json.encode(Fault(error.code, error.problem, error.remedy)))
        return error.code
    except (Exception, KeyboardInterrupt) as error:  # the stage itself or the driver reports it
        return _explain(error)[0]
    return ExitCode.OK


def _explain(error: BaseException) -> tuple[ExitCode, str, bool]:
    """The code, the message, and whether another try may succeed."""
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED, "interrupted; run again to go on", True
    known = error if isinstance(error, PipelineError) else from_os_error(error)
    if known is not None:
        return known.code, str(known), known.may_pass
    problem = f"{type(error).__name__}: {error}. This is a fault of Yajiuma's."
    return ExitCode.INTERNAL, problem, False


def _parser(stage: Stage) -> Parser:
    module = sys.modules[stage.run.__module__]
    parser = Parser(prog=f"python -m {stage.module}", description=module.__doc__)
    inputs = {**stage.inputs, **stage.optional}
    for option, templates in (("--input", inputs), ("--output", stage.outputs)):
        names = ", ".join(f"{name} (usually workdir/{path})" for name, path in templates.items())
        parser.add_argument(
            option, action="append", default=[], metavar="NAME=PATH", help=f"one each of: {names}"
        )
    parser.add_argument(
        "--folder",
        type=path,
        help="where the log goes; usually that of the first output",
    )
    parser.add_argument("--label", help="what messages call it; usually the name of that folder")
    parser.add_argument("--config", type=path, help="settings file; the stage reads its section")
    parser.add_argument("--settings", metavar="JSON", help="the stage's section itself, as JSON")
    parser.add_argument(
        "--check", metavar="JSON", help="only try the settings, given those of all stages by name"
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="details, and tracebacks of errors"
    )
    return parser


def _files(
    templates: Mapping[str, str],
    pairs: list[str],
    option: str,
    optional: Mapping[str, str] = MappingProxyType({}),
) -> Files:
    paths: dict[str, list[Path]] = {name: [] for name in (*templates, *optional)}
    for pair in pairs:
        name, _, path = pair.partition("=")
        if name not in paths or not path:
            raise _usage(f"{option} {pair} is not one of {', '.join(paths)}")
        paths[name].append(Path(path))
    for name, template in templates.items():
        if len(paths[name]) != 1 and not is_plural(template):
            raise _usage(f"{option} {name}=PATH must be given once, not {len(paths[name])} times")
    return Files(paths)


def _usage(problem: str) -> PipelineError:
    return PipelineError(ExitCode.USAGE, problem, "--help shows the form")


def _config(stage: Stage, options: argparse.Namespace) -> StageConfig:
    if options.settings is not None:
        return parse_stage_config(options.settings, stage.config)
    if options.config is not None:
        return load_stage_config(options.config, stage.name, stage.config)
    return stage.config()


def _start_logging(path: Path, label: str, verbose: bool) -> None:
    to_screen = logging.StreamHandler()
    to_screen.setFormatter(_Printable(f"{label}: %(message)s"))
    to_screen.setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.basicConfig(level=logging.INFO, handlers=[to_screen], force=True)
    log.setLevel(logging.DEBUG if torchrun.is_first() else logging.WARNING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # where the disk is full the stage says so, once
    sys.unraisablehook = lambda fault: log.debug("ignored: %s", fault.exc_value)
    sys.excepthook = _keep_to_the_log
    path.parent.mkdir(parents=True, exist_ok=True)
    to_file = logging.handlers.RotatingFileHandler(
        path, backupCount=_LOGS_KEPT, encoding="utf-8", errors="backslashreplace"
    )
    if torchrun.is_first() and path.stat().st_size:
        to_file.doRollover()
    to_file.setFormatter(_Printable("%(asctime)s %(levelname)s %(message)s"))
    to_file.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(to_file)


class _Printable(logging.Formatter):
    """One line for each message, whatever files are called; tracebacks keep theirs."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return printable(super().formatMessage(record))


def _keep_to_the_log(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Take what h5py prints when it fails once more to write to a full disk."""
    if "decrement id ref count" in str(error):
        log.debug("ignored: %s", error)
    else:
        sys.__excepthook__(kind, error, trace)
