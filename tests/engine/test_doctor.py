"""What the doctor says of a machine that lacks something."""

import sys
from importlib import metadata
from pathlib import Path

import pytest

from pipeline.__main__ import CHECKS
from pipeline.engine.commands import doctor
from pipeline.pictures import checks
from pipeline.runtime.errors import ExitCode

TORCH = metadata.version("torch")
PLAIN = TORCH.partition("+")[0]


class Versions:
    """Stands for importlib.metadata with some packages of other versions, or none."""

    PackageNotFoundError = metadata.PackageNotFoundError

    def __init__(self, torch: str | None, wanted: str) -> None:
        self.torch = torch
        self.wanted = wanted

    def version(self, name: str) -> str:
        if name == "torch" and self.torch is None:
            raise metadata.PackageNotFoundError(name)
        return str(self.torch) if name == "torch" else metadata.version(name)

    def requires(self, name: str) -> list[str]:
        return ["numpy", f"torch{self.wanted}", "pillow!=8.3.*,>=5.3.0"]


def torchvision_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[ExitCode, str, str]:
    code = doctor.examine(tmp_path, "local", CHECKS)
    lines = capsys.readouterr().out.splitlines()
    return code, next(line for line in lines if line[6:17] == "torchvision"), lines[-1]


def test_all_is_well_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, line, last = torchvision_line(tmp_path, capsys)
    assert code == ExitCode.OK
    assert line.startswith("ok ")
    assert last == "all is well"


@pytest.mark.parametrize("form", ["=={}", " (=={})"])
@pytest.mark.parametrize("build", ["", "+cpu", "+cu130"])
def test_builds_of_one_version_belong_together(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    build: str,
) -> None:
    versions = Versions(PLAIN + build, form.format(PLAIN))
    monkeypatch.setattr(checks, "metadata", versions)
    assert torchvision_line(tmp_path, capsys)[0] == ExitCode.OK


@pytest.mark.parametrize("form", ["==1.2.3", " (==1.2.3)", "==1.2.3 ; python_version > '3'"])
def test_versions_that_do_not_belong_together_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(checks, "metadata", Versions(TORCH, form))
    code, line, last = torchvision_line(tmp_path, capsys)
    assert code == ExitCode.INTERNAL
    assert line.startswith("MEND  torchvision")
    assert f"belongs to torch 1.2.3, and torch is {TORCH}" in line
    assert "pip install -c constraints.txt" in line
    assert line.endswith("torch torchvision")
    assert last == "1 thing to mend: torchvision"


def test_what_is_missing_is_told_with_the_command_that_installs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "metadata", Versions(None, "==1.2.3"))
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "natto", None)
    code = doctor.examine(tmp_path, "local", CHECKS)
    lines = capsys.readouterr().out.splitlines()
    assert code == ExitCode.INTERNAL
    mend = {line[6:18].strip(): line for line in lines if line.startswith("MEND")}
    assert {"torch", "torchvision", "MeCab"} <= set(mend)
    for line in mend.values():
        assert ".venv/bin/pip install -c constraints.txt" in line
    assert lines[-1] == f"{len(mend)} things to mend: {', '.join(mend)}"


def test_a_torchvision_that_cannot_be_imported_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pipeline.pictures.backbones.torchvision_on_cpu", None)
    monkeypatch.delattr("pipeline.pictures.backbones.torchvision_on_cpu", raising=False)
    code, line, last = torchvision_line(tmp_path, capsys)
    assert code == ExitCode.INTERNAL
    assert "--force-reinstall torch torchvision" in line
    assert last == "1 thing to mend: torchvision"


def test_a_wrong_profile_is_to_be_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.examine(tmp_path, "locl", CHECKS) == ExitCode.INTERNAL
    said = capsys.readouterr().out
    assert "Did you mean `local`?" in said
    assert said.splitlines()[-1] == "1 thing to mend: profile"
