"""What make and the driver say to a mistyped word."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.__main__ import APPLICATION
from pipeline.runtime.spelling import closest, misspelt_variables

ROOT = Path(__file__).parents[2]

VARIABLES = APPLICATION.command_line().verbs["fetch"].variables
PYTHON = """#!/bin/sh
echo "$*" >> done
printf %s "$CONFIG" > config
printf %s "$MODEL" > model
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project that is set up, whose Python notes what it is to do."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "configs", folder / "configs")
    (folder / "pipeline" / "runtime").mkdir(parents=True)
    for file in (
        *("Makefile", "pipeline/__init__.py"),
        *(f"pipeline/runtime/{name}.py" for name in ("__init__", "paths", "spelling")),
    ):
        shutil.copy(ROOT / file, folder / file)
    for file in (
        "stages/danmaku/render.py",
        "stages/danmaku/report.py",
        "pyproject.toml",
        "constraints.txt",
    ):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON)
    python.chmod(0o755)
    (folder / ".venv" / "run").touch()
    (folder / "tests").mkdir()
    return folder


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    plain = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    return subprocess.run(
        ["make", f"PYTHON={sys.executable}", *words],
        cwd=folder,
        env=plain,
        capture_output=True,
        text=True,
    )


def done(folder: Path) -> list[str]:
    file = folder / "done"
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rendr"], "there is no verb rendr. Did you mean `render`?"),
        (["Render"], "there is no verb Render. Did you mean `render`?"),
        (["render", "repotr"], "there is no verb repotr. Did you mean `report`?"),
        (["tests"], "there is no verb tests. Did you mean `test`?"),  # there is a folder
        (["zzz"], "there is no verb zzz. `make help` lists the verbs."),
        (["re'n;dr"], "there is no verb re'n;dr. Did you mean `render`?"),
        (["render", "VIDO=x"], "VIDO= is not a known variable. Did you mean `VIDEO=`?"),
        (["VIDO=x", "render"], "VIDO= is not a known variable. Did you mean `VIDEO=`?"),
        (["render", "video=x"], "video= is not a known variable. Did you mean `VIDEO=`?"),
        (["demo", "WORK_DIR=x"], "WORK_DIR= is not a known variable. Did you mean `WORKDIR=`?"),
        (["test", "COMMENT=a b=c"], "COMMENT= is not a known variable. Did you mean `COMMENTS=`?"),
        (["render", "CODEC=av1"], "is not a variable but a setting. Write SET=render.codec=…"),
        (["render", "SEED=3"], "is not a variable but a setting. Write SET=seed=…"),
    ],
)
def test_make_notices_a_slip_before_it_does_anything(
    checkout: Path, words: list[str], told: str
) -> None:
    answer = make(checkout, *words)
    assert answer.returncode == 2
    assert told in answer.stderr.splitlines()[0]
    assert answer.stderr.startswith("make: error: ")
    assert len(answer.stderr.splitlines()) == 2  # the other is make's own
    assert done(checkout) == []


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["VIDEO=a b.mp4", "OF=comments", "AT=1:05"],
        ["BIN=.venv/bin", "LOCKED=", "RUN=.venv/bin/python -m pipeline"],
        ["MAKEFLAGS=-s", "-j2"],
        ["TMPDIR=/tmp", f"PATH={os.environ['PATH']}", "OMP_NUM_THREADS=1", "V=1", "http_proxy=x"],
        ["YAJIUMA_DEVICE=cpu", "CUDA_VISIBLE_DEVICES=0", "PYTHONPATH=x"],
    ],
)
def test_what_is_no_slip_goes_through(checkout: Path, words: list[str]) -> None:
    answer = make(checkout, "render", *words)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert done(checkout) == ["-m pipeline render"]


def test_a_misspelling_is_reported_before_anything_is_installed(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    assert "Did you mean `render`?" in make(checkout, "rendr").stderr
    assert not (checkout / ".venv").exists()


def test_all_and_models_are_verbs_and_a_model_is_handed_on(checkout: Path) -> None:
    assert make(checkout, "all", "models").returncode == 0
    assert make(checkout, "clean", "MODEL=my show").returncode == 0
    assert done(checkout) == [f"-m pipeline {verb}" for verb in ("all", "models", "clean")]
    assert (checkout / "model").read_text() == "my show"


def test_help_names_every_verb_and_variable(checkout: Path) -> None:
    told = make(checkout, "help").stdout
    assert make(checkout).stdout == told
    assert f"\n  {'clean':22}remove what was made" in told
    assert f"\n  {'STAGE':22}update a stage's output" in told
    assert "STAGE is one of: render report\n" in told
    for verb in ("all", "demo", "fetch", "plan", "models", "doctor", "test", "sbom"):
        assert f"\n  {verb} " in told
    for name in VARIABLES:
        assert f"{name}=" in told


def test_help_needs_no_tool_of_gnu() -> None:
    """What BSD's sed and expand, or make 3.81, do otherwise or not at all."""
    text = (ROOT / "Makefile").read_text()
    for word in (
        "sed -",
        "expand -",
        "\\t",
        ".SHELLSTATUS",
        ".ONESHELL",
        "undefine",
        "$(file",
        "!=",
    ):
        assert word not in text, word


@pytest.mark.parametrize(
    ("word", "meant"), [("vido", "VIDEO"), ("FORMTA", "FORMAT"), ("xyz", None), ("", None)]
)
def test_the_closest_word_is_found_whatever_its_case(word: str, meant: str | None) -> None:
    assert closest(word, VARIABLES) == meant


@pytest.mark.parametrize(
    ("environment", "misspelt"),
    [
        ({"VIDO": "x"}, {"VIDO": "VIDEO"}),
        ({"COMMENT": "x", "CONFIGS": "y"}, {"COMMENT": "COMMENTS", "CONFIGS": "CONFIG"}),
        ({"VIDO": ""}, {}),  # make exports MODELS so, whatever the verb
        ({"VIDO": "x", "VIDEO": "y"}, {}),  # it is given: the other is somebody else's
        ({"VIDO": ""}, {}),
        ({"PATH": "x", "HOME": "y", "LANG": "C", "TERM": "t", "MODE": "m", "URI": "u"}, {}),
        ({"PYTHONPATH": "x", "OMP_NUM_THREADS": "1", "SHLVL": "2", "vido": "x"}, {}),
    ],
)
def test_only_likely_variables_of_the_environment_count(
    environment: dict[str, str], misspelt: dict[str, str]
) -> None:
    assert misspelt_variables(environment, VARIABLES) == misspelt
