"""What jobs of the real stages are estimated at, from what is known of the items."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeline.engine.catalog import stage_configs
from pipeline.engine.forecast import Forecast, Key
from pipeline.engine.graph import Graph
from pipeline.engine.items import Items, Selection
from pipeline.engine.profiles import load_profile
from pipeline.engine.run_progress import RunProgress
from pipeline.engine.settings import load_settings
from pipeline.engine.settings_file import Assignment
from pipeline.engine.snakemake import Job
from pipeline.engine.stage import Amounts
from pipeline.engine.stage_record import StageRecord
from pipeline.engine.workspace import Workspace
from pipeline.sources.settings import TopLevel

MODEL = "models/danmaku/mine"
EPISODE = {"seconds": 100.0, "frames": 2400.0, "pixels": 640.0 * 360, "comment_bytes": 150e3}
KNOWN = {"old": EPISODE, "new": {name: 3 * amount for name, amount in EPISODE.items()}}
JOBS = [
    *(("frames", "old"), ("frames", "new"), ("features", "old"), ("features", "new")),
    *(("comments", "old"), ("delay", "old"), ("align", "old"), ("vocabulary", MODEL)),
    *(("train", MODEL), ("rate", MODEL), ("generate", "new"), ("render", "new")),
]
SIX_TIMES = 6


def forecast(
    folder: Path,
    jobs: list[Key] = JOBS,
    known: Mapping[str, Amounts] = KNOWN,
    cores: int = 2,
    settings: str = "frames.fps=2",
) -> Forecast:
    """``old`` is learned from, and what was learned writes on ``new``."""
    assigned = [Assignment.parse(settings)]
    checked = load_settings(Path("/dev/null"), stage_configs(), TopLevel(), assigned)
    selection = Selection(
        work_on={"render": ["new"]},
        bindings={
            "danmaku": {"model": "mine", "train": ["old"]},
            "pictures": {},
        },
        having={"{item}/source.comments.json": ["old"]},
    )
    items = SimpleNamespace(amounts=lambda workspace, recorded: {n: known[n] for n in recorded})
    return Forecast(
        Workspace(folder),
        cast(Items, items),
        Graph.of(checked, selection),
        [Job(stage, folder, "why", frozenset()) for stage, folder in jobs],
        replace(load_profile("local"), at_once=cores),
    )


def ended(seconds: float = 1, **more: Any) -> StageRecord:
    return StageRecord(0, "done", False, "here", 0, seconds, seconds, 100, **more)


def test_what_a_stage_is_expected_to_make_is_work_for_the_next(tmp_path: Path) -> None:
    jobs = forecast(tmp_path).jobs
    work = [jobs["features", name].bytes for name in ("old", "new")]
    assert work[1] == pytest.approx(3 * work[0])
    twice = forecast(tmp_path, settings="frames.fps=4").jobs
    assert twice["features", "old"].bytes == pytest.approx(2 * work[0])
    assert twice["features", "old"].seconds > jobs["features", "old"].seconds


def test_what_stages_counted_counts_more(tmp_path: Path) -> None:
    (tmp_path / "old" / "logs").mkdir(parents=True)
    expected = forecast(tmp_path).jobs["features", "old"].bytes
    ended(amounts={"pictures": 50.0}).save(tmp_path / "old" / "logs", "frames")
    waiting = [key for key in JOBS if key != ("frames", "old")]
    assert forecast(tmp_path, waiting).jobs["features", "old"].bytes == pytest.approx(expected / 4)


def test_what_is_shared_is_made_of_all_members(tmp_path: Path) -> None:
    known = KNOWN | {"old": EPISODE | {"comment_bytes": 1.5e6}}
    few, many = forecast(tmp_path).jobs, forecast(tmp_path, known=known).jobs
    assert many["train", MODEL].seconds > 5 * few["train", MODEL].seconds
    assert many["generate", "new"].bytes == pytest.approx(10 * few["generate", "new"].bytes)


def test_a_run_teaches_how_fast_the_machine_is(tmp_path: Path) -> None:
    now = forecast(tmp_path)
    before = dict(now.jobs)
    assert not any(estimate.measured for estimate in before.values())
    now.learn(("frames", "old"), ended(amounts={"pictures": 200.0}))
    slow = SIX_TIMES * before["features", "old"].seconds
    now.learn(("features", "old"), ended(slow, bytes=1000))
    now.refresh()
    assert now.jobs["features", "new"].seconds > 4 * before["features", "new"].seconds
    assert now.jobs["features", "new"].measured
    assert not now.jobs["train", MODEL].measured
    now.rates.save(Workspace(tmp_path))
    assert forecast(tmp_path).jobs["features", "new"].measured


def test_another_network_is_measured_by_itself(tmp_path: Path) -> None:
    now = forecast(tmp_path)
    now.learn(("features", "old"), ended(100))
    now.rates.save(Workspace(tmp_path))
    assert forecast(tmp_path).jobs["features", "new"].measured
    other = forecast(tmp_path, settings="features.backbone=resnet18")
    assert not other.jobs["features", "new"].measured


def test_a_stage_that_went_on_where_it_was_killed_tells_no_speed(tmp_path: Path) -> None:
    now = forecast(tmp_path)
    now.learn(("features", "old"), ended(0.1, from_start=False))
    now.refresh()
    assert not now.jobs["features", "new"].measured


def test_the_time_left_shrinks_as_jobs_run_and_end(tmp_path: Path) -> None:
    now = forecast(tmp_path)
    whole = now.seconds_left()
    running = now.seconds_left({("frames", "old"): 2.0})
    assert running < whole
    now.learn(("frames", "old"), None)
    assert now.seconds_left() < running
    for key in JOBS:
        now.learn(key, None)
    assert now.seconds_left() == 0


def test_what_needs_a_failed_job_is_not_waited_for(tmp_path: Path) -> None:
    now = forecast(tmp_path)
    without = forecast(tmp_path, [("frames", "old"), ("features", "old"), ("comments", "old")])
    assert now.seconds_left(failed=JOBS[:1]) < now.seconds_left()
    failed = [("frames", "new"), ("delay", "old"), ("vocabulary", MODEL)]
    assert now.seconds_left(failed=failed) == pytest.approx(without.seconds_left())


def test_more_cores_help_what_takes_one_core_alone(tmp_path: Path) -> None:
    single, whole = [("comments", "old"), ("comments", "new")], JOBS[:2]
    for jobs, shorter in ((single, True), (whole, False)):
        one, two = (forecast(tmp_path, jobs, cores=cores).seconds_left() for cores in (1, 2))
        assert (two < one) == shorter


def test_a_disk_that_will_not_do_is_told(tmp_path: Path) -> None:
    assert forecast(tmp_path).shortage is None
    film = {name: EPISODE | {"seconds": 1e9} for name in KNOWN}
    shortage = forecast(tmp_path, known=film).shortage
    assert shortage is not None
    assert " GB free" in shortage
    assert "WORKDIR=" in shortage


def test_a_line_says_where_a_run_is(tmp_path: Path) -> None:
    told: list[str] = []
    now = forecast(tmp_path)
    progress = RunProgress(now, 0, told.append)
    first, second = (Job(stage, folder, "why", frozenset()) for stage, folder in JOBS[:2])
    progress.started(first)
    progress.ended(first, well=False)
    progress.started(first)  # once more
    progress.ended(first, well=True)
    progress.started(second)
    assert [line.partition(", about ")[0] for line in told] == [
        "stage 1 of 12",
        "stage 1 of 12",
        "stage 2 of 12",
    ]
    assert [line.partition(" left: ")[2] for line in told] == ["frames old"] * 2 + ["frames new"]
