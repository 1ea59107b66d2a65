"""What is installed is what was locked; see docs/supply-chain.md."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.setup.audit import audit

ROOT = Path(__file__).parents[2]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins(file: str) -> dict[str, str]:
    """Version by name of every package of a file, hashes left aside."""
    requirements = [
        Requirement(line.partition(" \\")[0])
        for line in (ROOT / file).read_text().splitlines()
        if not line.startswith(" ")
    ]
    return {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in requirements}


@pytest.mark.parametrize("file", ["locked.txt", "locked-build.txt"])
def test_every_locked_package_is_constrained_alike_and_hashed(file: str) -> None:
    packages = re.split(r"\n(?=\S)", (ROOT / file).read_text().strip())
    assert len(packages) == len(pins(file)) > 5
    for package in packages:
        _, *hashes = (line.strip(" \\") for line in package.splitlines())
        assert hashes, package
        assert all(HASH.fullmatch(line) for line in hashes), package
    constrained = pins("constraints.txt")
    shared = pins(file).keys() & constrained.keys()
    assert {name: pins(file)[name] for name in shared} == {n: constrained[n] for n in shared}
    # What comes with torch on a machine with a GPU, and others on Windows and in a browser.
    others = pins(file).keys() - constrained.keys()
    known = re.compile("nvidia-.*|cuda-.*|triton|colorama|pyreadline3|httpx2-jsfetch")
    assert [name for name in others if not known.fullmatch(name)] == []


def test_everything_that_is_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    run = [*project["project"]["dependencies"], *extras["learn"], *extras["fetch"]]
    build = project["build-system"]["requires"]
    for file, needs in (("locked.txt", run), ("locked-build.txt", build)):
        locked = pins(file)
        for need in map(Requirement, needs):
            assert need.specifier.contains(locked[canonicalize_name(need.name)]), need


def auditor(folder: Path, output: str, complaint: str = "") -> Path:
    """A pip-audit that says what it is told to."""
    script = folder / "pip-audit"
    script.write_text(f"#!/bin/sh\ncat <<'END'\n{output}\nEND\necho '{complaint}' >&2\nexit 1\n")
    script.chmod(0o755)
    return script


def test_an_audit_counts_what_it_looked_up(tmp_path: Path) -> None:
    told = auditor(tmp_path, '{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}')
    assert audit(told, ROOT / "locked.txt") == "no vulnerability is known of 1 packages"


@pytest.mark.parametrize(
    ("output", "complaint", "code", "said"),
    [
        (
            '{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}',
            "",
            ExitCode.VULNERABLE,
            "a 1 (PYSEC-1)",
        ),
        (
            '{"dependencies": [{"name": "a", "version": "1", "vulns": []},'
            ' {"name": "b", "skip_reason": "not found"}]}',
            "",
            ExitCode.FETCH_FAILED,
            "1 of 2 packages; not found",
        ),
        ("", "no route to host", ExitCode.FETCH_FAILED, "no route to host"),
    ],
)
def test_an_audit_never_passes_for_want_of_an_answer(
    tmp_path: Path, output: str, complaint: str, code: ExitCode, said: str
) -> None:
    with pytest.raises(PipelineError) as caught:
        audit(auditor(tmp_path, output, complaint), ROOT / "locked.txt")
    assert caught.value.code == code
    assert said in caught.value.problem
