"""Settings: YAML files become frozen, checked records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

import msgspec
from msgspec import Meta

from pipeline.engine.settings_file import Assignment, Places, checked, read
from pipeline.runtime import setting_words
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import DEFAULTS, shown

OwnFile = Annotated[str, Meta(description="the path of a file", extra={"path": True})]
"""A setting that names a file. It is relative to the folder of the settings file."""
NameOrPath = Annotated[str, Meta(description="a name or path", extra={"path": "name"})]
"""The same, but a word without a slash or a dot is the name of something known."""
SHARED = Meta(extra={"shared": True})
"""Marks a field that takes the value of the top-level setting of its name unless it is set."""
Seed = Annotated[int, Meta(ge=0, lt=2**32, extra={"shared": True})]


class StageConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings of one stage; each stage file declares its own as ``Config``."""


_Record = TypeVar("_Record", bound=msgspec.Struct)

StageConfigs = Mapping[str, type[StageConfig]]
"""What the settings of each stage may be, by its name."""


class General(Protocol):
    """What the items' side reads at the top level of a settings file."""

    fields: type[msgspec.Struct]
    """The settings that may stand there."""

    def read(self, content: Any, where: Places) -> Any:
        """Turn an instance of ``fields`` into what the items' side works with."""
        ...


class Settings(msgspec.Struct, frozen=True):
    """A whole settings file, checked, with defaults filled in."""

    general: Any
    """What the items' side made of the top level."""
    stages: dict[str, StageConfig]


def load_settings(
    path: Path, kinds: StageConfigs, general: General, assignments: Iterable[Assignment] = ()
) -> Settings:
    """Read a file, or all files of a folder, with ``assignments`` on top.

    What it leaves out keeps the default that its stage declares. Raises PipelineError: USAGE for
    no such file, UNKNOWN_SETTING or INVALID_SETTING with the file and line.
    """
    content, where = read(path)
    where = where.assign(content, assignments)
    sections = _sections(content, kinds, where)
    shared = _shared_fields(kinds)
    values = checked(content, _top_level(general.fields, shared), [], where, _written(kinds))
    given = {key: content[key] for key in shared if key in content}
    stages = {name: _stage_config(name, sections[name], given, where, kinds) for name in kinds}
    own = {key: getattr(values, key) for key in general.fields.__struct_fields__}
    return Settings(general.read(general.fields(**own), where), stages)


def load_stage_config(path: Path, name: str, kind: type[StageConfig]) -> StageConfig:
    """Read the section of one stage, and nothing else, from a settings file.

    Raises PipelineError as ``load_settings`` does.
    """
    content, where = read(path)
    kinds = {name: kind}
    top, *below = section(name)
    given = content.get(top)
    if below:
        given = checked(given or {}, dict[str, Any], [top], where).get(below[0])
    shared = _shared_fields(kinds)
    own = {key: content[key] for key in shared if key in content}
    checked(own, msgspec.defstruct("Settings", _optional(shared)), [], where)
    return _stage_config(name, given, own, where, kinds)


def parse_stage_config(text: str, kind: type[StageConfig]) -> StageConfig:
    """Read one stage's settings from JSON, as the engine hands them over."""
    try:
        content = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"--settings is not JSON: {error}",
            f"Write it as the stage's section of {shown(DEFAULTS)}, in JSON",
        ) from None
    where = Places(Path("--settings"))
    config: StageConfig = checked(content, kind, [], where)
    return _with_paths(config, [], where)


def _sections(content: dict[str, Any], kinds: StageConfigs, where: Places) -> dict[str, Any]:
    """Take the sections of all stages out of ``content``; by the stages' names."""
    sections: dict[str, Any] = {}
    systems: dict[str, list[str]] = {}
    for name in kinds:
        top, *below = section(name)
        if below:
            systems.setdefault(top, []).append(below[0])
        else:
            sections[name] = content.pop(top, None)
    for top, names in systems.items():
        fields = [(name, Any, None) for name in names]
        kind = msgspec.defstruct(top, fields, forbid_unknown_fields=True)
        system = checked(content.pop(top, None) or {}, kind, [top], where)
        sections |= {f"{top}-{name}": getattr(system, name) for name in names}
    return sections


def section(name: str) -> list[str]:
    """Where the settings of a stage stand, by its name: ``[render]``, ``[faces, score]``."""
    return name.split("-")


def _written(kinds: StageConfigs) -> dict[str, Any]:
    """The records of sections, each as it is written: ``render``, ``faces: score``."""
    return {": ".join(section(name)): kind for name, kind in kinds.items()}


def _top_level(general: type[msgspec.Struct], shared: Mapping[str, Any]) -> type[msgspec.Struct]:
    """The record of all settings that stand outside of stages' sections."""
    fields = _optional(shared)
    return msgspec.defstruct("Settings", fields, bases=(general,), forbid_unknown_fields=True)


def _optional(fields: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(name, kind, msgspec.UNSET) for name, kind in fields.items()]


def _shared_fields(kinds: StageConfigs) -> dict[str, Any]:
    """The types of the settings that stages share, by name."""
    return {
        name: form
        for kind in kinds.values()
        for name, form in setting_words.fields(kind).items()
        if setting_words.metadata(form).get("shared")
    }


def _stage_config(
    name: str, content: Any, shared: Mapping[str, Any], where: Places, kinds: StageConfigs
) -> StageConfig:
    keys, kind = section(name), kinds[name]
    given = checked({} if content is None else content, dict[str, Any], keys, where)
    inherited = {key: shared[key] for key in kind.__struct_fields__ if key in shared}
    values = inherited | _completed(given, kind())
    beside = {other: form for other, form in kinds.items() if section(other)[:-1] == keys[:-1]}
    config: StageConfig = checked(values, kind, keys, where, _written(beside))
    return _with_paths(config, keys, where)


def _completed(given: dict[str, Any], default: msgspec.Struct) -> dict[str, Any]:
    """``given``, where records in it have what they leave out from ``default``.

    A stage may declare other defaults for a component than the component itself.
    """
    completed = dict(given)
    for name in default.__struct_fields__:
        own, value = getattr(default, name), given.get(name)
        if isinstance(own, msgspec.Struct) and isinstance(value, dict):
            completed[name] = msgspec.to_builtins(own) | _completed(value, own)
    return completed


def _with_paths(config: _Record, above: Sequence[str], where: Places) -> _Record:
    """A record with absolute paths of files, since stages run in another folder."""
    changed: dict[str, Any] = {}
    for name, form in setting_words.fields(type(config)).items():
        value, keys = getattr(config, name), [*above, name]
        if isinstance(value, msgspec.Struct):
            changed[name] = _with_paths(value, keys, where)
        elif value and _is_path(value, setting_words.metadata(form).get("path")):
            changed[name] = str(_resolved(value, form, keys, where))
    return msgspec.structs.replace(config, **changed)


def _is_path(value: Any, kind: object) -> bool:
    return kind is True or (kind == "name" and re.search(r"[/.]", value) is not None)


def _resolved(value: str, form: Any, keys: Sequence[str], where: Places) -> Path:
    path = where.resolve(value)
    if setting_words.metadata(form)["path"] is True and (path.is_dir() or not path.exists()):
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{where.subject(keys)} names {path}, and there is no such file",
            "Mend the path; it is relative to the settings file",
        )
    return path
