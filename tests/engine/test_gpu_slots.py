import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.engine import gpu_slots


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No GPU, and room for locks and a stand-in for nvidia-smi."""
    for name in ("CUDA_VISIBLE_DEVICES", "YAJIUMA_DEVICE", "YAJIUMA_GPUS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def nvidia_smi(machine: Path, told: str) -> None:
    program = machine / "nvidia-smi"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{told}\nEND\n")
    program.chmod(0o755)


TWO = "GPU 0: NVIDIA H200 (UUID: GPU-aa)\nGPU 1: NVIDIA H200 (UUID: GPU-bb)"


def test_gpus_are_found_by_what_cuda_calls_them(machine: Path) -> None:
    nvidia_smi(machine, TWO)
    assert gpu_slots.visible_gpus() == ["GPU-aa", "GPU-bb"]


def test_parts_of_a_gpu_count_each(machine: Path) -> None:
    part = "  MIG 3g.71gb     Device  {}: (UUID: MIG-{})"
    nvidia_smi(machine, "\n".join([TWO, part.format(0, "x"), part.format(1, "y")]))
    assert gpu_slots.visible_gpus() == ["MIG-x", "MIG-y"]


@pytest.mark.parametrize(("visible", "found"), [("", []), ("-1", []), ("2,3", ["2", "3"])])
def test_what_is_visible_decides(
    machine: Path, monkeypatch: pytest.MonkeyPatch, visible: str, found: list[str]
) -> None:
    nvidia_smi(machine, TWO)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert gpu_slots.visible_gpus() == found


def test_a_driver_that_fails_or_a_device_that_was_chosen_are_no_gpus_to_share(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia_smi(machine, "NVIDIA-SMI has failed because it couldn't communicate")
    assert gpu_slots.visible_gpus() == []
    nvidia_smi(machine, TWO)
    monkeypatch.setenv("YAJIUMA_DEVICE", "cuda:1")
    assert gpu_slots.visible_gpus() == []


@pytest.mark.parametrize(("videos", "share"), [(1, 4), (2, 2), (3, 1), (4, 1), (9, 1), (0, 4)])
def test_few_videos_get_several_gpus_each(
    monkeypatch: pytest.MonkeyPatch, videos: int, share: int
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1,2,3")
    with gpu_slots.shared_out(videos) as total:
        assert total == 4
        assert gpu_slots.share() == (share, 4)
    assert gpu_slots.share() == (1, 1)


def test_without_gpus_nothing_is_shared_and_nothing_hidden() -> None:
    with gpu_slots.shared_out(3) as total:
        assert total == 1
        assert gpu_slots.share() == (1, 1)
        with gpu_slots.taken():
            assert "CUDA_VISIBLE_DEVICES" not in os.environ


HOLD = """
import os, sys
from pipeline.engine import gpu_slots
with gpu_slots.taken():
    print(os.environ["CUDA_VISIBLE_DEVICES"], flush=True)
    sys.stdin.read()
"""


def holder() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_no_two_processes_hold_one_gpu_and_a_third_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAJIUMA_GPUS", "1 GPU-aa,GPU-bb")
    holders = [holder(), holder()]
    assert {told(process) for process in holders} == {"GPU-aa", "GPU-bb"}
    third = holder()
    with pytest.raises(subprocess.TimeoutExpired):
        third.wait(1)
    holders[1].kill()  # a slot is freed with its process, however that ends
    free = told(third)
    assert free in {"GPU-aa", "GPU-bb"}
    for process in (holders[0], third):
        process.communicate()
        assert process.returncode == 0


def test_a_stage_takes_what_is_free_of_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAJIUMA_GPUS", "2 GPU-aa,GPU-bb,GPU-cc")
    first = holder()
    assert told(first) == "GPU-aa,GPU-bb"
    second = holder()
    assert told(second) == "GPU-cc"
    for process in (first, second):
        process.communicate()
