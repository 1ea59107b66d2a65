"""What the driver says where settings name what is not there, and what else could be asked."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipeline.runtime.errors import ExitCode
from tests.engine.project import ANNOTATE, TRAIN, Project
from tests.engine.test_bad_input import refused


@pytest.fixture
def fresh(untouched: Project, tmp_path: Path) -> Project:
    return untouched.copy_to(tmp_path / "fresh")


def write_settings(project: Project, videos: str, **more: dict[str, object]) -> None:
    """Settings with the section ``videos`` as it is to stand there, from line 2 on."""
    project.write_settings(videos={}, **more)
    rest = yaml.safe_load(project.config.read_text()) | {"videos": None}
    rest = {key: value for key, value in rest.items() if value is not None}
    project.config.write_text(f"videos:\n{videos}\n{yaml.safe_dump(rest)}")


def test_paths_in_settings_are_relative_to_their_file(fresh: Project) -> None:
    (fresh.folder / "ng.txt").write_text("888\n")
    videos = f"  train: [show/{TRAIN}.mp4]\n  annotate: [show/{ANNOTATE}.mp4]"
    features: dict[str, object] = {"backbone": "net.onnx", "taps": ["grid", "vector"]}
    shutil.copy(fresh.network, fresh.folder / "net.onnx")
    write_settings(fresh, videos, comments={"ng_words": "ng.txt"}, features=features)
    fresh.made("comments", "features")
    for video in (TRAIN, ANNOTATE):
        assert (fresh.workdir / video / "comments.jsonl").exists()
        assert (fresh.workdir / video / "features.h5").exists()
    assert fresh.plan("comments", "features") == set()
    (fresh.folder / "ng.txt").write_text("999\n")
    assert ("comments", TRAIN) in fresh.plan("comments")


@pytest.mark.parametrize(
    ("entry", "code", "told"),
    [
        ("show/none.mp4", ExitCode.VIDEO_MISSING, "there is no video at {0}/show/none.mp4"),
        (
            "{video: show/nekomachi-02.mp4, comments: none.xml}",
            ExitCode.COMMENTS_MISSING,
            "there is no comment file at {0}/none.xml",
        ),
        (
            "{video: show/nekomachi-02.mp4, comments: show}",
            ExitCode.COMMENTS_MISSING,
            "there is no comment file at {0}/show: it is a folder",
        ),
        (
            "{video: show/nekomachi-02.mp4, broadcast: 2012-04-28T03:00}",
            ExitCode.INVALID_SETTING,
            "has no time zone. Write `broadcast: 2012-04-28T03:00+09:00`",
        ),
        (
            "{video: show/nekomachi-02.mp4, broadcast: 2012-04-28T03:00+09:00, cuts: [1-2]}",
            ExitCode.INVALID_SETTING,
            "the cut '1-2' is not of the form 10:00-11:30",
        ),
    ],
)
@pytest.mark.parametrize("role", ["train", "annotate"])
def test_a_wrong_entry_is_told_with_its_line(
    fresh: Project, role: str, entry: str, code: ExitCode, told: str
) -> None:
    write_settings(fresh, f"  {role}:\n    - {entry}")
    said = refused(fresh, code, "frames")
    assert f"{fresh.config}:3: " in said
    assert told.replace("{0}", str(fresh.folder)) in said
    assert "VIDEO=" not in said
    assert "COMMENTS=" not in said


def test_a_wrong_path_on_the_command_line_is_told_in_full(fresh: Project) -> None:
    said = refused(fresh, ExitCode.VIDEO_MISSING, "frames", "--video", "no/such.mp4")
    assert f"{fresh.code}/no/such.mp4" in said
    assert "VIDEO=" in said


@pytest.mark.parametrize("verb", [["export"], ["stills", "--of", "comments"]])
def test_a_video_without_comments_may_show_the_model_s(fresh: Project, verb: list[str]) -> None:
    lonely = fresh.folder / "lonely.mp4"
    shutil.copy(fresh.show / f"{ANNOTATE}.mp4", lonely)
    said = refused(fresh, ExitCode.COMMENTS_MISSING, *verb, "--video", str(lonely))
    assert "OF=generated" in said
    said = refused(fresh, ExitCode.COMMENTS_MISSING, "align", "--video", str(lonely))
    assert "OF=" not in said


def test_among_several_it_is_skipped_with_the_same_hint(fresh: Project) -> None:
    lonely = fresh.folder / "lonely.mp4"
    shutil.copy(fresh.show / f"{ANNOTATE}.mp4", lonely)
    write_settings(fresh, f"  annotate: [lonely.mp4, show/{TRAIN}.mp4]")
    said = fresh.made("export", "--format", "csv")
    assert "lonely" in said
    assert "has no comments; OF=generated takes the model's comments" in said


def test_all_stands_for_what_people_open(fresh: Project) -> None:
    planned = fresh.plan("all")
    assert {("render", ANNOTATE), ("report", ANNOTATE)} <= planned
    assert planned == fresh.plan() == fresh.plan("render", "report")


WITHOUT_A_USER = """
import pwd

def unknown(*who):
    raise KeyError("not found")

pwd.getpwuid = pwd.getpwnam = unknown
"""


@pytest.mark.parametrize("known", [True, False], ids=["a user", "a number"])
def test_a_bare_environment_will_do(fresh: Project, tmp_path: Path, known: bool) -> None:
    """As ``env -i`` has it, and a container whose user is but a number."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text("" if known else WITHOUT_A_USER)
    bare = {"PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(fresh.code)])}
    video = str(fresh.show / f"{TRAIN}.mp4")
    command = fresh.command("render", "features", "--of", "comments", "--video", video)
    done = subprocess.run(command, cwd=fresh.code, env=bare, capture_output=True, text=True)
    assert done.returncode == ExitCode.OK, done.stderr
    assert (fresh.workdir / TRAIN / "annotated.mp4").exists()
    assert not list(fresh.folder.rglob("~*"))
    doctor = subprocess.run(
        [sys.executable, "-m", "pipeline", "doctor", "--workdir", str(fresh.workdir)],
        cwd=fresh.code,
        env=bare,
        capture_output=True,
        text=True,
    )
    assert doctor.stdout.splitlines()[-1] == "all is well", doctor.stdout
