"""What ``make doctor`` checks: each package brings its own needs as a list ``CHECKS``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata

from pipeline.runtime.extras import PIP


class MissingError(Exception):
    """A need that is not met; its text says how to mend that."""


@dataclass(frozen=True)
class Check:
    """One need."""

    name: str
    run: Callable[[], str]
    """Says in one line what there is; raises anything where the need is not met."""
    required: bool = True
    """Whether every run needs it."""
    extra: str = ""
    """The extra of the package that brings it; without that, nothing is wrong."""


@contextmanager
def mended_by(packages: str) -> Iterator[None]:
    """Say of whatever goes wrong in the block that installing ``packages`` mends it."""
    try:
        yield
    except metadata.PackageNotFoundError as missing:
        raise MissingError(f"{missing.name} is not installed: {PIP} {packages}") from None
    except Exception as fault:  # a library that does not fit fails in any way
        message = " ".join(str(fault).split())
        raise MissingError(f"{message}: {PIP} --force-reinstall {packages}") from fault
