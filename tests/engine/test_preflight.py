from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.engine import preflight
from pipeline.engine.snakemake import Job
from pipeline.engine.stage_record import StageRecord
from pipeline.runtime.errors import ExitCode

SETTINGS: dict[str, dict[str, Any]] = {"before": {"size": 8}, "own": {"taps": ("a", "b")}}


def recorded(workdir: Path, stage: str, code: int = ExitCode.OK, **settings: Any) -> None:
    logs = workdir / "ep1" / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    record = StageRecord(code, "", False, "", 0, 0, 0, 0, settings=settings or SETTINGS[stage])
    record.save(logs, stage)


def is_checked(workdir: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    stage = SimpleNamespace(name="own", module="own", check=print)
    graph: Any = SimpleNamespace(
        settings=SETTINGS, stages=lambda: [stage], home=lambda stage, folder: folder
    )
    started: list[object] = []

    def run(command: object, stdout: int) -> object:
        started.append(command)
        return SimpleNamespace(stdout=b"")

    monkeypatch.setattr("subprocess.run", run)
    preflight.check_settings(workdir, graph, [Job("own", "ep1", "", frozenset())])
    return bool(started)


def test_settings_are_checked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_checked(tmp_path, monkeypatch)
    recorded(tmp_path, "before")
    assert is_checked(tmp_path, monkeypatch)
    recorded(tmp_path, "own")
    assert not is_checked(tmp_path, monkeypatch)


def test_they_are_checked_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(tmp_path, "before")
    recorded(tmp_path, "own", ExitCode.INVALID_SETTING)
    assert is_checked(tmp_path, monkeypatch)


@pytest.mark.parametrize("stage", ["own", "before"])
def test_they_are_checked_once_any_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    recorded(tmp_path, "before")
    recorded(tmp_path, "own")
    recorded(tmp_path, stage, size=9)
    assert is_checked(tmp_path, monkeypatch)
