"""What is told of a run, by what became of its jobs."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.engine.catalog import all_stages
from pipeline.engine.driver import Plan, RunResult
from pipeline.engine.graph import Graph
from pipeline.engine.items import Selection
from pipeline.engine.locks import Locks
from pipeline.engine.profiles import load_profile
from pipeline.engine.run_records import JobRecord, Run
from pipeline.engine.run_summary import Outcome
from pipeline.engine.workspace import Workspace
from pipeline.runtime.errors import ExitCode, PipelineError

WANTED = ["annotated.mp4", "report.json", "report/index.html"]


def made(videos: list[str], *jobs: JobRecord, **more: Any) -> RunResult:
    selection = Selection(work_on={"render": videos}, **more)
    wanted = [f"{name}/{file}" for name in videos for file in WANTED]
    graph = Graph({name: {} for name in all_stages()})
    plan = Plan(selection, graph, Path("graph"), wanted, [0] * len(wanted), [], [])
    return RunResult(plan, {(job.stage, job.folder): job for job in jobs})


def done(of: str) -> JobRecord:
    return JobRecord("render", of, "why", "done", code=0, host="here")


def failed(of: str, code: ExitCode = ExitCode.NOT_A_VIDEO, stage: str = "frames") -> JobRecord:
    return JobRecord(stage, of, "why", "failed", code=code, message="it is bad.", host="here")


def waiting(of: str) -> JobRecord:
    return JobRecord("render", of, "why", "not reached")


def test_videos_are_told_by_what_became_of_them() -> None:
    refused = {"/films/none.mp4": PipelineError(ExitCode.NOT_A_VIDEO, "it is none", "Look")}
    run = made(
        ["a", "b", "c", "d"],
        *(done("a"), failed("b"), waiting("b"), failed("learned"), waiting("c")),
        skipped={"e": "has no comments"},
        refused=refused,
    )
    outcome = Outcome.of(run, "video")
    assert [(video.name, video.state) for video in outcome.items] == [
        ("d", "up to date"),
        ("a", "made"),
        ("e", "skipped"),
        ("c", "not reached"),
        ("b", "failed"),
        ("learned", "failed"),
        ("none.mp4", "failed"),
    ]
    why = {video.name: video.why for video in outcome.items}
    assert why["c"] == "needs learned, where frames failed"
    assert why["b"] == "frames: it is bad."
    assert why["none.mp4"] == "it is none. Look."
    assert outcome.code == ExitCode.NOT_A_VIDEO
    assert outcome.headline == "7 videos: 1 up to date, 1 made, 1 skipped, 1 not reached, 3 failed"


@pytest.mark.parametrize(
    ("jobs", "code"),
    [
        ([done("a")], ExitCode.OK),
        ([failed("a"), failed("b")], ExitCode.NOT_A_VIDEO),
        ([failed("a"), failed("b", ExitCode.NO_FRAMES)], ExitCode.SEVERAL_FAILED),
        ([failed("a"), failed("a", ExitCode.EMPTY_FILE, "comments")], ExitCode.SEVERAL_FAILED),
    ],
)
def test_the_exit_code_is_that_of_the_failures_if_it_is_one(
    jobs: list[JobRecord], code: ExitCode
) -> None:
    assert Outcome.of(made(["a", "b"], *jobs), "video").code == code


def test_a_run_that_was_stopped_was_interrupted_whatever_failed() -> None:
    run = made(["a"], failed("a"))
    run.stopped = True
    assert Outcome.of(run, "video").code == ExitCode.INTERRUPTED


def lines(folder: Path, run: RunResult, profile: str) -> list[str]:
    workspace = Workspace(folder)
    begun = Run(folder / "runs", Locks(folder / ".other-lock"), profile)
    told = list(Outcome.of(run, "video").lines(workspace, begun, load_profile(profile)))
    begun.undo()
    return told


def test_many_videos_are_counted_and_not_listed(tmp_path: Path) -> None:
    names = [f"ep{number:04}" for number in range(2000)]
    jobs = [*map(failed, names[:100]), *map(done, names[100:])]
    told = lines(tmp_path, made(names, *jobs), "local")
    assert len(told) == 42
    assert told[40] == "failed      and 60 more"
    assert told[41].startswith("2,000 videos: 1,900 made, 100 failed in ")


def test_a_table_of_several_says_where_lies_what_people_open(tmp_path: Path) -> None:
    told = lines(tmp_path, made(["a", "bb", "c"], done("a"), failed("bb")), "local")
    assert told[:3] == [
        f"up to date  c   {tmp_path}/c/annotated.mp4, report/index.html",
        f"made        a   {tmp_path}/a/annotated.mp4, report/index.html",
        f"failed      bb  frames: it is bad. (log: {tmp_path}/bb/logs/frames.log)",
    ]


def test_of_one_the_files_are_listed_that_people_open(tmp_path: Path) -> None:
    for name in WANTED:
        (tmp_path / "a" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "a" / name).touch()
    assert lines(tmp_path, made(["a"], done("a")), "local") == [
        f"{tmp_path}/a/annotated.mp4 (made)",
        f"{tmp_path}/a/report/index.html (made)",
    ]


def test_a_quiet_run_that_went_well_is_one_line(tmp_path: Path) -> None:
    for names in ([], ["a"], ["a", "b"]):
        (line,) = lines(tmp_path, made(names, *map(done, names)), "ci")
        assert "runs/" in line
