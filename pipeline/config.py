"""Settings: YAML files become frozen, checked records."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import yaml

from pipeline.drawing.settings import LayoutSettings
from pipeline.errors import ExitCode, PipelineError


class StageConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings of one stage; each stage file declares its own as ``Config``.

    A field named ``seed`` or ``layout`` takes the value of the top-level one unless it is set.
    """


class VideoEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A video whose comment files lie elsewhere, have other names, or follow a broadcast."""

    video: str
    comments: str | list[str] = []
    broadcast: str | None = None
    """See pipeline.comments.broadcast for the form of both."""
    cuts: list[str] = []


class Videos(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The roles: which videos to learn from and which to comment on."""

    train: list[str | VideoEntry] = []
    annotate: list[str | VideoEntry] = []


MODEL_NAME = re.compile(r"\w[\w.-]{0,49}")
"""Of a folder below ``workdir/models``."""


class _General(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The top level of a settings file, stages aside."""

    model: Annotated[str, msgspec.Meta(pattern=rf"^{MODEL_NAME.pattern}\Z")] = "default"
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**32)] = 2017
    videos: Videos = Videos()
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
    content, where = _read(path)
    sections = {name: content.pop(name) for name in stage_configs if name in content}
    general = _checked(content, _General, [], where, also=list(stage_configs))
    stages = {
        name: _stage_config(name, kind, sections.get(name), general, where)
        for name, kind in stage_configs.items()
    }
    return Settings(general.model, general.seed, general.videos, stages)


def override(settings: Settings, stage: str, values: Mapping[str, Any], place: str) -> Settings:
    """``settings`` with some of a stage's replaced by ``values``.

    ``place`` says where those come from. Raises PipelineError as ``load_settings`` does.
    """
    kind = type(settings.stages[stage])
    content = msgspec.to_builtins(settings.stages[stage]) | values
    config = _checked(content, kind, [stage], _Places(Path(place), ""))
    return msgspec.structs.replace(settings, stages=settings.stages | {stage: config})


def load_stage_config(path: Path, name: str, kind: type[StageConfig]) -> StageConfig:
    """Read the section of one stage, and nothing else, from a settings file.

    Raises PipelineError as ``load_settings`` does.
    """
    content, where = _read(path)
    shared = {key: content[key] for key in SHARED if key in content}
    general = _checked(shared, _General, [], where)
    return _stage_config(name, kind, content.get(name), general, where)


_LONGEST = 1 << 24
"""Characters that are read of a settings file, which might be a device without an end."""


class _Loader(yaml.SafeLoader):
    """Refuses what cannot be handed on as JSON, the form in which stages get their settings."""


def _finite(loader: _Loader, node: yaml.ScalarNode) -> float:
    value = loader.construct_yaml_float(node)
    if not math.isfinite(value):
        raise yaml.MarkedYAMLError(None, None, f"{node.value} is not a number", node.start_mark)
    return value


def _encodable(loader: _Loader, node: yaml.ScalarNode) -> str:
    value = loader.construct_yaml_str(node)
    if re.search("[\0\ud800-\udfff]", value):
        problem = f"{value!r} holds what is no character"
        raise yaml.MarkedYAMLError(None, None, problem, node.start_mark)
    return value


_Loader.add_constructor("tag:yaml.org,2002:float", _finite)
_Loader.add_constructor("tag:yaml.org,2002:str", _encodable)


def _read(path: Path) -> tuple[dict[str, Any], _Places]:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LONGEST + 1)
        if len(text) > _LONGEST:
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"{path} is longer than any settings are",
                "Check the path after CONFIG=",
            )
        content = yaml.load(text, _Loader)  # noqa: S506 - it is a SafeLoader
    except (FileNotFoundError, IsADirectoryError):
        raise PipelineError(
            ExitCode.USAGE, f"there is no settings file {path}", "Check the path after CONFIG="
        ) from None
    except RecursionError:
        raise PipelineError(
            ExitCode.INVALID_SETTING, f"{path} is nested too deeply", "No setting nests so"
        ) from None
    except (yaml.YAMLError, ValueError) as error:  # the latter for impossible dates
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{path} is not YAML: {' '.join(str(error).split())}",
            "Mend the line it names; configs/default.yaml shows the form",
        ) from None
    content = {} if content is None else content
    if not isinstance(content, dict):
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{path} holds no settings",
            "Write them as `key: value`; configs/default.yaml lists all",
        )
    return content, _Places(path, text)


def _stage_config(
    name: str, kind: type[StageConfig], section: Any, general: _General, where: _Places
) -> StageConfig:
    given = _checked({} if section is None else section, dict[str, Any], [name], where)
    general_values = msgspec.to_builtins(general)
    inherited = {key: general_values[key] for key in SHARED if key in kind.__struct_fields__}
    config: StageConfig = _checked(inherited | given, kind, [name], where)
    return config


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
    config: StageConfig = _checked(content, kind, [], _Places(Path("--settings"), text))
    return config


class _Places:
    """Finds the line on which a setting stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self._text = text

    def of(self, keys: list[str]) -> str:
        node: Any = yaml.compose(self._text, Loader=yaml.SafeLoader)
        line = None
        for key in keys:
            if isinstance(node, yaml.SequenceNode) and key.isdigit():
                node = node.value[int(key)]
                line = node.start_mark.line + 1
                continue
            pairs = node.value if isinstance(node, yaml.MappingNode) else []
            found = [(k, v) for k, v in pairs if k.value == key]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        return f"{self.path}:{line}" if line else str(self.path)


def _checked(content: Any, kind: Any, keys: list[str], where: _Places, also: Any = ()) -> Any:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        _refuse(str(error), kind, keys, where, also)


def _refuse(message: str, kind: Any, keys: list[str], where: _Places, also: Any) -> NoReturn:
    problem, _, place = message.partition(" - at `$")
    keys = keys + re.findall(r"[\w-]+", place.replace("...", ""))
    unknown = re.search(r"unknown field `(.+)`", problem)
    if unknown is None:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{where.of(keys)}: {'.'.join(keys) or 'settings'}: {problem}",
            "configs/default.yaml says what each setting may be",
        )
    name = unknown[1]
    known = [*getattr(kind, "__struct_fields__", ()), *also, *Videos.__struct_fields__]
    known += LayoutSettings.__struct_fields__
    close = difflib.get_close_matches(name, known, n=1)
    raise PipelineError(
        ExitCode.UNKNOWN_SETTING,
        f"{where.of([*keys, name])}: there is no setting {'.'.join([*keys, name])}",
        f"Did you mean `{close[0]}`? configs/default.yaml lists all"
        if close
        else "configs/default.yaml lists all",
    )
