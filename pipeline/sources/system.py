"""What a system learns from, and where it keeps what it has learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.engine.catalog import all_stages
from pipeline.engine.stage import Stage
from pipeline.runtime.errors import ExitCode, PipelineError

TRAIN = "{train}"
"""Stands in paths for each video that a model learns from."""
MODEL = "{model}"
"""Stands in paths for the model's name."""


class _Learned(msgspec.Struct, frozen=True):
    """What of ``training.json`` says which videos a model learned from."""

    videos: list[str]
    fingerprints: list[str]


@dataclass(frozen=True)
class System:
    """One system of stages that learns a model from videos with labels."""

    name: str
    """Of its folder in ``stages/``."""
    pointer: str
    """The file of a video's folder that says where its labels are."""
    labels: str
    """What they are called: ``comments``."""
    remedy: str
    """How to give a video labels, with ``{name}`` for the video's."""
    other_way: str = ""
    """What else a stage can take that has the setting ``other_setting``."""
    other_setting: str = ""

    @property
    def source(self) -> str:
        """The template of the pointer's path."""
        return f"{{item}}/{self.pointer}"

    def folder(self, model: str) -> str:
        """Where a model lies, below the working folder."""
        return f"models/{self.name}/{model}"

    def learned_from(self, workdir: Path, model: str) -> dict[str, str]:
        """The videos that a finished model learned from: fingerprints of the files by name.

        Empty where there is no such model, or none that says so.
        """
        try:
            text = (workdir / self.folder(model) / "training.json").read_bytes()
            learned = msgspec.json.decode(text, type=_Learned)
        except (FileNotFoundError, msgspec.DecodeError):
            return {}
        return dict(zip(learned.videos, learned.fingerprints, strict=True))

    def has_labels(self, workdir: Path, video: str) -> bool:
        """Whether a registered video has labels."""
        return (workdir / video / self.pointer).exists()

    def why_skipped(self, wanted: Sequence[Stage]) -> str:
        """Why no stage that is wanted applies to a video without labels."""
        return f"has no {self.labels}" + self.other_way * self._another(wanted)

    def no_labels(self, *names: str, wanted: Sequence[Stage] = ()) -> PipelineError:
        """The error for videos whose labels are needed by the stages that are wanted."""
        one = names[0]
        return PipelineError(
            ExitCode.COMMENTS_MISSING,
            f"none of {len(names)} videos has a comment file"
            if len(names) > 1
            else f"{one} has no comment file",
            self.remedy.format(name=one) + self.other_way * self._another(wanted),
        )

    def _another(self, wanted: Sequence[Stage]) -> bool:
        """Whether any of the stages takes something else as well as labels."""
        return any(self.other_setting in stage.config.__struct_fields__ for stage in wanted)


DANMAKU = System(
    name="danmaku",
    pointer="source.comments.json",
    labels="comments",
    remedy="Put {name}.xml or {name}.json beside the video, or name it with COMMENTS=",
    other_way="; OF=generated takes the model's comments",
    other_setting="target",
)
SYSTEMS = [DANMAKU]


def trained_by(stage: Stage) -> bool:
    """Whether a stage makes part of a model."""
    return any(MODEL in path for path in stage.outputs.values())


def model_makers(system: System) -> list[Stage]:
    """The stages that make a system's models."""
    return [s for s in all_stages().values() if s.system == system.name and trained_by(s)]
