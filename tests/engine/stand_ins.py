"""Seasons of videos that are no videos, and stages that stand in: driver and graph are real."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from tests.engine.project import ROOT, Project, copy_code

RUN = '''"""Instead of what a stage does."""


def run(inputs, outputs, config):
    for paths in outputs.paths.values():
        for path in paths:
            path.write_text(path.name)
    return "stood in"


def measure(outputs):
    return {}
'''


def new_season(folder: Path, train: int, annotate: int) -> Project:
    """So many videos with comments to learn from and to annotate; nothing made of them yet."""
    project = Project(folder, folder, copy_code(folder / "code"))
    (project.code / "stages" / "_stand_in.py").write_text(RUN)
    for stage in (project.code / "stages").glob("[!_]*/[!_]*.py"):
        text, declared = stage.read_text(), "\nSTAGE = Stage("
        assert declared in text
        imports = "\nfrom stages._stand_in import measure, run\n"
        stage.write_text(text.replace(declared, imports + declared))
    project.show.mkdir()
    list_videos(project, train, annotate)
    return project


def list_videos(project: Project, train: int, annotate: int, **sections: dict[str, object]) -> None:
    """Settings for so many videos; those that are new are made."""
    names = {
        "train": [f"past-{number:04}" for number in range(train)],
        "annotate": [f"ep-{number:04}" for number in range(annotate)],
    }
    for name in [*names["train"], *names["annotate"]]:
        for file in (project.show / f"{name}.mp4", project.show / f"{name}.xml"):
            if not file.exists():
                file.write_text(file.name)
    videos = {
        role: [str(project.show / f"{name}.mp4") for name in listed]
        for role, listed in names.items()
    }
    project.config.write_text(yaml.safe_dump({"model": "tiny", "videos": videos} | sections))


def finish(project: Project, *stages: str) -> None:
    """Have the engine take all that ``stages``, or else the products, need as made by them."""
    _without_shortcuts(project, "finish", *stages)


def engines_plan(project: Project, *stages: str) -> list[str]:
    """What `plan` says, in any order, where the engine is asked about every single video."""
    return comparable(_without_shortcuts(project, "ask", *stages))


def comparable(said: str) -> list[str]:
    """A plan's lines without the order that is up to the engine's sets, and the space left."""
    said = re.sub(r"[\d.]+ GB free", "some GB free", said)
    return sorted(
        line[:36] + " ".join(sorted(line[36:].replace(";", ",").replace(": ", ", ").split(", ")))
        for line in said.splitlines()
    )


def _without_shortcuts(project: Project, what: str, *stages: str) -> str:
    arguments = project.command("plan", *stages)[3:]
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.directly", what, *arguments],
        cwd=project.code,
        env=project.environment() | {"PYTHONPATH": f"{project.code}:{ROOT}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
