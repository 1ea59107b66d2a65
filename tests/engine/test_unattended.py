"""Runs that nobody watches: many videos, faults that pass, quiet profiles, what is left to read."""

import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pipeline.runtime.errors import ExitCode
from tests.engine.project import ANNOTATE, TRAIN, Project, changed_profile, copy_code


@pytest.fixture
def fresh(untouched: Project, tmp_path: Path) -> Project:
    return untouched.copy_to(tmp_path / "fresh")


@pytest.fixture
def edited(fresh: Project) -> Project:
    """A project run by a copy of the code, which may be edited."""
    fresh.code = copy_code(fresh.folder / "code")
    return fresh


FIRST_LINES = {
    "frames": "    source = open_source(",
    "features": '    with h5py.File(inputs["frames"], "r") as file:',
}
"""Behind the imports of the two stages that tests hold up."""


def at_start_of(stage: str, project: Project, statement: str) -> None:
    """Let a stage do something else before it begins."""
    path = project.code / "stages" / "pictures" / f"{stage}.py"
    text = path.read_text()
    assert FIRST_LINES[stage] in text
    path.write_text(text.replace(FIRST_LINES[stage], f"    {statement}\n{FIRST_LINES[stage]}", 1))


def hold(stage: str, project: Project, until: Path | None = None) -> None:
    """Let a stage wait for a minute, or for a file; ``running`` tells once it does."""
    mark = project.folder / f"{stage} is running"
    ready = f"pathlib.Path({str(until)!r}).exists()" if until else "False"
    at_start_of(
        stage,
        project,
        f"import pathlib, time; pathlib.Path({str(mark)!r}).touch(); end = time.time() + 60\n"
        f"    while time.time() < end and not {ready}: time.sleep(0.01)",
    )


def running(stage: str, project: Project, driver: subprocess.Popen[str]) -> psutil.Process:
    """The process of a stage that is held up, once it is."""
    while not (project.folder / f"{stage} is running").exists():
        assert driver.poll() is None, driver.communicate()[1]
        time.sleep(0.01)
    (process,) = [child for child in children(driver) if is_stage(child, stage)]
    return process


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def is_stage(process: psutil.Process, stage: str) -> bool:
    """Whether a process is the interpreter of a stage, and not the shell that started it."""
    with suppress(psutil.Error):  # it may have ended since
        words = process.cmdline()
        modules = [word for word in words if word.startswith("stages.")]
        return modules[:1] == [f"stages.pictures.{stage}"] and "python" in Path(words[0]).name
    return False


