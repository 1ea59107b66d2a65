import logging
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.runtime.disk_space import require_space, warn_of_space
from pipeline.runtime.errors import ExitCode, PipelineError


@pytest.fixture
def a_gigabyte_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=10**9))


@pytest.mark.usefixtures("a_gigabyte_free")
def test_enough_room_is_no_matter(tmp_path: Path) -> None:
    require_space(tmp_path, 9 * 10**8)


@pytest.mark.usefixtures("a_gigabyte_free")
@pytest.mark.parametrize(("needed", "told"), [(19 * 10**9, "19 GB"), (10**9 - 1, "1.1 GB")])
def test_too_little_room_is_told_beforehand(tmp_path: Path, needed: int, told: str) -> None:
    with pytest.raises(PipelineError) as caught:
        require_space(tmp_path, needed)
    assert caught.value.code == ExitCode.DISK_FULL
    assert "1.0 GB free" in caught.value.problem
    assert f"this needs {told}" in caught.value.problem


@pytest.mark.usefixtures("a_gigabyte_free")
def test_a_guess_is_told_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "yajiuma"):
        warn_of_space(tmp_path, 9 * 10**8)
        assert caplog.text == ""
        warn_of_space(tmp_path, 90 * 10**9)
    assert "up to 90 GB" in caplog.text
    assert "1.0 GB free" in caplog.text
