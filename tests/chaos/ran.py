"""One run: what befell it, how it ended and what it said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from pipeline.runtime.errors import ExitCode

ENDING_S = 30.0
"""How long the stages of a killed driver may take to end."""
_MAY_KILL = {"kill_driver", "kill_all", "terminate_driver"}
"""The last in a run's first moments."""
_UNEXPLAINED = {ExitCode.INTERNAL, ExitCode.USAGE}


class Terminal:
    """Where a run and its stages, which may outlive it, say what they do."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._said: list[bytes] = []
        self._reader = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._reader.start()

    def text(self) -> str:
        """All that was said, once the last of them has ended."""
        self._reader.join(ENDING_S)
        return b"".join(self._said).decode("utf-8", "replace")

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            self._said.extend(stream)


@dataclass
class Ran:
    """One run."""

    code: int | None
    """What it exited with; None: it hung."""
    faults: list[str]
    terminal: Terminal

    @property
    def said(self) -> str:
        return self.terminal.text()

    def problems(self) -> Iterator[str]:
        """What must not be, whatever happened."""
        if self.code is None:
            yield "it hangs"
        elif self.code in _UNEXPLAINED or "Traceback" in self.said:
            yield f"it has no explanation: {self.said}"
        elif self.code < 0 and not _MAY_KILL & set(self.faults):
            yield f"it died of signal {-self.code}"

    def __str__(self) -> str:
        if self.code is None:
            end = "hung"
        elif self.code < 0:
            end = "killed"
        else:
            end = f"{self.code} {ExitCode(self.code).name}"
        return f"{end:20} {', '.join(self.faults)}"
