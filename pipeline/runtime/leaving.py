"""The end of a process."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """Exit with ``code``, and leave to the system what is in memory.

    Python would look through all objects once more: those of PyTorch take it up to a second.
    """
    gc.freeze()
    sys.exit(code)
