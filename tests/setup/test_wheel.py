"""The wheel, installed elsewhere without what only learning needs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from pipeline.runtime.errors import ExitCode
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec

ROOT = Path(__file__).parents[2]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    how = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    subprocess.run([*PIP, "wheel", *how, str(ROOT)], check=True)
    (file,) = folder.iterdir()
    return file


def description(wheel: Path) -> Message:
    """The wheel's METADATA."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``yajiuma`` in an environment that has the core's dependencies alone, as links to ours."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for name in sorted(needed(description(wheel).get_all("Requires-Dist", []))):
        for path in top_level(metadata.distribution(name)):
            if not (packages / path.name).exists():
                (packages / path.name).symlink_to(path)
    into = ["--python", str(folder / "bin" / "python")]
    how = ["--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*PIP, *into, "install", *how, str(wheel)], check=True)
    return folder / "bin" / "yajiuma"


def needed(requirements: list[str]) -> set[str]:
    """The names of packages that these lines ask for, at any distance."""
    waiting, reached = list(map(Requirement, requirements)), set[tuple[str, frozenset[str]]]()
    while waiting:
        need = waiting.pop()
        key = need.name.lower(), frozenset(need.extras)
        extras = need.extras or {""}
        if key in reached or not is_due(need, {""}):
            continue
        reached.add(key)
        lines = map(Requirement, metadata.requires(need.name) or [])
        # What is due for an extra of this package is due for whoever asks for that extra.
        waiting += [plain(line) for line in lines if is_due(line, extras)]
    return {name for name, _ in reached}


def is_due(need: Requirement, extras: set[str]) -> bool:
    return need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras)


def plain(need: Requirement) -> Requirement:
    need.marker = None
    return need


def top_level(package: metadata.Distribution) -> Iterator[Path]:
    """The files and folders of a package that lie in ``site-packages`` itself."""
    names = {file.parts[0] for file in package.files or []} - {"..", "__pycache__"}
    return (Path(str(package.locate_file(name))) for name in sorted(names))


def run(program: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run it in a folder, as a shell without any of the project's variables would."""
    plain = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run(
        [str(program), *words], cwd=folder, env=plain, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder with a commented video and nothing else."""
    spec = EpisodeSpec(seconds=2, width=64, height=36)
    make_episode(tmp_path, spec).rename(tmp_path / "ep1.mp4")
    (tmp_path / f"{spec.stem}.xml").rename(tmp_path / "ep1.xml")
    return tmp_path


def test_it_tells_its_version(program: Path, tmp_path: Path) -> None:
    told = run(program, tmp_path, "--version")
    assert (told.returncode, told.stdout) == (0, f"yajiuma {metadata.version('yajiuma')}\n")


def test_it_converts_comments(program: Path, folder: Path) -> None:
    done = run(program, folder, "convert", "ep1.xml", "ep1.ass")
    assert done.returncode == ExitCode.OK, done.stderr
    assert "Dialogue: " in (folder / "ep1.ass").read_text(encoding="utf-8")


def test_it_renders_comments_into_a_workdir_beside_the_video(program: Path, folder: Path) -> None:
    done = run(program, folder, "render", "statistics", "ep1.mp4", "--set", "render.of=comments")
    assert done.returncode == ExitCode.OK, done.stderr
    assert (folder / "workdir" / "ep1" / "annotated.mp4").stat().st_size
    assert (folder / "workdir" / "ep1" / "statistics.json").stat().st_size
    assert sorted(path.name for path in folder.iterdir() if path.name[0] != ".") == [
        *("ep1.mp4", "ep1.xml", "nekomachi-01.truth.json", "workdir")
    ]


def test_what_would_learn_says_what_to_install_and_does_nothing(
    program: Path, folder: Path
) -> None:
    done = run(program, folder, "render", "ep1.mp4")
    assert done.returncode == ExitCode.NOT_INSTALLED
    assert len(done.stderr.splitlines()) == 1
    assert "torch" in done.stderr
    assert "`pip install 'yajiuma[learn]'`" in done.stderr
    assert not (folder / "workdir" / "ep1" / "frames.h5").exists()
    assert run(program, folder, "demo").returncode == ExitCode.NOT_INSTALLED


def test_the_doctor_finds_nothing_to_mend_and_notes_the_extra(
    program: Path, tmp_path: Path
) -> None:
    told = run(program, tmp_path, "doctor")
    assert told.returncode == ExitCode.OK, told.stdout
    assert "note  learn " in told.stdout


def test_settings_of_the_current_folder_are_taken_and_named(program: Path, folder: Path) -> None:
    (folder / "yajiuma.yaml").write_text("export: {format: csv}\nvideos: {annotate: [ep1.mp4]}\n")
    done = run(program, folder, "export")
    assert done.returncode == ExitCode.OK, done.stderr
    assert "export: takes the settings of yajiuma.yaml\n" in done.stderr
    assert (folder / "workdir" / "ep1" / "comments.csv").exists()


def test_documentation_comes_with_it(program: Path, tmp_path: Path) -> None:
    assert "# Rendering" in run(program, tmp_path, "docs", "rendering").stdout
    assert (program.parents[1] / "share" / "man" / "man1" / "yajiuma.1").exists()


def test_its_description_leads_to_no_file_of_a_checkout(wheel: Path) -> None:
    text = str(description(wheel).get_payload())
    assert "`docs/rendering.md`" in text
    assert [line for line in text.splitlines() if "](docs/" in line or "](CHANGELOG" in line] == []
