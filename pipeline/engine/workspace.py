"""The working folder: who may write where, what is registered, and what earlier runs left."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pipeline.engine.graph import Graph
from pipeline.engine.locks import Claims
from pipeline.engine.profiles import Profile
from pipeline.engine.run_records import RUNS_KEPT, Run
from pipeline.engine.settings import VideoEntry
from pipeline.engine.stage import Stage
from pipeline.runtime.atomic_files import keep_newest, published_folder, sweep, write_text
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error
from pipeline.sources.pointers import CommentSources, Source
from pipeline.sources.registration import COMMENTS_POINTER, VIDEO_POINTER, register, video_name

_GATE = "gate"
_PATIENCE_S = 60.0
"""How long a run waits for another one to have planned its work."""


class Workspace:
    """A ``workdir``: created on first use."""

    def __init__(self, folder: Path) -> None:
        """Raises PipelineError: NOT_WRITABLE where nothing can be written, USAGE."""
        self.folder = folder.absolute()
        if "{" in str(self.folder) or "}" in str(self.folder):
            raise PipelineError(
                ExitCode.USAGE,
                f"the engine cannot work in a folder with braces in its path: {self.folder}",
                "Choose another one with WORKDIR=…",
            )
        try:
            (self.folder / "runs").mkdir(parents=True, exist_ok=True)
            self._claims = Claims(self.folder / ".lock")
        except OSError as error:
            known = from_os_error(error)
            if known is None:
                raise
            raise known from error

    def begin_run(self, profile: Profile) -> Run:
        """Note that this process is at work here.

        Raises PipelineError: BUSY if another host is.
        """
        run = Run(self.folder / "runs", self._claims, profile.folder.name)
        try:
            run.refuse_other_hosts()
        except PipelineError:
            run.undo()
            raise
        return run

    @contextmanager
    def gate(self) -> Iterator[None]:
        """Keep others from registering videos and claiming folders while the block runs.

        Raises PipelineError BUSY if another run takes too long over it.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while not self._claims.take(_GATE):
            if time.monotonic() > deadline:
                raise PipelineError(
                    ExitCode.BUSY,
                    f"another run has been planning for {_PATIENCE_S:.0f} s in {self.shown('')}",
                    "Stop it, or try again later",
                )
            time.sleep(0.05)
        try:
            yield
        finally:
            self._claims.free([_GATE])

    @contextmanager
    def alone(self, doing: str) -> Iterator[None]:
        """Keep other processes from doing the same while the block runs; raises BUSY."""
        if not self._claims.take(doing):
            raise PipelineError(
                ExitCode.BUSY, f"another process is at it already: {doing}", "Let it end"
            )
        try:
            yield
        finally:
            self._claims.free([doing])

    def claim(self, run: Run, writes: Iterable[str], reads: Iterable[str]) -> None:
        """Keep other runs from writing to folders, and from reading those that are written.

        Raises PipelineError BUSY, with nothing claimed, if one is in use.
        """
        wanted = dict.fromkeys(reads, True) | dict.fromkeys(writes, False)
        taken: list[str] = []
        for name, shared in wanted.items():
            if not self._claims.take(name, shared=shared):
                self._claims.free(taken)
                raise self._busy(run, name)
            taken.append(name)
        run.record.works_on = sorted(name for name, shared in wanted.items() if not shared)
        run.save()
        self.sweep(run.record.works_on)

    def sweep(self, names: Iterable[str]) -> None:
        """Remove what killed stages left half-written in folders."""
        for folder in (self.folder / name for name in names):
            if folder.exists():
                sweep(folder)

    def _busy(self, run: Run, name: str) -> PipelineError:
        holder = run.holder_of(name)
        who = f" (process {holder.pid}, `{holder.command}`)" if holder else ""
        return PipelineError(
            ExitCode.BUSY,
            f"another run{who} is at work on {self.shown(name)}",
            "Let it end, or queue behind it with WAIT=1",
        )

    def register(self, entry: VideoEntry) -> str:
        """Register a video and its comments; return its name. To be called within the gate.

        Raises PipelineError as ``sources.register`` does.
        """
        video, files = Path(entry.video), list(map(Path, entry.comments))
        name = video_name(video)
        free = self._claims.take(name)
        try:
            return register(
                *(self.folder, video, files, entry.broadcast, entry.cuts),
                stream=entry.stream,
                in_use=not free,
                place=entry.place,
            )
        finally:
            self._claims.free([name] if free else [])

    def videos(self) -> list[str]:
        """The names of all videos that were ever registered here, in order."""
        return sorted(pointer.parent.name for pointer in self.folder.glob(f"*/{VIDEO_POINTER}"))

    def learned_from(self, model: str) -> dict[str, str]:
        """The videos that a finished model learned from: fingerprints of the files by name.

        Empty where there is no such model, or none that says so.
        """
        try:
            text = (self.folder / "models" / model / "training.json").read_bytes()
            learned = msgspec.json.decode(text, type=_Learned)
        except (FileNotFoundError, msgspec.DecodeError):
            return {}
        return dict(zip(learned.videos, learned.fingerprints, strict=True))

    def set_aside(self, model: str) -> str | None:
        """Keep a finished model under another name, which is returned, before it is replaced.

        The one that was set aside before goes. Files are linked, not copied.
        """
        if not self.learned_from(model):
            return None
        folder, name = self.folder / "models" / model, f"{model}-previous"
        with published_folder(folder.with_name(name)) as copy:
            for file in filter(Path.is_file, folder.iterdir()):
                os.link(file, copy / file.name)
        return name

    def is_registered(self, name: str) -> bool:
        """Whether a name stands for a video."""
        return (self.folder / name / VIDEO_POINTER).exists()

    def is_here(self, name: str, fingerprint: str) -> bool:
        """Whether a video with comments is registered under ``name``, and is the file it was."""
        pointers = [self.folder / name / pointer for pointer in (VIDEO_POINTER, COMMENTS_POINTER)]
        if not all(pointer.exists() for pointer in pointers):
            return False
        video, comments = Source.load(pointers[0]), CommentSources.load(pointers[1])
        files = [video.path, *(file.path for file in comments.files)]
        return video.fingerprint == fingerprint and all(Path(file).is_file() for file in files)

    def exist(self, targets: Iterable[str]) -> bool:
        """Whether there are all of these files."""
        return all((self.folder / target).exists() for target in targets)

    def save_graph(self, graph: Graph) -> Path:
        """Write the engine's settings file, named by its content."""
        content = msgspec.json.encode(graph)
        path = self.folder / ".graphs" / f"{hashlib.sha256(content).hexdigest()[:12]}.json"
        write_text(path, content.decode())  # also if it is there: the newest are kept
        keep_newest(path.parent, "*.json", RUNS_KEPT)
        keep_newest(self.folder / ".snakemake" / "log", "*.log", RUNS_KEPT)
        return path

    def stamp(self, target: str) -> int:
        """A number that changes when ``target`` is made anew; 0 if it does not exist."""
        path = self.folder / target
        return path.stat().st_mtime_ns if path.exists() else 0

    def shown(self, target: str) -> str:
        """A path below this folder as the user would type it."""
        path = self.folder / target
        return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)

    def remove_video(self, run: Run, video: Path) -> Path | None:
        """Remove all that belongs to ``video``, unless its name stands for another file.

        Raises PipelineError: NAME_TAKEN, BUSY.
        """
        folder = self.folder / video_name(video)
        pointer = folder / VIDEO_POINTER
        if not pointer.exists():
            return None
        known = Path(Source.load(pointer).path)
        if known != video.resolve() and known.exists() and video.exists():
            raise PipelineError(
                ExitCode.NAME_TAKEN,
                f"{self.shown(folder.name)} belongs to {known}, not to {video}",
                f"Give that path: `make clean VIDEO={shlex.quote(str(known))}`",
            )
        return self._remove(run, folder.name)

    def remove_model(self, run: Run, model: str) -> Path | None:
        """Remove a model. Raises PipelineError BUSY."""
        return self._remove(run, f"models/{model}")

    def _remove(self, run: Run, name: str) -> Path | None:
        folder = self.folder / name
        if not folder.exists():
            return None
        if not self._claims.take(name):
            raise self._busy(run, name)
        shutil.rmtree(folder)
        return folder


class _Learned(msgspec.Struct, frozen=True):
    """What of ``training.json`` tells which videos a model learned from."""

    videos: list[str]
    fingerprints: list[str]


def no_comments(*names: str, wanted: Iterable[Stage] = ()) -> PipelineError:
    """The error for videos whose comments are needed by the stages that are ``wanted``."""
    one = names[0]
    return PipelineError(
        ExitCode.COMMENTS_MISSING,
        f"none of {len(names)} videos has a comment file"
        if len(names) > 1
        else f"{one} has no comment file",
        f"Put {one}.xml or {one}.json beside the video, or name it with COMMENTS="
        + ("; or take the model's comments, with OF=generated" if may_take_others(wanted) else ""),
    )


def may_take_others(stages: Iterable[Stage]) -> bool:
    """Whether any of ``stages`` takes the model's comments as well as the viewers'."""
    return any("of" in stage.config.__struct_fields__ for stage in stages)
