"""Every program of the project tells of a wrong command line in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.runtime.errors import ExitCode
from tests import forking

ROOT = Path(__file__).parents[2]
ALONE = str(ROOT / "pipeline" / "setup" / "run_exclusively.py")


def run(folder: Path, *words: str, python: str | None = None) -> subprocess.CompletedProcess[str]:
    """Start ``python …`` in ``folder``, in which there is an empty file ``empty``."""
    (folder / "empty").touch()
    plain = {key: value for key, value in os.environ.items() if key not in ("VIDEO", "URL")}
    return subprocess.run(
        [python or forking.python(), *words],
        cwd=folder,
        env=plain | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("pipeline", 2, "VERB is missing"),
        ("pipeline rendr", 2, "there is no verb rendr. Did you mean `render`?"),
        ("pipeline zzz", 2, "there is no verb zzz. --help"),
        ("pipeline render --vido x", 2, "there is no option --vido. Did you mean `--video`?"),
        ("pipeline render --video", 2, "--video needs a value"),
        ("pipeline render --video=", 2, "--video: the path is empty"),
        ("pipeline render --workdir=", 2, "--workdir: the path is empty"),
        ("pipeline --of comments render", 2, "VERB is missing: it comes before --of"),
        ("pipeline render plan", 2, "plan cannot follow render"),
        ("pipeline render --config none.yaml", 2, "there is no settings file {0}/none.yaml"),
        ("pipeline render --config .", 2, "there is no settings file in the folder {0}"),
        ("pipeline render --profile locl", 2, "Did you mean `local`?"),
        ("pipeline render --of comment", 11, "OF= is “comment”, but must be one of generated"),
        (
            "pipeline render --viewers half",
            11,
            "one of none, layers, halves. Did you mean `halves`?",
        ),
        ("pipeline export --format as", 11, "Did you mean `ass`?"),
        ("pipeline stills --format jpg", 11, "FORMAT= is “jpg”, but must be png or gif"),
        ("pipeline stills --at 1:xx", 2, "AT="),
        ("pipeline frames --video none.mp4", 20, "there is no video at {0}/none.mp4"),
        ("pipeline render --config emty", 2, "Did you mean `empty`?"),
        ("pipeline frames --video emty", 20, "Did you mean `empty`? Check the path after VIDEO="),
        ("pipeline frames --video empty --cuts 1:00-2:00", 11, "cuts count from the start of a"),
        ("pipeline frames --video .", 20, "there is no video in the folder"),
        (
            "pipeline frames --video empty --comments none.xml",
            30,
            "no comment file at {0}/none.xml",
        ),
        ("pipeline frames --video empty --comments .", 30, "{0}: it is a folder"),
        ("pipeline fetch", 2, "URL= is missing"),
        ("pipeline fetch --url sm9", 2, "URL= is not the address of a page: sm9"),
        ("pipeline fetch --url https://me:secret@example.org", 2, "it holds a login"),
        ("pipeline fetch --url me:secret@example.org", 2, "URL= is not the address of a page. "),
        ("pipeline fetch --url https://a.b --limit x", 2, "LIMIT= is x, which is not a number"),
        ("pipeline fetch --url https://a.b --since x", 2, "SINCE= is x, which is not a day"),
        ("pipeline inspect", 2, "FILE is missing"),
        ("pipeline inspect none.xml", 30, "none.xml: No such file or directory. Check the path."),
        ("pipeline inspect .", 30, "Is a directory"),
        ("pipeline inspect empty", 32, "empty is empty"),
        ("pipeline convert empty", 2, "TARGET is missing"),
        ("pipeline convert empty --fromat csv", 2, "there is no option --fromat. Did you mean"),
        ("pipeline convert empty x.zip", 2, "the ending of x.zip is not that of a format"),
        ("pipeline docs rendring", 2, "there is no document rendring. Did you mean `rendering`?"),
        ("pipeline render reprot", 2, "there is no verb reprot. Did you mean `report`?"),
        ("pipeline render nothing.mp4", 20, "there is no video at {0}/nothing.mp4"),
        ("pipeline render empty VIDEO=other", 2, "both empty and other are named to work on"),
        (
            "pipeline render empty empty COMMENTS=x",
            2,
            "belong to one video or folder of pictures, and 2 are named",
        ),
        ("pipeline render VIDO=empty", 2, "VIDO= is not a known variable. Did you mean `VIDEO`?"),
        ("pipeline models empty", 2, "empty is not expected here"),
        ("pipeline.show", 2, "--folder is missing"),
        ("pipeline.show --folder empty", 51, "there is a file where a folder should be at empty"),
        ("pipeline.show --folder x --episode one", 2, "--episode is “one”, but must be a whole"),
        ("pipeline.show --folder x y", 2, "y is not expected here"),
        ("pipeline.setup.audit x", 2, "x is not expected here"),
        (
            "stages.danmaku.align --inptu a=b",
            2,
            "there is no option --inptu. Did you mean `--input`?",
        ),
    ],
)
def test_a_wrong_command_line_is_one_line(tmp_path: Path, words: str, code: int, told: str) -> None:
    arguments = words.split()
    if arguments[0] == "pipeline" and not any("--workdir" in word for word in arguments):
        arguments += ["--workdir", str(tmp_path / "workdir")]
    answer = run(tmp_path, "-m", *arguments)
    assert answer.returncode == ExitCode(code), answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert "error: " in answer.stderr
    assert told.replace("{0}", str(tmp_path)) in answer.stderr
    assert "secret" not in answer.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "no command is given"),
        (["true"], "Makefile: No such file"),
    ],
)
def test_setting_up_reports_a_wrong_call(tmp_path: Path, words: list[str], told: str) -> None:
    answer = run(tmp_path, ALONE, *words, python=sys.executable)
    assert answer.returncode == ExitCode.USAGE
    assert told in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_setting_up_reports_a_command_that_cannot_be_started(tmp_path: Path) -> None:
    (tmp_path / "Makefile").touch()
    answer = run(tmp_path, ALONE, "no-such-command", python=sys.executable)
    assert answer.returncode == ExitCode.USAGE
    assert answer.stderr.startswith("alone: error: no-such-command: No such file")


def test_a_missing_auditor_is_reported(tmp_path: Path) -> None:
    from pipeline.runtime.errors import PipelineError
    from pipeline.setup.audit import audit

    with pytest.raises(PipelineError) as caught:
        audit(tmp_path / "none", tmp_path / "locked.txt")
    assert caught.value.code == ExitCode.USAGE
    assert "make audit" in caught.value.remedy


def test_help_still_helps(tmp_path: Path) -> None:
    answer = run(tmp_path, "-m", "pipeline", "render", "--help")
    assert answer.returncode == 0
    assert "--video VIDEO" in answer.stdout


def test_a_reader_may_stop_reading(tmp_path: Path) -> None:
    command = f"{sys.executable} -m pipeline docs performance | head -1; exit ${{PIPESTATUS[0]}}"
    answer = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("# ")


@pytest.mark.parametrize(
    ("value", "waits"), [("", False), ("0", False), ("no", False), ("1", True)]
)
def test_wait_may_be_denied(monkeypatch: pytest.MonkeyPatch, value: str, waits: bool) -> None:
    from pipeline.__main__ import APPLICATION

    monkeypatch.setenv("WAIT", value)
    assert APPLICATION.command_line().parse(["render"]).wait is waits


def test_a_misspelt_variable_of_the_environment_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDO", "ep1.mp4")
    answer = run(tmp_path, "-m", "pipeline", "frames", "--workdir", str(tmp_path / "w"))
    assert answer.returncode == ExitCode.USAGE
    assert "VIDO in the environment means nothing. Did you mean VIDEO?" in answer.stderr
