"""The truth about an episode: who is where on every drawing, and why each comment was written."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Self

import msgspec

from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.show.spec import EpisodeSpec

_ENDING = ".truth.json"


class Kind(StrEnum):
    """Why a comment was written."""

    NAME = "name"
    """Names somebody on screen."""
    ACTION = "action"
    """What somebody on screen does, without a name."""
    PLACE = "place"
    LAUGHTER = "laughter"
    CARD = "card"
    """Greets the opening or thanks at the ending."""
    PHRASE = "phrase"
    """A catch-phrase that ignores the picture."""
    TROLL = "troll"
    """Names somebody who is not on screen, or nonsense."""


class SceneTruth(msgspec.Struct, frozen=True):
    """A stretch between two cuts."""

    start_frame: int
    end_frame: int
    """Exclusive."""
    place: str
    """A place of the show, ``opening`` or ``ending``."""


Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels, the right and lower edges exclusive, within the picture."""


class FaceTruth(msgspec.Struct, frozen=True):
    """The face of one character in one picture."""

    box: Box
    """Around the face's oval, which holds eyes, mouth and cheeks, but no ears, feathers or horns.
    It is cut off at the edges of the picture, but not where somebody stands in front of it."""
    visible: float
    """The share of the oval that is seen, 0–1: the rest lies beyond the picture or is covered."""


class DrawingTruth(msgspec.Struct, frozen=True):
    """One character on one drawing."""

    box: Box
    action: str
    face: FaceTruth | None = None
    """None where all of it is beyond the picture."""


class Appearance(msgspec.Struct, frozen=True):
    """One character from its entrance to its exit within a scene."""

    name: str
    start_frame: int
    end_frame: int
    """Exclusive."""
    drawings: tuple[DrawingTruth, ...]
    """One for every ``frames_per_drawing`` frames."""


class CommentTruth(msgspec.Struct, frozen=True):
    """Why one comment of the XML file was written."""

    no: int
    time_ms: int
    """When it appears: 10 · vpos."""
    delay_ms: int
    """The milliseconds from what it reacts to until it appears."""
    kind: Kind
    about: str | None
    """The character that it names or, for an action, refers to."""


class TruthFile(msgspec.Struct, frozen=True, kw_only=True):
    """What all truth files share."""

    SCHEMA: ClassVar[str]

    schema: str
    made_by: str
    """Digest of the code that made what this is the truth about."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a truth file.

        Raises PipelineError (BAD_ARTIFACT) where it is none; OSError where it is missing.
        """
        try:
            truth = msgspec.json.decode(path.read_bytes(), type=cls)
        except msgspec.DecodeError as error:
            raise _unusable(path, str(error)) from error
        if truth.schema != cls.SCHEMA:
            raise _unusable(path, f"its schema is {truth.schema}, not {cls.SCHEMA}")
        return truth

    def save(self, path: Path) -> None:
        """Publish the truth as JSON."""
        with published(path) as temporary:
            temporary.write_bytes(msgspec.json.encode(self))


class Truth(TruthFile, frozen=True, kw_only=True):
    """The truth about one episode."""

    SCHEMA: ClassVar[str] = "yajiuma.show.truth/2"

    schema: str = SCHEMA
    spec: EpisodeSpec
    frame_rate: str
    """A fraction, frames a second."""
    frame_count: int
    frames_per_drawing: int
    cast: tuple[str, ...]
    """All characters of the show, on screen in this episode or not."""
    scenes: tuple[SceneTruth, ...]
    appearances: tuple[Appearance, ...]
    comments: tuple[CommentTruth, ...]
    """In the order of ``no``."""

    def on_screen(self, frame: int) -> frozenset[str]:
        """Names of the characters visible on ``frame``."""
        return frozenset(
            appearance.name
            for appearance in self.appearances
            if appearance.start_frame <= frame < appearance.end_frame
        )

    def boxes(self, frame: int) -> dict[str, Box]:
        """The box of everybody visible on ``frame``, by name."""
        return {name: drawing.box for name, drawing in self._drawings(frame).items()}

    def faces(self, frame: int) -> dict[str, FaceTruth]:
        """The face of everybody on ``frame`` whose face is not beyond the picture, by name."""
        faces = {name: drawing.face for name, drawing in self._drawings(frame).items()}
        return {name: face for name, face in faces.items() if face is not None}

    def _drawings(self, frame: int) -> dict[str, DrawingTruth]:
        return {
            appearance.name: appearance.drawings[
                (frame - appearance.start_frame) // self.frames_per_drawing
            ]
            for appearance in self.appearances
            if appearance.start_frame <= frame < appearance.end_frame
        }


def truth_path(folder: Path, stem: str) -> Path:
    """The path of the truth of the episode or album ``stem``."""
    return folder / f"{stem}{_ENDING}"


def truth_beside(video: Path) -> Path | None:
    """The truth file of ``video``; None if it is not an episode of the show."""
    path = truth_path(video.parent, video.stem)
    # Beside a folder lies the truth of an album.
    return path if path.is_file() and not video.is_dir() else None


def _unusable(path: Path, why: str) -> PipelineError:
    return PipelineError(
        ExitCode.BAD_ARTIFACT,
        f"{path} is not a truth file of the show: {why}",
        "Remove it and make it again with `python -m pipeline.show`",
    )
