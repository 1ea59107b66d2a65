"""The package's extras: libraries that only some of what it does needs."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata

from packaging.requirements import Requirement

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import INSTALLED

PIP = "pip install" if INSTALLED else ".venv/bin/pip install -c constraints.txt"
_PACKAGE = "yajiuma"


def require_extra(extra: str, names: Sequence[str]) -> None:
    """Raise PipelineError NOT_INSTALLED if ``names`` need an extra that is not here."""
    if absent := missing_of(extra):
        raise PipelineError(
            ExitCode.NOT_INSTALLED,
            f"{', '.join(names)} cannot run without {', '.join(absent)}",
            f"Install the rest of Yajiuma: `{how_to_install(extra)}`",
        )


def missing_of(extra: str) -> list[str]:
    """The packages of an extra that are not installed, or not in a version that will do."""
    try:
        declared = metadata.requires(_PACKAGE) or []
    except metadata.PackageNotFoundError:  # a checkout that was never installed
        return []
    needs = map(Requirement, declared)
    return [need.name for need in needs if _is_of(need, extra) and not _is_met(need)]


def how_to_install(extra: str) -> str:
    """The command that installs an extra, and all else that is missing."""
    return f"{PIP} '{_PACKAGE}[{extra}]'" if INSTALLED else f"{PIP} -e '.[{extra}]'"


def _is_of(need: Requirement, extra: str) -> bool:
    """Whether an extra needs it here, and not all of the package."""
    marker = need.marker
    return (
        marker is not None
        and marker.evaluate({"extra": extra})
        and not marker.evaluate({"extra": ""})
    )


def _is_met(need: Requirement) -> bool:
    try:
        return need.specifier.contains(metadata.version(need.name), prereleases=True)
    except metadata.PackageNotFoundError:
        return False
