"""Say whether this machine has what the pipeline needs, and how to mend what is missing."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pipeline.engine import gpu_slots
from pipeline.engine.application import Call, Command
from pipeline.engine.catalog import all_stages
from pipeline.engine.profiles import load_profile
from pipeline.engine.run_records import read_runs
from pipeline.runtime.checks import Check, MissingError
from pipeline.runtime.errors import ExitCode, printable
from pipeline.runtime.extras import how_to_install, missing_of
from pipeline.runtime.file_locks import lock_errors

_LOW_SPACE = 5e9  # bytes; features of an hour may take several times as much


def doctor(checks: Sequence[Check]) -> Command:
    """The verb, with ``checks`` of what the stages need."""

    def run(call: Call) -> ExitCode:
        """Check this machine, and say how to mend what is missing."""
        return examine(call.options.workdir, call.options.profile, checks)

    return Command("doctor", run, uses=("profile", "workdir"))


def examine(workdir: Path, profile: str, checks: Sequence[Check]) -> ExitCode:
    """Print a line for each need, and one for all; INTERNAL if one of every run is not met."""
    extras = sorted({stage.extra for stage in all_stages().values() if stage.extra})
    needs = [
        Check("Python", _python),
        *(Check(extra, partial(_extra, extra), required=False) for extra in extras),
        *(check for check in checks if not missing_of(check.extra)),
        Check("GPU", _gpu, required=False),
        Check("machine", _machine),
        Check("profile", lambda: _profile(profile)),
        Check("disk", lambda: _disk(workdir)),
        Check("locks", lambda: _locks(workdir)),
        Check("runs", lambda: _runs(workdir), required=False),
    ]
    to_mend = [check.name for check in needs if not _passes(check) and check.required]
    if not to_mend:
        print("all is well")
        return ExitCode.OK
    things = "thing" if len(to_mend) == 1 else "things"
    print(f"{len(to_mend)} {things} to mend: {', '.join(to_mend)}")
    return ExitCode.INTERNAL


def _passes(check: Check) -> bool:
    try:
        print(f"ok    {check.name:12}{check.run()}")
    except Exception as fault:  # whatever is broken, the other lines still matter
        word = "MEND" if check.required else "note"
        print(f"{word}  {check.name:12}{_remedy(fault)}")
        return False
    return True


def _remedy(fault: Exception) -> str:
    """One line that says how to mend it."""
    if isinstance(fault, ImportError):
        return f"{fault}: {how_to_install('learn')}"
    return printable(str(fault) or type(fault).__name__)


def _extra(extra: str) -> str:
    """What stages there are that need it, and whether it is installed."""
    names = [stage.name for stage in all_stages().values() if stage.extra == extra]
    if missing := missing_of(extra):
        raise MissingError(
            f"no {', '.join(missing)}, which {', '.join(names)} need: {how_to_install(extra)}"
        )
    return f"installed, with all that {', '.join(names)} need"


def _python() -> str:
    return f"{platform.python_version()} at {sys.executable}"


def _gpu() -> str:
    if importlib.util.find_spec("torch") is None:
        raise MissingError("not looked for, as nothing that is installed would use it")
    import torch

    if not torch.cuda.is_available():
        raise MissingError(
            "none that torch can use; everything runs on the CPU, which takes many times as long"
        )
    names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    slots = len(gpu_slots.visible_gpus())
    return ", ".join(names) + (f"; {slots} slots to share" if slots > 1 else "")


def _machine() -> str:
    import psutil

    memory = psutil.virtual_memory()
    return (
        f"{os.cpu_count()} cores, {memory.total / 1e9:.1f} GB of memory,"
        f" {memory.available / 1e9:.1f} GB of it free"
    )


def _profile(name: str) -> str:
    profile = load_profile(name)
    if profile.local:
        return f"{name}: jobs run here"
    plugin = f"snakemake_executor_plugin_{profile.executor.replace('-', '_')}"
    if importlib.util.find_spec(plugin) is None:
        raise MissingError(f"{name} needs {plugin.replace('_', '-')}: {how_to_install(name)}")
    return f"{name}: jobs run by {plugin.replace('_', '-')}"


def _runs(workdir: Path) -> str:
    runs = read_runs(workdir / "runs")
    if not runs:
        return "none yet"
    last = runs[-1]
    if last.state == "running":
        raise MissingError(
            f"one began at {last.started}, by process {last.pid} of {last.host}, and has not"
            " reported its end"
        )
    ended = (
        f"{ExitCode(last.exit_code).name} ({last.message})" if last.exit_code is not None else ""
    )
    return f"{len(runs)} in {workdir}/runs; the last one {last.state} {ended}".rstrip()


def _locks(workdir: Path) -> str:
    """Try both kinds: runs keep to one, and HDF5 to the other."""
    folder = _nearest(workdir)
    with tempfile.NamedTemporaryFile(dir=folder) as file, lock_errors(Path(file.name)):
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return f"files can be locked in {folder}"


def _nearest(workdir: Path) -> Path:
    """The working folder, or the one in which it will be."""
    return next(path for path in [workdir, *workdir.absolute().parents] if path.exists())


def _disk(workdir: Path) -> str:
    folder = _nearest(workdir)
    if not os.access(folder, os.W_OK):
        raise MissingError(f"{folder} is not writable: choose another with WORKDIR=…")
    free = shutil.disk_usage(folder).free
    if free < _LOW_SPACE:
        raise MissingError(
            f"{free / 1e9:.1f} GB free at {folder}: features of long films need more"
        )
    return f"{free / 1e9:.0f} GB free at {folder}"
