"""Whether this machine has what the pipeline needs, and how to mend what is missing."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from pipeline.engine import gpu_slots
from pipeline.engine.profiles import load_profile
from pipeline.engine.run_records import read_runs
from pipeline.runtime.errors import ExitCode, printable
from pipeline.runtime.file_locks import refusals_told

_LOW_SPACE = 5e9  # bytes; an hour of every frame's conv5_3 alone takes 19.5 GB


_INSTALL = ".venv/bin/pip install -c constraints.txt"


class MissingError(Exception):
    """A line that is not ok; its text says how to mend it."""


def examine(workdir: Path, profile: str) -> ExitCode:
    """Print a line for each need, and one for all; INTERNAL if one of every run is not met."""
    needs: list[tuple[str, Callable[[], str], bool]] = [
        ("Python", _python, True),
        ("torch", _torch, True),
        ("torchvision", _torchvision, True),
        ("ffmpeg", _ffmpeg, True),
        ("encoders", _encoders, True),
        ("MeCab", _mecab, True),
        ("fonts", _fonts, True),
        ("weights", _weights, False),
        ("GPU", _gpu, False),
        ("machine", _machine, True),
        ("profile", lambda: _profile(profile), True),
        ("disk", lambda: _disk(workdir), True),
        ("locks", lambda: _locks(workdir), True),
        ("runs", lambda: _runs(workdir), False),
    ]
    to_mend: list[str] = []
    for name, check, required in needs:
        try:
            print(f"ok    {name:12}{check()}")
        except Exception as fault:  # whatever is broken, the other lines still matter
            to_mend += [name] * required
            print(f"{'MEND' if required else 'note'}  {name:12}{_told(fault)}")
    if not to_mend:
        print("all is well")
        return ExitCode.OK
    things = "thing" if len(to_mend) == 1 else "things"
    print(f"{len(to_mend)} {things} to mend: {', '.join(to_mend)}")
    return ExitCode.INTERNAL


def _told(fault: Exception) -> str:
    """One line that says how to mend it."""
    if isinstance(fault, ImportError):
        return f"{fault}: {_INSTALL} -e ."
    return printable(str(fault) or type(fault).__name__)


def _python() -> str:
    return f"{platform.python_version()} at {sys.executable}"


def _torch() -> str:
    with _mended_by("torch torchvision"):
        import torch

    from pipeline.learning.device import best_device, fastest_dtype

    device = best_device()
    return (
        f"{torch.__version__}, works on {device} with {torch.get_num_threads()} threads, features"
        f" in {str(fastest_dtype(device, 'auto')).removeprefix('torch.')}"
    )


def _torchvision() -> str:
    with _mended_by("torch torchvision"):
        wanted = _torch_wanted()
        installed = metadata.version("torch").partition("+")[0]  # 2.13.0+cpu is 2.13.0
        if wanted not in (None, installed):
            raise MissingError(
                f"{metadata.version('torchvision')} belongs to torch {wanted}, and torch is"
                f" {metadata.version('torch')}"
            )
        from pipeline.pictures.backbones import torchvision_on_cpu

    return torchvision_on_cpu.version


def _torch_wanted() -> str | None:
    """The version of torch that the installed torchvision was built for."""
    for needed in metadata.requires("torchvision") or []:
        if found := re.match(r"torch\s*\(?==([\d.]+)", needed):
            return found[1]
    return None


@contextmanager
def _mended_by(packages: str) -> Iterator[None]:
    """Say of whatever goes wrong in the block that installing ``packages`` mends it."""
    try:
        yield
    except metadata.PackageNotFoundError as missing:
        raise MissingError(f"{missing.name} is not installed: {_INSTALL} {packages}") from None
    except Exception as fault:  # a library that does not fit fails in any way
        said = " ".join(str(fault).split())
        raise MissingError(f"{said}: {_INSTALL} --force-reinstall {packages}") from fault


def _ffmpeg() -> str:
    from pipeline.media.ffmpeg import ffmpeg_path

    said = subprocess.run([ffmpeg_path(), "-version"], capture_output=True, text=True, check=True)
    return f"{said.stdout.split(' Copyright')[0]} at {ffmpeg_path()}"


def _encoders() -> str:
    from pipeline.media.ffmpeg import ffmpeg_path

    said = subprocess.run(
        [ffmpeg_path(), "-hide_banner", "-encoders"], capture_output=True, text=True, check=True
    ).stdout.split()
    if missing := {"libx264", "aac"} - set(said):
        raise MissingError(
            f"ffmpeg lacks {', '.join(sorted(missing))}: unset IMAGEIO_FFMPEG_EXE to use the"
            " bundled one"
        )
    more = [name for name in ("h264_nvenc", "h264_videotoolbox") if name in said]
    return "libx264, aac" + (f"; built in besides: {', '.join(more)}" if more else "")


def _mecab() -> str:
    from pipeline.text.mecab import MecabSplitter, bundled_library, dictionary_folder

    words, _ = MecabSplitter("ipadic").split("野次馬が来た")
    return (
        f"{'|'.join(words)} by {bundled_library().name}, dictionary {dictionary_folder('ipadic')}"
    )


def _fonts() -> str:
    from pipeline.danmaku.drawing.color_fonts import color_font_for
    from pipeline.danmaku.drawing.fonts import main_font

    emoji = color_font_for("😀")
    return f"{main_font()}; " + (
        f"coloured emoji from {emoji}"
        if emoji
        else "no coloured emoji (Debian: apt install fonts-noto-color-emoji)"
    )


def _weights() -> str:
    import torch

    found = sorted(Path(torch.hub.get_dir(), "checkpoints").glob("vgg19-*.pth"))
    if not found:
        raise MissingError(
            "VGG-19's are not here yet; the first `weights: imagenet` run downloads them (575 MB)"
            f" to {torch.hub.get_dir()}/checkpoints"
        )
    return str(found[0])


def _gpu() -> str:
    import torch

    if not torch.cuda.is_available():
        raise MissingError("none that torch can use; everything runs on the CPU, training slowest")
    names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    slots = len(gpu_slots.found())
    return ", ".join(names) + (f"; {slots} slots to share" if slots > 1 else "")


def _machine() -> str:
    import psutil

    memory = psutil.virtual_memory()
    return (
        f"{os.cpu_count()} cores, {memory.total / 1e9:.1f} GB of memory,"
        f" {memory.available / 1e9:.1f} GB of it free"
    )


def _profile(name: str) -> str:
    profile = load_profile(name)
    if profile.local:
        return f"{name}: jobs run here"
    plugin = f"snakemake_executor_plugin_{profile.executor.replace('-', '_')}"
    if importlib.util.find_spec(plugin) is None:
        raise MissingError(f"{name} needs {plugin.replace('_', '-')}: {_INSTALL} -e '.[{name}]'")
    return f"{name}: jobs run by {plugin.replace('_', '-')}"


def _runs(workdir: Path) -> str:
    runs = read_runs(workdir / "runs")
    if not runs:
        return "none yet"
    last = runs[-1]
    if last.state == "running":
        raise MissingError(
            f"one was begun at {last.started} by process {last.pid} of {last.host} and has not"
            " told of its end"
        )
    ended = (
        f"{ExitCode(last.exit_code).name} ({last.message})" if last.exit_code is not None else ""
    )
    return f"{len(runs)} in {workdir}/runs; the last one {last.state} {ended}".rstrip()


def _locks(workdir: Path) -> str:
    """Try both kinds: runs keep to one, and HDF5 to the other."""
    folder = _nearest(workdir)
    with tempfile.NamedTemporaryFile(dir=folder) as file, refusals_told(Path(file.name)):
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return f"files can be locked in {folder}"


def _nearest(workdir: Path) -> Path:
    """The working folder, or the one in which it will be."""
    return next(path for path in [workdir, *workdir.absolute().parents] if path.exists())


def _disk(workdir: Path) -> str:
    folder = _nearest(workdir)
    if not os.access(folder, os.W_OK):
        raise MissingError(f"{folder} is not writable: choose another with WORKDIR=…")
    free = shutil.disk_usage(folder).free
    if free < _LOW_SPACE:
        raise MissingError(
            f"{free / 1e9:.1f} GB free at {folder}: features of long videos need more"
        )
    return f"{free / 1e9:.0f} GB free at {folder}"
