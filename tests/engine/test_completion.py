"""Completion as a real bash asks for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASK = """
eval "$(yajiuma completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
read -ra COMP_WORDS <<< "$1"
[[ $1 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
function=$(complete -p yajiuma | sed 's/.*-F \\([^ ]*\\).*/\\1/')
$function yajiuma "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a video, and the program in ``bin``."""
    (tmp_path / "ep1.mp4").touch()
    program = tmp_path / "bin" / "yajiuma"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m pipeline "$@"\n')
    program.chmod(0o755)
    return tmp_path


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("yajiuma repo", {"report"}),
        ("yajiuma render ep", {"ep1.mp4"}),
        ("yajiuma render ep1.mp4 rep", {"report"}),
        ("yajiuma render --vi", {"--video", "--viewers"}),
        ("yajiuma render --of ", {"generated", "comments", "captions"}),
        ("yajiuma stills --format ", {"png", "gif"}),
        ("yajiuma render --set render.v", {"render.viewers="}),
        ("yajiuma render --config art", {"article"}),
        ("yajiuma completion ", {"bash", "zsh", "fish", "tcsh", "powershell"}),
    ],
)
def test_bash_completes(folder: Path, line: str, answers: set[str]) -> None:
    done = subprocess.run(
        ["bash", "-c", ASK, "bash", line],
        cwd=folder,
        env=os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert {word.strip() for word in done.stdout.splitlines()} == answers
