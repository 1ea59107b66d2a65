"""The working folder: its lock, what is registered in it, and what its runs left behind."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pipeline.artifacts.publishing import write_text
from pipeline.artifacts.source import Source
from pipeline.config import VideoEntry
from pipeline.errors import ExitCode, PipelineError, from_os_error
from pipeline.graph import Graph
from pipeline.sources import VIDEO_POINTER, has_comments, register, video_name
from pipeline.stage import FAILURE_RECORD


class Workspace:
    """A ``workdir``: created on first use."""

    def __init__(self, folder: Path) -> None:
        """Raises PipelineError NOT_WRITABLE where nothing can be written."""
        self.folder = folder.absolute()
        self.engine_log = self.folder / "logs" / "engine.log"
        try:
            self.engine_log.parent.mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / ".lock").open("a+")
        except OSError as error:
            raise (from_os_error(error) or error) from error

    @contextmanager
    def held(self, wait: bool) -> Iterator[None]:
        """Keep other runs out of this folder while the block runs.

        Raises PipelineError BUSY if another one holds it and ``wait`` is false.
        """
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            self._lock.seek(0)
            raise PipelineError(
                ExitCode.BUSY,
                f"another run (process {self._lock.read().strip()}) is at work in {self.shown('')}",
                "Let it end, or queue behind it with WAIT=1",
            ) from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def register(self, entry: VideoEntry) -> str:
        """Register a video and its comments; return its name."""
        comments = [entry.comments] if isinstance(entry.comments, str) else entry.comments
        return register(
            self.folder, Path(entry.video), list(map(Path, comments)), entry.broadcast, entry.cuts
        )

    def training_videos(
        self, model: str, configured: list[str], given: list[str], anew: bool
    ) -> list[str]:
        """The names of the videos that ``model`` learns from.

        The settings decide; else what the model learned from before, unless ``anew``;
        else the videos ``given`` on the command line, which the model then remembers.
        Raises PipelineError: NO_MODEL, COMMENTS_MISSING.
        """
        memory = self.folder / "models" / model / "videos.json"
        if configured:
            chosen = configured
        elif memory.exists() and not anew:
            chosen = json.loads(memory.read_text())
        else:
            chosen = [name for name in given if anew or has_comments(self.folder, name)]
            if not chosen:
                raise PipelineError(
                    ExitCode.NO_MODEL,
                    f"there is no model “{model}” yet, and no comments to train one on",
                    "Run `make train VIDEO=… COMMENTS=…` first, or list `videos: train:` in the"
                    " settings",
                )
        for name in chosen:
            if not has_comments(self.folder, name):
                raise no_comments(name)
        if not configured:
            text = json.dumps(chosen)
            if not memory.exists() or memory.read_text() != text:
                write_text(memory, text)
        return chosen

    def save_graph(self, graph: Graph) -> Path:
        """Write the engine's settings file, named by its content."""
        content = msgspec.json.encode(graph)
        path = self.folder / ".graphs" / f"{hashlib.sha256(content).hexdigest()[:12]}.json"
        if not path.exists():
            write_text(path, content.decode())
        return path

    def stamp(self, target: str) -> int:
        """A number that changes when ``target`` is made anew; 0 if it does not exist."""
        path = self.folder / target
        return path.stat().st_mtime_ns if path.exists() else 0

    def shown(self, target: str) -> str:
        """A path below this folder as the user would type it."""
        path = self.folder / target
        return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)

    def explain_failure(self, since: float) -> ExitCode:
        """The exit code of what failed after ``since`` (unix time), told on stderr if need be."""
        pattern = "logs/" + FAILURE_RECORD.format(stage="*")
        found = [*self.folder.glob(f"*/{pattern}"), *self.folder.glob(f"models/*/{pattern}")]
        # File systems may round a time stamp down by up to two seconds.
        fresh = sorted(path for path in found if path.stat().st_mtime >= since - 2)
        if not fresh:
            raise PipelineError(
                ExitCode.STAGE_DIED,
                "a stage ended without a word (killed, or out of memory)",
                f"Run again to go on; {self.shown('logs/engine.log')} tells which it was",
            )
        return ExitCode(json.loads(fresh[0].read_text())["code"])

    def remove_video(self, video: Path) -> Path | None:
        """Remove all that belongs to ``video``, unless its name stands for another file."""
        folder = self.folder / video_name(video)
        pointer = folder / VIDEO_POINTER
        if not pointer.exists():
            return None
        known = Path(Source.load(pointer).path)
        if known != video.resolve() and known.exists() and video.exists():
            raise PipelineError(
                ExitCode.NAME_TAKEN,
                f"{self.shown(folder.name)} belongs to {known}, not to {video}",
                f"Give that path: `make clean VIDEO={known}`",
            )
        shutil.rmtree(folder)
        return folder

    def remove_model(self, model: str) -> Path | None:
        """Remove a model and what it remembers."""
        folder = self.folder / "models" / model
        if not folder.exists():
            return None
        shutil.rmtree(folder)
        return folder


def no_comments(name: str) -> PipelineError:
    """The error for a video whose comments are needed."""
    return PipelineError(
        ExitCode.COMMENTS_MISSING,
        f"{name} has no comment file",
        f"Put {name}.xml or {name}.json beside the video, or name it with COMMENTS=",
    )
