"""Bad input: one line that says what is wrong and what to do, and an exit code of its own."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.media.ffmpeg import ffmpeg_path
from pipeline.runtime.errors import ExitCode
from tests import clips, forking
from tests.engine.project import ANNOTATE, TRAIN, Project


@pytest.fixture
def fresh(untouched: Project, tmp_path: Path) -> Project:
    return untouched.copy_to(tmp_path / "fresh")


def refused(project: Project, code: ExitCode, *command: str) -> str:
    """Run a command that must fail with ``code`` and one line; return the line.

    A stage that began has been announced before it.
    """
    verb, *options = command
    done = project.run(verb, *options)
    said = [line for line in done.stderr.splitlines() if not line.startswith("stage 1 of ")]
    assert done.returncode == code, done.stderr
    assert len(said) == 1, done.stderr
    assert "error: " in said[0]
    assert "Traceback" not in done.stderr
    return said[0]


def file(project: Project, name: str, content: bytes) -> str:
    path = project.folder / name
    path.write_bytes(content)
    return str(path)


def episode(project: Project) -> bytes:
    return (project.show / f"{TRAIN}.mp4").read_bytes()


def test_a_missing_video(fresh: Project) -> None:
    said = refused(fresh, ExitCode.VIDEO_MISSING, "frames", "--video", "no/such.mp4")
    assert "no/such.mp4" in said
    assert "VIDEO=" in said


def test_a_text_file_named_mp4(fresh: Project) -> None:
    path = file(fresh, "notes.mp4", b"dear diary\n" * 99)
    assert path in refused(fresh, ExitCode.NOT_A_VIDEO, "frames", "--video", path)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_truncated_video(fresh: Project, share: float) -> None:
    whole = episode(fresh)
    path = file(fresh, "cut.mp4", whole[: int(share * len(whole))])
    assert "cut off" in refused(fresh, ExitCode.VIDEO_TRUNCATED, "frames", "--video", path)
    assert not (fresh.workdir / "cut" / "frames.h5").exists()


def test_a_video_without_pictures(fresh: Project) -> None:
    path = fresh.folder / "song.mp4"
    source = fresh.show / f"{TRAIN}.mp4"
    command = [ffmpeg_path(), "-v", "error", "-i", str(source), "-vn", "-c", "copy", str(path)]
    subprocess.run(command, check=True)
    refused(fresh, ExitCode.NO_FRAMES, "frames", "--video", str(path))
    refused(fresh, ExitCode.NO_FRAMES, "frames", "--video", file(fresh, "none.mp4", b""))


def test_a_song_with_a_cover(fresh: Project) -> None:
    path, cover = fresh.folder / "song.m4a", fresh.folder / "cover.jpg"
    clips.ffmpeg("-f", "lavfi", "-i", "color=s=320x320", "-frames:v", "1", cover)
    picture = ("-i", cover, "-map", "0", "-map", "1", "-c:v", "copy")
    clips.ffmpeg(*clips.sound(), *picture, "-disposition:v:0", "attached_pic", path)
    said = refused(fresh, ExitCode.NO_FRAMES, "frames", "--video", str(path))
    assert "as a cover is (1 (mjpeg, 320×320))" in said


@pytest.mark.parametrize("number", ["1", "first"])
def test_a_stream_that_is_none_of_pictures(fresh: Project, number: str) -> None:
    video = str(fresh.show / f"{TRAIN}.mp4")
    said = refused(fresh, ExitCode.USAGE, "frames", "--video", video, "--stream", number)
    assert ("it has 0 (h264, " in said) == (number == "1")
    assert "Write STREAM=" in said
    assert not (fresh.workdir / TRAIN / "source.video.json").exists()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks(
    fresh: Project, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("no compiler for a library to be loaded before the system's")
    source, library = fresh.folder / "flock.c", fresh.folder / "flock.so"
    source.write_text(
        f"#include <errno.h>\nint flock(int f, int how) {{ errno = {number}; return -1; }}\n"
    )
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    monkeypatch.setenv("LD_PRELOAD", str(library))
    fresh.forks = False
    video = ("--video", str(fresh.show / f"{TRAIN}.mp4"))
    said = refused(fresh, ExitCode.NOT_WRITABLE, "frames", *video)
    assert f"a file in {fresh.workdir} cannot be locked" in said
    assert "WORKDIR=" in said
    assert fresh.run("clean", *video).returncode == 0
    assert fresh.run("models").returncode == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"these are my notes", ExitCode.UNKNOWN_FORMAT),
        (b"<html><body>404</body></html>", ExitCode.UNKNOWN_FORMAT),
        (b"", ExitCode.EMPTY_FILE),
        (b'<packet><chat vpos="1" deleted="1"/></packet>', ExitCode.NOTHING_USABLE),
        (b"[]", ExitCode.NOTHING_USABLE),
    ],
)
def test_bad_comment_files(fresh: Project, content: bytes, code: ExitCode) -> None:
    path = file(fresh, "comments.xml", content)
    video = str(fresh.show / f"{TRAIN}.mp4")
    said = refused(fresh, code, "comments", "--video", video, "--comments", path)
    assert path in said


def test_a_missing_comment_file(fresh: Project) -> None:
    video = str(fresh.show / f"{TRAIN}.mp4")
    refused(
        fresh, ExitCode.COMMENTS_MISSING, "comments", "--video", video, "--comments", "none.xml"
    )


def test_comments_without_words_are_none(fresh: Project) -> None:
    """A comment file of another video, far longer: all its times lie past the end."""
    late = b'<packet><chat vpos="99999">late</chat></packet>'
    fresh.write_settings(align={"past_end": "drop"})
    video = str(fresh.show / f"{TRAIN}.mp4")
    path = file(fresh, "late.xml", late)
    done = fresh.run("align", "--video", video, "--comments", path)
    assert done.returncode == ExitCode.NOTHING_USABLE
    assert "belongs to this video" in done.stderr


def test_two_files_of_one_name(fresh: Project) -> None:
    fresh.made("frames", "--video", str(fresh.show / f"{TRAIN}.mp4"))
    other = fresh.folder / f"{TRAIN}.mp4"
    shutil.copy(fresh.show / f"{ANNOTATE}.mp4", other)
    assert "make clean" in refused(fresh, ExitCode.NAME_TAKEN, "frames", "--video", str(other))


def test_two_comment_files_of_one_name(fresh: Project) -> None:
    (fresh.show / f"{TRAIN}.json").write_text("[]")
    said = refused(
        fresh, ExitCode.NAME_TAKEN, "comments", "--video", str(fresh.show / f"{TRAIN}.mp4")
    )
    assert "COMMENTS=" in said


def test_settings(fresh: Project) -> None:
    fresh.write_settings(render={"crff": 30})
    said = refused(fresh, ExitCode.UNKNOWN_SETTING, "render")
    assert "settings.yaml:" in said
    assert "Did you mean `crf`?" in said
    fresh.write_settings(render={"crf": 99})
    assert "render.crf" in refused(fresh, ExitCode.INVALID_SETTING, "render")
    fresh.config.unlink()
    refused(fresh, ExitCode.USAGE, "render")


def test_nothing_to_work_on(fresh: Project) -> None:
    fresh.write_settings(videos={})
    assert "VIDEO=" in refused(fresh, ExitCode.USAGE, "render")
    lonely = fresh.folder / "lonely.mp4"
    shutil.copy(fresh.show / f"{ANNOTATE}.mp4", lonely)
    said = refused(fresh, ExitCode.NO_MODEL, "render", "--video", str(lonely))
    assert "make train" in said
    said = refused(fresh, ExitCode.USAGE, "clusters", "--video", str(lonely))
    assert "lonely is a video, and clusters needs a folder of pictures" in said
    refused(fresh, ExitCode.COMMENTS_MISSING, "train", "--video", str(lonely))


def test_weights_that_cannot_be_had(fresh: Project) -> None:
    video = ("--video", str(fresh.show / f"{TRAIN}.mp4"))
    fresh.made("frames", *video)
    cases: list[tuple[dict[str, object], ExitCode]] = [
        ({"backbone": "nowhere.onnx", "taps": ["grid"]}, ExitCode.WEIGHTS_UNAVAILABLE),
        ({"backbone": str(fresh.config), "taps": ["grid"]}, ExitCode.INVALID_SETTING),
        ({"backbone": str(fresh.network), "taps": ["gird"]}, ExitCode.INVALID_SETTING),
    ]
    for changes, code in cases:
        fresh.write_settings(features=changes)
        refused(fresh, code, "features", *video)


def test_a_workdir_that_cannot_be_written(fresh: Project) -> None:
    fresh.workdir.write_text("a file in its place")
    assert "WORKDIR=" in refused(fresh, ExitCode.NOT_WRITABLE, "frames")


def test_a_full_disk(fresh: Project) -> None:
    """A limit on the size of files stands for the disk: both stop a write in its middle."""
    video = ("--video", str(fresh.show / f"{TRAIN}.mp4"))
    fresh.made("frames", *video)
    command = fresh.command("features", *video)
    limited = ["bash", "-c", 'ulimit -f 40; exec "$@"', "bash", *command]
    done = subprocess.run(
        limited, cwd=fresh.code, env=fresh.environment(), capture_output=True, text=True
    )
    assert done.returncode == ExitCode.DISK_FULL, done.stderr
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(fresh.workdir.glob("*/features.h5"))
    fresh.made("features", *video)


def test_one_bad_video_does_not_stop_the_others(fresh: Project) -> None:
    bad = file(fresh, "bad.mp4", b"no video")
    fresh.write_settings(videos={"annotate": [bad, str(fresh.show / f"{ANNOTATE}.mp4")]})
    done = fresh.run("frames")
    assert done.returncode == ExitCode.NOT_A_VIDEO
    assert (fresh.workdir / ANNOTATE / "frames.h5").exists()
    assert "frames bad: error" in done.stderr


def test_a_traceback_only_when_asked_for(fresh: Project, tmp_path: Path) -> None:
    for more, shown in (([], False), (["-v"], True)):
        done = subprocess.run(
            [
                *(forking.python(), "-m", "stages.pictures.frames", *more),
                *("--input", "source=none.mp4", "--output", f"frames={tmp_path}/frames.h5"),
            ],
            cwd=fresh.code,
            env=os.environ | {"PYTHONPATH": str(fresh.code)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == ExitCode.VIDEO_MISSING
        assert ("Traceback" in done.stderr) == shown


def test_a_verb_that_needs_comments_skips_videos_that_have_none(fresh: Project) -> None:
    lonely = fresh.folder / "lonely.mp4"
    shutil.copy(fresh.show / f"{ANNOTATE}.mp4", lonely)
    train = str(fresh.show / f"{TRAIN}.mp4")
    fresh.write_settings(videos={"train": [train], "annotate": [str(lonely)]})
    of_the_other = {(stage, TRAIN) for stage in ("frames", "comments", "delay", "align")}
    assert fresh.plan("align") == of_the_other
    said = refused(fresh, ExitCode.COMMENTS_MISSING, "align", "--video", str(lonely))
    assert "lonely.xml" in said
