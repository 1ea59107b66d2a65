"""Whether processes of this host are at work."""

from __future__ import annotations


def runs(pid: int) -> bool:
    """Whether a process runs. One that ended, and that nobody has reaped, does not.

    The first process of a container may never reap what it inherits.
    """
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # somebody else's
        return True
