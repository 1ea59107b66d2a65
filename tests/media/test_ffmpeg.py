import subprocess

import pytest

from pipeline.media.ffmpeg import finish, running
from pipeline.runtime.errors import ExitCode, PipelineError


def test_a_killed_ffmpeg_is_worth_another_try() -> None:
    endless = ["-re", "-f", "lavfi", "-i", "testsrc", "-f", "null", "-"]
    with running(endless, stdout=subprocess.DEVNULL) as (process, said):
        process.kill()
        with pytest.raises(PipelineError, match="signal 9") as caught:
            finish(process, said, "testing")
    assert caught.value.code == ExitCode.FFMPEG_FAILED
    assert caught.value.may_pass