def last_run(project: Project) -> dict[str, object]:
    file = max((project.workdir / "runs").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    record: dict[str, object] = json.loads(file.read_text())
    return record


def states(project: Project) -> dict[str, str]:
    videos = last_run(project)["items"]
    assert isinstance(videos, list)
    return {video["name"]: video["state"] for video in videos}


def test_a_folder_stands_for_its_videos_and_bad_ones_are_named(fresh: Project) -> None:
    (fresh.show / "notes.txt").write_text("no video")
    (fresh.show / "bad.mp4").write_bytes(b"no video")
    done = fresh.run("frames", "--video", str(fresh.show))
    assert done.returncode == ExitCode.NOT_A_VIDEO
    assert "3 videos: 2 made, 1 failed" in done.stderr
    assert "bad/logs/frames.log" in done.stderr
    assert states(fresh) == {TRAIN: "made", ANNOTATE: "made", "bad": "failed"}
    again = fresh.run("frames", "--video", str(fresh.show))
    assert "3 videos: 2 up to date, 1 failed" in again.stderr


def test_an_empty_folder_or_comments_for_a_whole_one_are_refused(fresh: Project) -> None:
    empty = fresh.folder / "empty"
    empty.mkdir()
    assert fresh.run("frames", "--video", str(empty)).returncode == ExitCode.VIDEO_MISSING
    comments = ("--comments", str(fresh.show / f"{TRAIN}.xml"))
    done = fresh.run("frames", "--video", str(fresh.show), *comments)
    assert done.returncode == ExitCode.USAGE


def test_different_failures_have_a_code_of_their_own(fresh: Project) -> None:
    bad = fresh.folder / "bad.mp4"
    bad.write_bytes(b"no video")
    missing = str(fresh.folder / "missing.mp4")
    good = str(fresh.show / f"{ANNOTATE}.mp4")
    fresh.write_settings(videos={"annotate": [str(bad), missing, good]})
    done = fresh.run("frames")
    assert done.returncode == ExitCode.SEVERAL_FAILED
    assert states(fresh) == {"bad": "failed", "missing.mp4": "failed", ANNOTATE: "made"}
    assert "no video at" in done.stderr


def test_videos_that_wait_for_a_failed_one_are_told_apart(fresh: Project) -> None:
    (fresh.show / f"{TRAIN}.mp4").write_bytes(b"no video")
    done = fresh.run("generate")
    assert done.returncode == ExitCode.NOT_A_VIDEO
    assert states(fresh) == {TRAIN: "failed", ANNOTATE: "not reached"}
    assert f"needs {TRAIN}, where frames failed" in done.stderr


def test_each_verb_skips_the_videos_that_it_does_not_apply_to(fresh: Project) -> None:
    lonely = fresh.folder / "lonely.mp4"
    shutil.copy(fresh.show / f"{ANNOTATE}.mp4", lonely)
    fresh.write_settings(videos={"annotate": [str(lonely), str(fresh.show / f"{TRAIN}.mp4")]})
    said = fresh.made("comments", "frames")
    assert (fresh.workdir / "lonely" / "frames.h5").exists()
    assert "2 made" in said
    assert "lonely  has no comments" in " ".join(fresh.made("comments").split(" ")).replace(
        "       ", " "
    )


def test_a_killed_stage_is_tried_again(edited: Project) -> None:
    mark = edited.folder / "killed once"
    at_start_of(
        "frames",
        edited,
        f"import os, pathlib; mark = pathlib.Path({str(mark)!r})\n"
        "    if not mark.exists(): mark.touch(); os.kill(os.getpid(), 9)",
    )
    video = str(edited.show / f"{TRAIN}.mp4")
    said = edited.made("frames", "--video", video)
    assert "(killed, or out of memory); trying again" in said
    jobs = last_run(edited)["jobs"]
    assert isinstance(jobs, list)
    assert [(job["state"], job["attempts"]) for job in jobs] == [("done", 2)]


def test_a_stage_that_is_always_killed_is_told(edited: Project) -> None:
    at_start_of("frames", edited, "import os; os.kill(os.getpid(), 9)")
    video = str(edited.show / f"{TRAIN}.mp4")
    never = changed_profile("local", edited.folder / "profile", retries=0)
    done = edited.run("frames", "--video", video, "--profile", never)
    assert done.returncode == ExitCode.STAGE_DIED
    announced, error = done.stderr.splitlines()
    assert announced.startswith("stage 1 of 1, ")
    assert "killed" in error


def test_what_cannot_pass_is_not_tried_again(fresh: Project) -> None:
    bad = fresh.folder / "bad.mp4"
    bad.write_bytes(b"no video")
    fresh.run("frames", "--video", str(bad))
    jobs = last_run(fresh)["jobs"]
    assert isinstance(jobs, list)
    assert [job["attempts"] for job in jobs] == [1]


def test_a_quiet_profile_says_one_line_when_all_is_well(fresh: Project) -> None:
    done = fresh.run("frames", "--profile", "ci")
    assert done.returncode == ExitCode.OK
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "2 videos: 2 made" in line
    (log,) = (fresh.workdir / "runs").glob("*.log")
    assert "distinct pictures" in log.read_text()


def test_a_quiet_profile_tells_failures(fresh: Project) -> None:
    bad = fresh.folder / "bad.mp4"
    bad.write_bytes(b"no video")
    done = fresh.run("frames", "--video", str(bad), "--profile", "ci")
    assert done.returncode == ExitCode.NOT_A_VIDEO
    (line,) = done.stderr.splitlines()
    assert "bad.mp4" in line


def test_an_unknown_profile_is_refused(fresh: Project) -> None:
    done = fresh.run("frames", "--profile", "moon")
    assert done.returncode == ExitCode.USAGE
    assert "kubernetes, local, slurm" in done.stderr


def test_a_run_leaves_a_summary(finished: Project) -> None:
    (file,) = (finished.workdir / "runs").glob("*.json")
    run = json.loads(file.read_text())
    assert (run["state"], run["exit_code"], run["profile"]) == ("ended", 0, "local")
    assert run["versions"]["torch"]
    assert [(video["name"], video["state"]) for video in run["items"]] == [(ANNOTATE, "made")]
    for job in run["jobs"]:
        assert job["state"] == "done"
        assert job["reason"].startswith("missing: ")
        assert job["seconds"] > 0
        assert job["memory_mb"] > 5
    assert {job["stage"] for job in run["jobs"]} >= {"frames", "features", "train", "render"}


def test_logs_are_kept_run_by_run(fresh: Project) -> None:
    video = ("--video", str(fresh.show / f"{TRAIN}.mp4"))
    logs = fresh.workdir / TRAIN / "logs"
    for size in (32, 48):
        fresh.write_settings(frames={"size": size})
        fresh.made("frames", *video)
    assert '"size":48' in (logs / "frames.log").read_text().replace("\\", "")
    assert '"size":48' not in (logs / "frames.log.1").read_text().replace("\\", "")


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_driver_that_is_told_to_stop_ends_its_stages(
    edited: Project, order: signal.Signals
) -> None:
    hold("frames", edited)
    process = edited.started("frames")
    stage = running("frames", edited, process)
    os.kill(process.pid, order)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == ExitCode.INTERRUPTED, said
    assert "run again" in said
    assert "Traceback" not in said
    assert not stage.is_running()
    assert set(states(edited).values()) <= {"failed", "not reached"}


def test_a_hang_up_interrupts_driver_and_stages_alike(edited: Project) -> None:
    hold("frames", edited)
    process = edited.started("frames", "--video", str(edited.show / f"{TRAIN}.mp4"))
    log = edited.workdir / TRAIN / "logs" / "frames.log"
    running("frames", edited, process)
    os.killpg(process.pid, signal.SIGHUP)  # as a terminal that is closed does
    said = process.communicate(timeout=30)[1]
    assert process.returncode == ExitCode.INTERRUPTED, said
    assert "interrupted; run again to go on" in log.read_text()
    assert said.count("interrupted; run again to go on") == 1


def test_under_nohup_a_driver_goes_on_until_it_is_told_to_terminate(edited: Project) -> None:
    go = edited.folder / "go"
    hold("frames", edited, until=go)
    hold("features", edited)
    in_background = ["sh", "-c", 'nohup "$@" & wait $!', "sh"]
    video = str(edited.show / f"{TRAIN}.mp4")
    shell = edited.started("features", "--video", video, by=in_background)
    frames = running("frames", edited, shell)
    (driver,) = psutil.Process(shell.pid).children()
    for order in (signal.SIGHUP, signal.SIGINT):
        for process in driver.children(recursive=True):
            process.send_signal(order)
        driver.send_signal(order)
    assert frames.is_running()
    go.touch()
    features = running("features", edited, shell)
    driver.send_signal(signal.SIGTERM)
    said = shell.communicate(timeout=30)[1]
    assert shell.returncode == ExitCode.INTERRUPTED, said
    assert "run again" in said
    assert "Traceback" not in said
    assert not features.is_running()


def test_a_stage_does_not_outlive_a_killed_driver(edited: Project) -> None:
    hold("frames", edited)
    process = edited.started("frames")
    stage = running("frames", edited, process)
    process.kill()
    process.communicate()
    stage.wait(timeout=20)
    run = last_run(edited)
    assert run["state"] == "running"
    edited.made("plan")
    edited.made("comments")
    first = min((edited.workdir / "runs").glob("*.json"))
    assert json.loads(first.read_text())["state"] == "died"


def test_runs_on_different_videos_go_on_at_once(edited: Project) -> None:
    hold("frames", edited)
    process = edited.started("frames", "--video", str(edited.show / f"{TRAIN}.mp4"))
    running("frames", edited, process)
    other = edited.show / f"{ANNOTATE}.mp4"
    edited.made("comments", "--video", str(other))
    assert edited.plan("frames", "--video", str(other)) == {("frames", ANNOTATE)}
    busy = edited.run("comments", "--video", str(edited.show / f"{TRAIN}.mp4"))
    assert busy.returncode == ExitCode.BUSY
    assert str(process.pid) in busy.stderr
    assert "WAIT=1" in busy.stderr
    assert len(busy.stderr.splitlines()) == 1
    waiting = edited.started("comments", "--wait")
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(3)
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=30)
    assert "2 videos" in waiting.communicate(timeout=60)[1]
    assert waiting.returncode == ExitCode.OK


