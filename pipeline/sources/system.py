"""What a system learns from, and where it keeps what it has learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.engine.catalog import shared_inputs
from pipeline.engine.stage import Stage
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.pointers import (
    COMMENTS_POINTER,
    LABELS_POINTER,
    STILLS_POINTER,
    FileSources,
)
from pipeline.sources.settings import VideoEntry

TRAIN = "{train}"
"""Stands in paths for each video that a model learns from."""
MODEL = "{model}"
"""Stands in paths for the model's name."""


class _Learned(msgspec.Struct, frozen=True):
    """What of ``training.json`` says which videos a model learned from."""

    videos: list[str]
    fingerprints: list[str]


@dataclass(frozen=True)
class Labels:
    """What people said about a video, as a system learns from it."""

    pointer: str
    """The file of a video's folder that says where they are."""
    noun: str
    """What they are called: ``comments``."""
    code: ExitCode
    """Of the error where they are missing."""
    remedy: str
    """How to give a video labels, with ``{name}`` for its name."""
    instead: str = ""
    """What a stage can take in their place, if it has the setting ``choice``."""
    choice: str = ""
    of: str = "folders of pictures"
    """What they are about."""

    def exist(self, workdir: Path, video: str) -> bool:
        """Whether a registered video has labels."""
        return (workdir / video / self.pointer).exists()

    def files(self, folder: Path) -> list[Path]:
        """The user's files with the labels of the video that ``folder`` belongs to.

        None where the pictures themselves say it, by the folders that they lie in.
        """
        if self.pointer == STILLS_POINTER:
            return []
        return [Path(file.path) for file in FileSources.load(folder / self.pointer).files]

    def why_skipped(self, wanted: Sequence[Stage]) -> str:
        """Why no stage that is wanted applies to a video without labels."""
        return f"has no {self.noun}{self._instead_of_them(wanted)}"

    def missing(self, *names: str, wanted: Sequence[Stage] = ()) -> PipelineError:
        """The error for videos whose labels are needed by the stages that are wanted."""
        one = names[0]
        return PipelineError(
            self.code,
            f"none of {len(names)} {self.of} has {self.noun}"
            if len(names) > 1
            else f"{one} has no {self.noun}",
            self.remedy.format(name=one) + self._instead_of_them(wanted),
        )

    def _instead_of_them(self, wanted: Sequence[Stage]) -> str:
        has_choice = any(self.choice in stage.config.__struct_fields__ for stage in wanted)
        return f"; {self.instead}" if self.choice and has_choice else ""


@dataclass(frozen=True)
class System:
    """One system of stages that learns a model from videos with labels."""

    name: str
    """Of its folder in ``stages/``."""
    labels: Labels
    train: str
    """How a model is trained: ``make train VIDEO=…``."""
    stills: bool = False
    """Whether it learns from pictures alone."""
    side_by_side: bool = False
    """Whether results of several models are kept side by side; see ``places``."""
    records: Sequence[str] = ("training.json",)
    """Files of a model that say which videos it learned from; one of several parts each."""

    def takes(self, entry: VideoEntry) -> bool:
        """Whether it can learn from what the settings list."""
        return entry.stills if self.stills else not entry.stills or bool(entry.comments)

    def folder(self, model: str) -> str:
        """Where a model lies, below the working folder."""
        return f"models/{self.name}/{model}"

    def learned_from(self, workdir: Path, model: str) -> dict[str, str]:
        """The videos that a finished model learned from: fingerprints of the files by name.

        Empty where there is no such model, or none that says so.
        """
        found: dict[str, str] = {}
        for record in self.records:
            try:
                text = (workdir / self.folder(model) / record).read_bytes()
                learned = msgspec.json.decode(text, type=_Learned)
            except (FileNotFoundError, msgspec.DecodeError):
                continue
            found |= dict(zip(learned.videos, learned.fingerprints, strict=True))
        return found

    def is_among(self, stages: Sequence[Stage]) -> bool:
        """Whether any of the stages is one of this system's."""
        return any(stage.system == self.name for stage in stages)

    def model_files(self, stages: Sequence[Stage]) -> list[str]:
        """The files of this system's model that stages read, as templates with ``MODEL``.

        Stages of other systems may read them, too.
        """
        read = shared_inputs(stages, MODEL)
        return sorted(path for path in read if path.startswith(f"{self.folder(MODEL)}/"))

    def is_needed(self, stages: Sequence[Stage]) -> bool:
        """Whether any of the stages reads or makes this system's model."""
        return self.trains_with(stages) or bool(self.model_files(stages))

    def trains_with(self, stages: Sequence[Stage]) -> bool:
        """Whether any of the stages makes part of this system's model."""
        return any(
            stage.system == self.name and any(MODEL in path for path in stage.outputs.values())
            for stage in stages
        )


DANMAKU = System(
    name="danmaku",
    labels=Labels(
        pointer=COMMENTS_POINTER,
        noun="comments",
        code=ExitCode.COMMENTS_MISSING,
        remedy="Put {name}.xml or {name}.json beside the video, or name it with COMMENTS=",
        instead="OF=generated takes the model's comments",
        choice="target",
        of="videos",
    ),
    train="make train VIDEO=…",
    side_by_side=True,
)
CAPTIONS = System(
    name="captions",
    labels=Labels(
        pointer=LABELS_POINTER,
        noun="captions",
        code=ExitCode.LABELS_MISSING,
        remedy="Lay captions.csv into the folder of pictures, with the columns image and caption,"
        " or name a file with LABELS=",
    ),
    train="make captions-train PICTURES=…",
    stills=True,
    side_by_side=True,
)
ILLUSTRATIONS = System(
    name="illustrations",
    labels=Labels(
        pointer=LABELS_POINTER,
        noun="tags",
        code=ExitCode.LABELS_MISSING,
        remedy="Lay texts with tags beside the pictures, or name a file with LABELS=",
    ),
    train="make illustrations-train PICTURES=…",
    stills=True,
)
FACES = System(
    name="faces",
    labels=Labels(
        pointer=LABELS_POINTER,
        noun="boxes or scores",
        code=ExitCode.LABELS_MISSING,
        remedy="Name a file or folder of boxes or scores with LABELS=, or find faces by a cascade:"
        " `SET=faces.detect.detectors=[path/to/cascade.xml]`",
    ),
    train="make faces-train PICTURES=…",
    stills=True,
    records=("training.json", "taste.json"),
)
TRANSLATION = System(
    name="translation",
    labels=Labels(
        pointer=STILLS_POINTER,
        noun="pictures in domains",
        code=ExitCode.LABELS_MISSING,
        remedy="Name a folder that has a folder of pictures for each domain with PICTURES=",
    ),
    train="make translation-train PICTURES=…",
    stills=True,
)
SYSTEMS = [DANMAKU, CAPTIONS, ILLUSTRATIONS, FACES, TRANSLATION]
