"""Where and how jobs run: a Snakemake profile, and what the driver itself reads of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import CONFIGS, shown
from pipeline.runtime.spelling import did_you_mean

PROFILES = CONFIGS / "profiles"
_CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Profile:
    """A folder with a ``config.yaml`` of Snakemake's."""

    folder: Path
    executor: str
    """Snakemake's name for what runs jobs; ``local`` for processes of this host."""
    quiet: bool
    """Whether a run that goes well says one line."""
    retries: int
    """How often a job is tried again after a failure that may pass."""
    at_once: int
    """How many cores of this host jobs may take together; elsewhere, how many jobs run at once."""
    given: frozenset[str]
    """The keys that the file sets."""

    @property
    def local(self) -> bool:
        """Whether jobs are processes of this host."""
        return self.executor == "local"


def load_profile(name: str) -> Profile:
    """The profile of that name among those of the project, or in the folder of that path.

    Raises PipelineError: USAGE for none, INVALID_SETTING for one that cannot be read.
    """
    folder = Path(name) if "/" in name else PROFILES / name
    file = folder / "config.yaml"
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        return Profile(
            folder=folder.absolute(),
            executor=str(content.get("executor", "local")),
            quiet=bool(content.get("quiet")),
            retries=int(content.get("retries", 0)),
            at_once=_number(content.get("jobs")) or _number(content.get("cores")) or _CORES,
            given=frozenset(content),
        )
    except OSError:
        known = sorted(path.parent.name for path in PROFILES.glob("*/config.yaml"))
        raise PipelineError(
            ExitCode.USAGE,
            f"there is no profile {name}: {file} cannot be read",
            did_you_mean(name, known, f"Name one of {', '.join(known)}, or a folder by its path"),
        ) from None
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{file} is no profile: {' '.join(str(error).split())}",
            f"{shown(PROFILES / 'local' / 'config.yaml')} shows the form",
        ) from None


def _number(value: Any) -> int | None:
    """What a profile says of ``jobs`` or ``cores``, unless that is a word such as ``all``."""
    return int(value) if str(value).isdecimal() else None
