"""Settings: YAML files become frozen, checked records."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.engine.settings_file import Places, checked, read
from pipeline.runtime import setting_words
from pipeline.runtime.errors import ExitCode, PipelineError

_Path = Annotated[str, Meta(min_length=1, description="a path")]
_OnAir = Annotated[str, Meta(description="a time such as 2012-04-28T03:00+09:00")]
_Cut = Annotated[str, Meta(description="a span such as 10:00-11:30")]
OwnFile = Annotated[str, Meta(description="the path of a file", extra={"path": True})]
"""A setting that names a file. It is relative to the folder of the settings file."""
NameOrPath = Annotated[str, Meta(description="a name or path", extra={"path": "name"})]
"""The same, but a word without a slash or a dot is the name of something that is known."""


class StageConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings of one stage; each stage file declares its own as ``Config``.

    A field named ``seed`` or ``layout`` takes the value of the top-level one unless it is set.
    """


class VideoEntry(msgspec.Struct, frozen=True):
    """A video with its role's worth of knowledge: its comment files, and how they follow it."""

    video: str
    """Its path, or that of a folder of videos."""
    comments: list[str] = []
    """Paths; none takes what lies beside the video."""
    broadcast: str | None = None
    """See pipeline.danmaku.comments.broadcast for the form of both."""
    cuts: list[str] = []
    stream: int | Literal["auto"] | None = None
    """Number of its picture stream, or the one that players choose; None: as before."""
    place: str = ""
    """Where it is named: ``my-show.yaml:3``; nothing on the command line."""


class Videos(msgspec.Struct, frozen=True):
    """The roles: which videos to learn from and which to comment on."""

    train: list[VideoEntry] = []
    annotate: list[VideoEntry] = []


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A video whose comment files lie elsewhere, have other names, or follow a broadcast."""

    video: _Path
    comments: _Path | list[_Path] = []
    broadcast: _OnAir | None = None
    cuts: list[_Cut] = []
    stream: Annotated[int, Meta(ge=0)] | Literal["auto"] | None = None


class _Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The section ``videos`` as it is written."""

    train: list[_Path | _Listed] = []
    annotate: list[_Path | _Listed] = []


MODEL_NAME = re.compile(r"\w[\w.-]{0,49}")
"""Of a folder below ``workdir/models``."""


class _General(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The top level of a settings file, stages aside."""

    model: Annotated[
        str,
        Meta(
            pattern=rf"^{MODEL_NAME.pattern}\Z",
            description="a name of up to 50 letters, digits, `_`, `-` and `.`, a letter first",
        ),
    ] = "default"
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 2017
    videos: _Roles = _Roles()
    layout: LayoutSettings = LayoutSettings()


SHARED = ("seed", "layout")
"""Settings at the top level that stages with a field of that name take over."""


class Settings(msgspec.Struct, frozen=True):
    """A whole settings file, checked, with defaults filled in."""

    model: str
    """Name of the model's folder below ``workdir/models``."""
    seed: int
    videos: Videos
    stages: dict[str, StageConfig]


def load_settings(path: Path, stage_configs: Mapping[str, type[StageConfig]]) -> Settings:
    """Read ``path``; whatever it leaves out keeps the default its stage declares.

    Raises PipelineError: USAGE for no such file, UNKNOWN_SETTING or INVALID_SETTING with
    the file and line.
    """
    content, where = read(path)
    sections = {name: content.pop(name) for name in stage_configs if name in content}
    general = checked(content, _General, [], where, stage_configs)
    stages = {
        name: _stage_config(name, stage_configs, sections.get(name), general, where)
        for name in stage_configs
    }
    videos = Videos(
        train=_entries(general.videos.train, ["videos", "train"], where),
        annotate=_entries(general.videos.annotate, ["videos", "annotate"], where),
    )
    return Settings(general.model, general.seed, videos, stages)


def _entries(listed: Sequence[str | _Listed], keys: list[str], where: Places) -> list[VideoEntry]:
    return [_entry(video, where.of([*keys, str(n)]), where) for n, video in enumerate(listed)]


def _entry(listed: str | _Listed, place: str, where: Places) -> VideoEntry:
    if isinstance(listed, str):
        listed = _Listed(listed)
    comments = [listed.comments] if isinstance(listed.comments, str) else listed.comments
    video, *files = (str(where.found(path)) for path in (listed.video, *comments))
    return VideoEntry(video, files, listed.broadcast, listed.cuts, listed.stream, place)


def override(settings: Settings, stage: str, values: Mapping[str, Any], place: str) -> Settings:
    """``settings`` with some of a stage's replaced by ``values``.

    ``place`` says where those come from. Raises PipelineError as ``load_settings`` does.
    """
    kind = type(settings.stages[stage])
    content = msgspec.to_builtins(settings.stages[stage]) | values
    config = checked(content, kind, [stage], Places(Path(place), option=place))
    return msgspec.structs.replace(settings, stages=settings.stages | {stage: config})


def with_model(settings: Settings, model: str) -> Settings:
    """``settings`` for another model. Raises PipelineError USAGE for what is no name of one."""
    if not MODEL_NAME.fullmatch(model):
        raise PipelineError(
            ExitCode.USAGE, f"MODEL= is {model}, and no name of a model", "`make models` lists them"
        )
    return msgspec.structs.replace(settings, model=model)


def load_stage_config(path: Path, name: str, kind: type[StageConfig]) -> StageConfig:
    """Read the section of one stage, and nothing else, from a settings file.

    Raises PipelineError as ``load_settings`` does.
    """
    content, where = read(path)
    shared = {key: content[key] for key in SHARED if key in content}
    general = checked(shared, _General, [], where)
    return _stage_config(name, {name: kind}, content.get(name), general, where)


def _stage_config(
    name: str,
    kinds: Mapping[str, type[StageConfig]],
    section: Any,
    general: _General,
    where: Places,
) -> StageConfig:
    given = checked({} if section is None else section, dict[str, Any], [name], where)
    values = msgspec.to_builtins(general)
    inherited = {key: values[key] for key in SHARED if key in kinds[name].__struct_fields__}
    config = checked(inherited | given, kinds[name], [name], where, kinds)
    return _with_paths(config, [name], where)


def _with_paths(config: StageConfig, above: Sequence[str], where: Places) -> StageConfig:
    """A stage's settings, with absolute paths of files: stages run in another folder."""
    paths: dict[str, str] = {}
    for name, form in setting_words.fields(type(config)).items():
        wanted, value = setting_words.notes(form).get("path"), getattr(config, name)
        if not value or not (wanted is True or (wanted == "name" and re.search(r"[/.]", value))):
            continue
        path = where.found(value)
        if wanted is True and (path.is_dir() or not path.exists()):
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"{where.subject([*above, name])} names {path}, and there is no such file",
                "Mend the path; it is relative to the settings file",
            )
        paths[name] = str(path)
    return msgspec.structs.replace(config, **paths)


def parse_stage_config(text: str, kind: type[StageConfig]) -> StageConfig:
    """Read one stage's settings from JSON, as the engine hands them over."""
    try:
        content = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"--settings is not JSON: {error}",
            "Write it as the stage's section of configs/default.yaml, in JSON",
        ) from None
    where = Places(Path("--settings"))
    return _with_paths(checked(content, kind, [], where), [], where)
