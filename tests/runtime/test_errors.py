import errno

import pytest

from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_recognised(number: int) -> None:
    error = from_os_error(OSError(number, "no room", "/data/features.h5"))
    assert error is not None
    assert error.code == ExitCode.DISK_FULL
    assert "/data/features.h5" in error.problem


def test_a_full_disk_is_recognised_in_the_words_of_hdf5() -> None:
    said = "Can't write data (file write failed: time = Fri, errno = 28, error message = 'No')"
    error = from_os_error(OSError(said))
    assert error is not None
    assert error.code == ExitCode.DISK_FULL


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR])
def test_a_place_that_cannot_be_written_is_recognised(number: int) -> None:
    error = from_os_error(OSError(number, "refused", "/data/x"))
    assert error is not None
    assert error.code == ExitCode.NOT_WRITABLE
    assert "refused" in error.problem


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, "broken"),
        FileNotFoundError(errno.ENOENT, "none"),
        OSError("errno = 285, nothing like it"),
        OSError("28"),
    ],
)
def test_any_other_cause_is_left_alone(error: OSError) -> None:
    assert from_os_error(error) is None


def test_an_error_says_what_is_wrong_and_what_to_do() -> None:
    error = PipelineError(ExitCode.USAGE, "it is broken", "Mend it")
    assert str(error) == "it is broken. Mend it."


def test_exit_codes_fit_a_process() -> None:
    assert len(set(ExitCode)) == len(ExitCode.__members__)
    assert all(0 <= code <= 255 for code in ExitCode)
