"""The working folder: who may write where, and what earlier runs left there."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pipeline.engine.graph import Graph
from pipeline.engine.locks import Locks
from pipeline.engine.profiles import Profile
from pipeline.engine.run_records import RUNS_KEPT, Run
from pipeline.runtime.atomic_files import keep_newest, published_folder, sweep, write_text
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error

_GATE = "gate"
_PATIENCE_S = 60.0
"""How long a run waits while another one plans."""


class Workspace:
    """A ``workdir``: created on first use."""

    def __init__(self, folder: Path) -> None:
        """Raises PipelineError: NOT_WRITABLE where nothing can be written, USAGE."""
        self.folder = folder.absolute()
        if "{" in str(self.folder) or "}" in str(self.folder):
            raise PipelineError(
                ExitCode.USAGE,
                f"the engine cannot work in a folder with braces in its path: {self.folder}",
                "Choose another one with WORKDIR=…",
            )
        try:
            (self.folder / "runs").mkdir(parents=True, exist_ok=True)
            self._locks = Locks(self.folder / ".lock")
        except OSError as error:
            known = from_os_error(error)
            if known is None:
                raise
            raise known from error

    def begin_run(self, profile: Profile) -> Run:
        """Record that this process is at work here.

        Raises PipelineError: BUSY if another host is.
        """
        run = Run(self.folder / "runs", self._locks, profile.folder.name)
        try:
            run.refuse_other_hosts()
        except PipelineError:
            run.undo()
            raise
        return run

    @contextmanager
    def gate(self) -> Iterator[None]:
        """Keep others from registering items and claiming folders while the block runs.

        Raises PipelineError BUSY if another run takes too long over it.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while not self._locks.acquire(_GATE):
            if time.monotonic() > deadline:
                raise PipelineError(
                    ExitCode.BUSY,
                    f"another run has been planning for {_PATIENCE_S:.0f} s in {self.shown('')}",
                    "Stop it, or try again later",
                )
            time.sleep(0.05)
        try:
            yield
        finally:
            self._locks.release([_GATE])

    @contextmanager
    def alone(self, work: str) -> Iterator[None]:
        """Keep other processes from the same work while the block runs; raises BUSY."""
        if not self._locks.acquire(work):
            raise PipelineError(
                ExitCode.BUSY, f"another process is at it already: {work}", "Let it end"
            )
        try:
            yield
        finally:
            self._locks.release([work])

    def claim(self, run: Run, writes: Iterable[str], reads: Iterable[str]) -> None:
        """Keep other runs from writing to folders, and from reading those that are written.

        Raises PipelineError BUSY, with nothing claimed, if one is in use.
        """
        wanted = dict.fromkeys(reads, True) | dict.fromkeys(writes, False)
        taken: list[str] = []
        for name, shared in wanted.items():
            if not self._locks.acquire(name, shared=shared):
                self._locks.release(taken)
                raise self._busy(run, name)
            taken.append(name)
        run.record.works_on = sorted(name for name, shared in wanted.items() if not shared)
        run.save()

    def sweep(self, names: Iterable[str]) -> None:
        """Remove what killed stages left half-written in folders."""
        for folder in (self.folder / name for name in names):
            if folder.exists():
                sweep(folder)

    def _busy(self, run: Run, name: str) -> PipelineError:
        holder = run.holder_of(name)
        who = f" (process {holder.pid}, `{holder.command}`)" if holder else ""
        return PipelineError(
            ExitCode.BUSY,
            f"another run{who} is at work on {self.shown(name)}",
            "Let it end, or queue behind it with WAIT=1",
        )

    @contextmanager
    def locked(self, name: str) -> Iterator[bool]:
        """Keep other runs from a folder while the block runs; yields whether it was free."""
        free = self._locks.acquire(name)
        try:
            yield free
        finally:
            self._locks.release([name] if free else [])

    def item_names(self) -> list[str]:
        """The names of all items that were ever registered here, in order."""
        pointers = self.folder.glob("*/source.*.json")
        return sorted({pointer.parent.name for pointer in pointers})

    def set_aside(self, folder: str) -> str:
        """Keep a copy of a folder, whose path is returned, before what is in it is replaced.

        The copy that was kept before goes. Files are linked, not copied.
        """
        copy = f"{folder}-previous"
        with published_folder(self.folder / copy) as temporary:
            for file in filter(Path.is_file, (self.folder / folder).iterdir()):
                os.link(file, temporary / file.name)
        return copy

    def exist(self, targets: Iterable[str]) -> bool:
        """Whether there are all of these files."""
        return all((self.folder / target).exists() for target in targets)

    def save_graph(self, graph: Graph) -> Path:
        """Write the engine's settings file, named by its content."""
        content = msgspec.json.encode(graph)
        path = self.folder / ".graphs" / f"{hashlib.sha256(content).hexdigest()[:12]}.json"
        write_text(path, content.decode())  # also if it is there: the newest are kept
        keep_newest(path.parent, "*.json", RUNS_KEPT)
        keep_newest(self.folder / ".snakemake" / "log", "*.log", RUNS_KEPT)
        return path

    def stamp(self, target: str) -> int:
        """A number that changes when ``target`` is made again; 0 if it does not exist."""
        path = self.folder / target
        return path.stat().st_mtime_ns if path.exists() else 0

    def shown(self, target: str) -> str:
        """A path below this folder as the user would type it."""
        path = self.folder / target
        return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)

    def remove(self, run: Run, name: str) -> bool:
        """Remove a folder, or one inside an item's, and all in it; returns whether it was there.

        Raises PipelineError BUSY if another run is at work on it.
        """
        folder = self.folder / name
        if not folder.exists():
            return False
        item = name.partition("/")[0]
        claimed = item if item in self.item_names() else name
        if not self._locks.acquire(claimed):
            raise self._busy(run, claimed)
        shutil.rmtree(folder)
        return True
