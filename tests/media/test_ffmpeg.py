import subprocess

import pytest

from pipeline.media.ffmpeg import running
from pipeline.runtime.errors import ExitCode, PipelineError


def test_a_killed_ffmpeg_is_worth_another_try() -> None:
    endless = ["-re", "-f", "lavfi", "-i", "testsrc", "-f", "null", "-"]
    with running(endless, stdout=subprocess.DEVNULL) as ffmpeg:
        ffmpeg.process.kill()
        with pytest.raises(PipelineError, match="signal 9") as caught:
            ffmpeg.finish("testing")
    assert caught.value.code == ExitCode.FFMPEG_FAILED
    assert caught.value.may_pass
