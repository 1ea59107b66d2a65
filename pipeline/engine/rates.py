"""``workdir/.rates.json``: how stages did against what was expected of them, on each machine."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import msgspec

from pipeline.engine.gpu_slots import visible_gpus
from pipeline.engine.profiles import Profile
from pipeline.engine.workspace import Workspace
from pipeline.runtime.atomic_files import write_text
from pipeline.runtime.errors import PipelineError
from pipeline.runtime.processor import processor_name

SECONDS, BYTES = "seconds", "bytes"

_KEPT = 10
"""Newest pairs of a figure."""
_STARTUP_SPREAD, _WORK_SPREAD = 1.0, 3.0
"""How far a machine may be from a stage's own figures, as standard deviations of the factors: a
processor is some times as fast as another one, but an algorithm that the stage does not know may
be ten times as slow."""
_NOISE = 0.2
"""How much a run differs from the next one, as a share."""

Pairs: TypeAlias = dict[str, list[tuple[float, float]]]
"""By figure, what was expected of the work alone, uncorrected, and what all came to."""


class Rates:
    """How much more or less than expected everything comes to on one machine."""

    def __init__(self, workdir: Path, machine: str) -> None:
        """Read what is known of ``machine``; a file that cannot be read is as good as none."""
        self._file, self._machine = workdir / ".rates.json", machine
        self._pairs = self._read().get(machine, {})
        self._new: list[tuple[str, Pairs]] = []

    def knows(self, kind: str) -> bool:
        """Whether anything of this kind was ever measured."""
        return kind in self._pairs

    def corrected(self, kind: str, figure: str, expected: float, startup: float = 0.0) -> float:
        """``startup`` and an ``expected`` figure, each times what it is likely to be off by."""
        pairs = self._pairs.get(kind, {}).get(figure, [])
        startup_factor, factor = _factors(pairs, startup)
        return startup_factor * startup + factor * expected

    def add(self, kind: str, pairs: dict[str, tuple[float, float]]) -> None:
        """Take what was measured once into account, from now on."""
        new = {figure: [pair] for figure, pair in pairs.items()}
        self._new.append((kind, new))
        _append(self._pairs, kind, new)

    def save(self, workspace: Workspace) -> None:
        """Add what is new to the file, beside what other runs have added meanwhile.

        A full disk or a busy folder is ignored: the next run measures again.
        """
        if not self._new:
            return
        with suppress(OSError, PipelineError), workspace.gate():
            machines = self._read()
            for kind, pairs in self._new:
                _append(machines.setdefault(self._machine, {}), kind, pairs)
            write_text(self._file, msgspec.json.encode(machines).decode())
            self._new = []

    def _read(self) -> dict[str, dict[str, Pairs]]:
        with suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, dict[str, Pairs]])
        return {}


def machine(profile: Profile) -> str:
    """What speeds depend on: this machine's hardware, or which cluster it is."""
    if not profile.local:
        return f"profile {profile.folder.name}"
    return f"{os.cpu_count()} cores of {processor_name()}, {len(visible_gpus())} GPUs"


def _factors(pairs: list[tuple[float, float]], startup: float) -> tuple[float, float]:
    """The likeliest factors of ``startup`` and of what was expected, given what it came to.

    They are the posterior means of a linear regression with normal priors around 1. So what a
    tiny job took too long is put down to its start, and what a long one did to its work.
    """
    # Normal equations of the two factors; the priors are one more observation of each.
    a, b, c = _STARTUP_SPREAD**-2, 0.0, _WORK_SPREAD**-2
    x, y = a, c
    for expected, actual in pairs:
        weight = (_NOISE * actual + 1e-3) ** -2
        a += weight * startup * startup
        b += weight * startup * expected
        c += weight * expected * expected
        x += weight * startup * actual
        y += weight * expected * actual
    determinant = a * c - b * b
    return max(0.0, (c * x - b * y) / determinant), max(0.0, (a * y - b * x) / determinant)


def _append(known: dict[str, Pairs], kind: str, new: Pairs) -> None:
    figures = known.setdefault(kind, {})
    for figure, pairs in new.items():
        figures[figure] = [*figures.get(figure, []), *pairs][-_KEPT:]
