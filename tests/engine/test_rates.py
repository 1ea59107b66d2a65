"""What is measured on a machine corrects what stages expect."""

from pathlib import Path

import pytest

from pipeline.engine.rates import SECONDS, Rates
from pipeline.engine.workspace import Workspace


def seconds(rates: Rates, work: float, startup: float = 2) -> float:
    return rates.corrected("stage", SECONDS, work, startup)


def measured(folder: Path, *pairs: tuple[float, float]) -> Rates:
    rates = Rates(folder, "here")
    for pair in pairs:
        rates.add("stage", {SECONDS: pair})
    return rates


def test_what_was_never_measured_is_as_expected(tmp_path: Path) -> None:
    rates = measured(tmp_path)
    assert not rates.knows("stage")
    assert seconds(rates, 100) == pytest.approx(102)


def test_one_long_job_tells_how_fast_the_work_is(tmp_path: Path) -> None:
    rates = measured(tmp_path, (100, 302))
    assert rates.knows("stage")
    assert seconds(rates, 100) == pytest.approx(302, rel=0.05)
    assert seconds(rates, 1000) == pytest.approx(3000, rel=0.05)


def test_what_a_tiny_job_took_too_long_is_put_down_to_its_start(tmp_path: Path) -> None:
    rates = measured(tmp_path, (0.1, 6))
    assert 4.5 < seconds(rates, 0.1) < 6.5
    assert seconds(rates, 1000) < 2 * 1002


def test_jobs_of_several_lengths_tell_start_and_work_apart(tmp_path: Path) -> None:
    rates = measured(tmp_path, (1, 9), (10, 54), (100, 504))
    assert 3 < seconds(rates, 0) < 4.5
    assert seconds(rates, 300) == pytest.approx(1504, rel=0.05)


def test_only_the_newest_jobs_count(tmp_path: Path) -> None:
    rates = measured(tmp_path, *[(100, 10)] * 20, *[(100, 1000)] * 10)
    assert seconds(rates, 100) == pytest.approx(1000, rel=0.05)


def test_runs_at_once_keep_each_other_s_measurements(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    one, other = Rates(tmp_path, "here"), Rates(tmp_path, "here")
    one.add("a", {SECONDS: (1, 2)})
    other.add("b", {SECONDS: (3, 4)})
    one.save(workspace)
    other.save(workspace)
    both = Rates(tmp_path, "here")
    assert both.knows("a")
    assert both.knows("b")


def test_what_was_saved_is_not_saved_again(tmp_path: Path) -> None:
    workspace, rates = Workspace(tmp_path), measured(tmp_path, (1, 2))
    rates.save(workspace)
    before = (tmp_path / ".rates.json").read_bytes()
    rates.save(workspace)
    assert (tmp_path / ".rates.json").read_bytes() == before


def test_machines_are_apart(tmp_path: Path) -> None:
    measured(tmp_path, (1, 2)).save(Workspace(tmp_path))
    assert Rates(tmp_path, "here").knows("stage")
    assert not Rates(tmp_path, "there").knows("stage")


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / ".rates.json").write_text('{"here": [1')
    rates = measured(tmp_path, (1, 2))
    rates.save(Workspace(tmp_path))
    assert Rates(tmp_path, "here").knows("stage")
