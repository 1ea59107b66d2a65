"""What the top level of a settings file says of videos and of the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from pipeline.engine.settings_file import Places
from pipeline.runtime.errors import ExitCode, PipelineError

MODEL_NAME = re.compile(r"\w[\w.-]{0,49}")
"""Of a folder below ``workdir/models/SYSTEM``."""

_Path = Annotated[str, Meta(min_length=1, description="a path")]
_OnAir = Annotated[str, Meta(description="a time such as 2012-04-28T03:00+09:00")]
_Cut = Annotated[str, Meta(description="a span such as 10:00-11:30")]
_ModelName = Annotated[
    str,
    Meta(
        pattern=rf"^{MODEL_NAME.pattern}\Z",
        description="a name of up to 50 letters, digits, `_`, `-` and `.`, a letter first",
    ),
]


class VideoEntry(msgspec.Struct, frozen=True):
    """A video or a folder of them, or a folder of pictures, with what people said about it."""

    video: str
    """Its path, or that of a folder of videos or of pictures."""
    comments: list[str] = []
    """Paths; none takes what lies beside the video."""
    broadcast: str | None = None
    """See danmaku.comments.broadcast for the form of both."""
    cuts: list[str] = []
    stream: int | Literal["auto"] | None = None
    """Number of its picture stream, or the one that players choose; None: as before."""
    stills: bool = False
    """Whether it is pictures and no video."""
    labels: list[str] = []
    """Paths of files that say something about the pictures; none takes what lies beside them."""
    place: str = ""
    """Where it is named: ``my-show.yaml:3``; empty on the command line."""

    @property
    def is_told_about(self) -> bool:
        """Whether it says more than where the video or the pictures lie."""
        said = (self.comments, self.labels, self.broadcast, self.cuts)
        return any(said) or self.stream is not None


class VideoSettings(msgspec.Struct, frozen=True):
    """The model's name, and which videos have which role."""

    model: str
    """Name of a folder below ``workdir/models/SYSTEM``."""
    train: list[VideoEntry] = []
    """The videos to learn from."""
    annotate: list[VideoEntry] = []
    """The videos to work on."""
    given: list[VideoEntry] = []
    """The videos, or the folders of them, that the command line names."""


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A video or pictures, with what people said about them where it lies elsewhere."""

    video: _Path | None = None
    pictures: _Path | None = None
    """Either the one or the other."""
    labels: _Path | list[_Path] = []
    comments: _Path | list[_Path] = []
    broadcast: _OnAir | None = None
    cuts: list[_Cut] = []
    stream: Annotated[int, Meta(ge=0)] | Literal["auto"] | None = None


class _Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The section ``videos`` as it is written."""

    train: list[_Path | _Listed] = []
    annotate: list[_Path | _Listed] = []


class _Fields(msgspec.Struct):
    model: _ModelName = "default"
    videos: _Roles = _Roles()


class TopLevel:
    """``engine.settings.General`` of videos."""

    fields: type[msgspec.Struct] = _Fields

    def read(self, content: Any, where: Places) -> VideoSettings:
        """Make an entry of every video that is listed, with absolute paths."""
        return VideoSettings(
            content.model,
            train=_entries(content.videos.train, ["videos", "train"], where),
            annotate=_entries(content.videos.annotate, ["videos", "annotate"], where),
        )


def _entries(listed: Sequence[str | _Listed], keys: list[str], where: Places) -> list[VideoEntry]:
    return [_entry(video, where.of([*keys, str(n)]), where) for n, video in enumerate(listed)]


def _entry(listed: str | _Listed, place: str, where: Places) -> VideoEntry:
    if isinstance(listed, str):
        listed = _Listed(listed)
    given = listed.video or listed.pictures
    if given is None or (listed.video and listed.pictures):
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{place}: either `video:` or `pictures:` must be named",
            "Write a path, {video: ep1.mp4, comments: elsewhere.xml} or {pictures: album}",
        )
    return VideoEntry(
        str(where.resolve(given)),
        _resolved(listed.comments, where),
        listed.broadcast,
        listed.cuts,
        listed.stream,
        stills=listed.pictures is not None,
        labels=_resolved(listed.labels, where),
        place=place,
    )


def _resolved(paths: str | Sequence[str], where: Places) -> list[str]:
    listed = [paths] if isinstance(paths, str) else paths
    return [str(where.resolve(path)) for path in listed]
