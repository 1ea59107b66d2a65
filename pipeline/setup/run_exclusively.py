"""``run_exclusively.py COMMAND …`` runs a command; another call waits for its end.

For setting up: any Python will do, without a virtual environment.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys


def main(command: list[str]) -> None:
    """Become the command, which holds the lock for as long as it or a child of it lives."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if not command:
        sys.exit(_fault("no command is given", "Write it behind `run_exclusively.py`"))
    try:
        lock = os.open("Makefile", os.O_RDWR)
    except OSError as error:
        sys.exit(
            _fault(f"Makefile: {error.strerror}", "Start it in the project's folder, as yours")
        )
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another call is setting up .venv: waiting for its end …", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
        print(
            f"alone: the project's file system has no locks ({error.strerror}): do not start two"
            " calls that set up .venv at once.",
            file=sys.stderr,
        )
    os.set_inheritable(lock, True)
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is what is wanted
    except OSError as error:
        sys.exit(_fault(f"{command[0]}: {error.strerror}", "Check the command"))


def _fault(problem: str, remedy: str) -> int:
    """Tell of a fault as other commands do; returns USAGE of pipeline.runtime.errors."""
    print(f"alone: error: {problem}. {remedy}.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main(sys.argv[1:])
