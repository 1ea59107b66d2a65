"""Running Snakemake over the graph, and learning from it what it would do and why."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pipeline.fingerprint import PROJECT

PROFILE = PROJECT / "configs" / "profiles" / "local"


@dataclass(frozen=True)
class Job:
    """One stage for one video, or for the model."""

    stage: str
    of: str
    reason: str


def run_graph(workdir: Path, graph_file: Path, targets: list[str], log: Path) -> bool:
    """Make ``targets`` (paths below ``workdir``); True if all were made.

    The engine's own words go to ``log``; the stages write to the screen themselves.
    """
    with log.open("a", encoding="utf-8") as said:
        return _snakemake(_arguments(workdir, graph_file, targets), said)


def plan_graph(workdir: Path, graph_file: Path, targets: list[str], log: Path) -> list[Job] | None:
    """What ``run_graph`` would do, in order; None if the engine refuses."""
    collector = _JobCollector()
    # Its own logger is cleared at the start of a run; the parent hears all the same.
    engine = logging.getLogger("snakemake")
    engine.addHandler(collector)
    try:
        with log.open("a", encoding="utf-8") as said:
            arguments = _arguments(workdir, graph_file, targets, "--dry-run")
            return collector.jobs if _snakemake(arguments, said) else None
    finally:
        engine.removeHandler(collector)


def _arguments(workdir: Path, graph_file: Path, targets: list[str], *more: str) -> list[str]:
    return [
        *("--snakefile", str(PROJECT / "pipeline" / "Snakefile"), "--directory", str(workdir)),
        *("--configfile", str(graph_file), "--profile", str(PROFILE), "--cores", "all"),
        *more,
        "--",
        *targets,
    ]


def _snakemake(arguments: list[str], said: TextIO) -> bool:
    """Run Snakemake in this process, so that its jobs keep the terminal and it does not."""
    from snakemake.cli import main

    with (
        _importable_from_anywhere(),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        try:
            main(arguments)
        except SystemExit as done:
            return done.code == 0
    return False


@contextlib.contextmanager
def _importable_from_anywhere() -> Iterator[None]:
    """The jobs run inside ``workdir`` and must find this project, wherever it lies."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), before]))
    if str(PROJECT) not in sys.path:
        sys.path.insert(0, str(PROJECT))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


class _JobCollector(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[Job] = []

    def emit(self, record: logging.LogRecord) -> None:
        stage = getattr(record, "rule_name", None)
        if stage is None or not hasattr(record, "reason"):
            return
        outputs = list(getattr(record, "output", []))
        of = outputs[0].rsplit("/", 1)[0] if outputs else ""
        self.jobs.append(Job(stage, of, _in_plain_words(record.reason)))


def _in_plain_words(reason: str) -> str:
    """Snakemake's reason, with changed parameters told as changed settings or code."""
    match = re.search(r"before: (.*?) now: (.*)", reason)
    if match is None:
        return reason[:1].lower() + reason[1:]
    before, now = (re.findall(r"'([^']*)'", part) for part in match.groups())
    changes = [f"{new} (was {_value(old)})" for old, new in _matched(before, now)]
    return "changed: " + ", ".join(changes) if changes else "settings have changed"


def _matched(before: list[str], now: list[str]) -> Iterator[tuple[str, str]]:
    old = {word.partition("=")[0]: word for word in before}
    for word in now:
        key = word.partition("=")[0]
        yield (old.get(key, "=unset"), "code" if key == "code" else word)


def _value(word: str) -> str:
    return word.partition("=")[2]
