"""Exit codes, and errors that say what is wrong and what to do next."""

from __future__ import annotations

import errno
import os
import unicodedata
from enum import IntEnum
from pathlib import Path


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
    UNKNOWN_FORMAT = 31
    EMPTY_FILE = 32
    NOTHING_USABLE = 33
    LABELS_MISSING = 34
    WEIGHTS_UNAVAILABLE = 40
    INVALID_WEIGHTS = 41
    NO_MODEL = 42
    BAD_ARTIFACT = 43
    DICTIONARY_UNAVAILABLE = 44
    FFMPEG_FAILED = 45
    FETCH_FAILED = 46
    NOT_INSTALLED = 47
    DIVERGED = 48
    DISK_FULL = 50
    NOT_WRITABLE = 51
    BUSY = 60
    STAGE_DIED = 61
    SEVERAL_FAILED = 62
    VULNERABLE = 70
    INTERRUPTED = 130


BROKEN = frozenset(
    (
        ExitCode.NOT_A_VIDEO,
        ExitCode.VIDEO_TRUNCATED,
        ExitCode.NO_FRAMES,
        ExitCode.UNKNOWN_FORMAT,
        ExitCode.EMPTY_FILE,
        ExitCode.NOTHING_USABLE,
    )
)
"""Codes of sources from which nothing can be made, whatever is tried."""


_PROGRAM = "YAJIUMA_PROGRAM"


class PipelineError(Exception):
    """A fault the user can mend.

    ``problem`` says what is wrong and where, ``remedy`` what to do next; both are sentences
    without a full stop. The error's text is one printable line, whatever a file is called.
    ``may_pass`` marks faults that may be gone at the next try.
    """

    def __init__(
        self, code: ExitCode, problem: str, remedy: str, *, may_pass: bool = False
    ) -> None:
        super().__init__(printable(f"{problem}. {remedy}{'' if remedy.endswith('?') else '.'}"))
        self.code = code
        self.problem = problem
        self.remedy = remedy
        self.may_pass = may_pass


def called_as(program: str) -> None:
    """Say in messages of this process and its children that verbs follow ``program``."""
    os.environ[_PROGRAM] = program


def printable(text: str) -> str:
    """``text`` with control characters, bidi overrides and surrogates escaped.

    A command in backquotes begins as the user's own: ```yajiuma render``` for ```make render```.
    """
    if program := os.environ.get(_PROGRAM):
        text = text.replace("`make ", f"`{program} ")
    return "".join(
        char
        if char.isprintable() or unicodedata.category(char) == "Zs"  # such as the wide space
        else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def no_locks(place: str, why: str, remedy: str | None = None) -> PipelineError:
    """The error for a file system that cannot lock files, such as some of those on networks."""
    return PipelineError(
        ExitCode.NOT_WRITABLE,
        f"{place} cannot be locked: the file system has no locks ({why})",
        remedy or "Choose a folder on a local disk with WORKDIR=…, or mount this one with locks",
    )


_OUT_OF_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LOCKED_BY_OTHERS = {errno.EAGAIN, errno.EACCES, errno.EINTR}
_HDF5_LOCKS = "unable to lock file"
_NO_WRITING = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}


def from_os_error(error: BaseException) -> PipelineError | None:
    """The error for a full disk, a read-only folder or one without locks; None for other faults.

    It follows the chain of exceptions, because h5py raises another one while it closes the file
    and names the number of the failed call only in a message.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError | RuntimeError) and (known := _from_one(seen)):
            return known
        seen = seen.__cause__ or seen.__context__
    return None


def from_words(text: str) -> PipelineError | None:
    """The same, from the output of another program."""
    for number in (*_OUT_OF_SPACE, *_NO_WRITING):
        if os.strerror(number) in text:
            return from_os_error(OSError(number, os.strerror(number)))
    return None


def _from_one(error: OSError | RuntimeError) -> PipelineError | None:
    number = getattr(error, "errno", None)
    filename = getattr(error, "filename", None)
    place = f" at {filename}" if filename else ""

    def means(numbers: set[int]) -> bool:
        return number in numbers or any(f"errno = {n}," in str(error) for n in numbers)

    if number == errno.ENOLCK or (_HDF5_LOCKS in str(error) and not means(_LOCKED_BY_OTHERS)):
        why = os.strerror(number) if number else str(error)
        # Stages work in the working folder, and HDF5 does not say which file it is.
        return no_locks(filename or f"a file in {Path.cwd()}", why)
    if means(_OUT_OF_SPACE):
        return PipelineError(
            ExitCode.DISK_FULL,
            f"the disk is full{place}",
            "Free some space (`make clean VIDEO=…` removes one video's files) and run again",
        )
    if means(_NO_WRITING):
        return PipelineError(
            ExitCode.NOT_WRITABLE,
            f"no access{place}: {getattr(error, 'strerror', None) or error}",
            "Check owner and rights, or choose another folder with WORKDIR=…",
        )
    if means({errno.EEXIST}):
        return PipelineError(
            ExitCode.NOT_WRITABLE,
            f"there is a file where a folder should be{place}",
            "Move it away, or choose another folder",
        )
    if means({errno.ENAMETOOLONG}):
        return PipelineError(
            ExitCode.USAGE, f"a name is too long for the file system{place}", "Shorten it"
        )
    return None
