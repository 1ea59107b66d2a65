"""``python pipeline/alone.py COMMAND …`` runs a command; another call waits for its end.

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
    lock = os.open("Makefile", os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another call is setting up .venv: waiting for its end …", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)
    os.set_inheritable(lock, True)
    os.execvp(command[0], command)  # noqa: S606 - no shell is what is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