def test_clean_leaves_alone_what_a_run_is_at_work_on(edited: Project) -> None:
    hold("frames", edited)
    video = str(edited.show / f"{TRAIN}.mp4")
    process = edited.started("frames", "--video", video)
    running("frames", edited, process)
    assert edited.run("clean", "--video", video).returncode == ExitCode.BUSY
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=30)
    edited.made("clean", "--video", video)


def test_a_second_host_is_refused_while_the_first_one_lives(fresh: Project) -> None:
    fresh.made("comments")
    file = max((fresh.workdir / "runs").glob("*.json"))
    elsewhere = json.loads(file.read_text()) | {"state": "running", "host": "elsewhere"}
    file.write_text(json.dumps(elsewhere))
    done = fresh.run("frames")
    assert done.returncode == ExitCode.BUSY
    assert "host elsewhere" in done.stderr
    os.utime(file, (time.time() - 100, time.time() - 100))
    fresh.made("frames")
    assert json.loads(file.read_text())["state"] == "died"


def test_stages_share_out_the_gpus(edited: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them, of which torch knows nothing here: the network falls back to the processor."""
    seen = edited.folder / "seen"
    seen.mkdir()
    at_start_of(
        "features",
        edited,
        "import os, pathlib, time\n"
        f"    mine = pathlib.Path({str(seen)!r}, os.environ['CUDA_VISIBLE_DEVICES'])\n"
        "    mine.touch()\n"
        f"    while len(list(pathlib.Path({str(seen)!r}).iterdir())) < 2: time.sleep(0.1)\n",
    )
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    edited.made("features")  # ends only if both are at work at once, each with a GPU of its own
    assert {path.name for path in seen.iterdir()} == {"0", "1"}


def test_one_page_is_fetched_by_one_process(fresh: Project) -> None:
    from pipeline.engine.locks import Locks

    url = "https://example.org/watch/1"
    (fresh.workdir / "runs").mkdir(parents=True)
    this_process = Locks(fresh.workdir / ".lock")
    assert this_process.acquire(f"fetch {url}")
    done = fresh.run("fetch", "--url", url)
    assert done.returncode == ExitCode.BUSY
