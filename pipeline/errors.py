"""Exit codes, and errors that say what is wrong and what to do next."""

from __future__ import annotations

import errno
from enum import IntEnum


class ExitCode(IntEnum):
    """What every command of the project exits with; docs/errors.md explains each."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    UNKNOWN_SETTING = 10
    INVALID_SETTING = 11
    VIDEO_MISSING = 20
    NOT_A_VIDEO = 21
    VIDEO_TRUNCATED = 22
    NO_FRAMES = 23
    NAME_TAKEN = 24
    COMMENTS_MISSING = 30
    NOT_COMMENTS = 31
    COMMENTS_EMPTY = 32
    NO_USABLE_COMMENTS = 33
    WEIGHTS_UNAVAILABLE = 40
    INVALID_WEIGHTS = 41
    NO_MODEL = 42
    BAD_ARTIFACT = 43
    DICTIONARY_UNAVAILABLE = 44
    FFMPEG_FAILED = 45
    FETCH_FAILED = 46
    DISK_FULL = 50
    NOT_WRITABLE = 51
    BUSY = 60
    STAGE_DIED = 61
    INTERRUPTED = 130


class PipelineError(Exception):
    """A fault the user can mend.

    ``problem`` says what is wrong and where, ``remedy`` what to do next; both are
    sentences without a full stop.
    """

    def __init__(self, code: ExitCode, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}. {remedy}.")
        self.code = code
        self.problem = problem
        self.remedy = remedy


_OUT_OF_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_WRITING = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}


def from_os_error(error: BaseException) -> PipelineError | None:
    """The error a full disk or a read-only folder means, or None for any other cause.

    Looks along the chain of exceptions: h5py raises another one while it closes the file,
    and passes the number of the failed call on only inside a message.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError | RuntimeError) and (known := _from_one(seen)):
            return known
        seen = seen.__cause__ or seen.__context__
    return None


def _from_one(error: OSError | RuntimeError) -> PipelineError | None:
    number = getattr(error, "errno", None)
    filename = getattr(error, "filename", None)
    place = f" at {filename}" if filename else ""

    def means(numbers: set[int]) -> bool:
        return number in numbers or any(f"errno = {n}," in str(error) for n in numbers)

    if means(_OUT_OF_SPACE):
        return PipelineError(
            ExitCode.DISK_FULL,
            f"the disk is full{place}",
            "Free some space (`make clean VIDEO=…` removes one video's files) and run again",
        )
    if means(_NO_WRITING):
        return PipelineError(
            ExitCode.NOT_WRITABLE,
            f"cannot write{place}: {getattr(error, 'strerror', None) or error}",
            "Check the folder's owner and rights, or choose another one with WORKDIR=…",
        )
    return None
