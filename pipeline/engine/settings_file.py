"""Reading a settings file: what is in it, on which line it stands, and what is wrong with it."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

from pipeline.runtime import setting_words
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.spelling import did_you_mean, file_meant

_LONGEST = 1 << 24
"""Characters that are read of a settings file, which might be a device without an end."""
_EXPLAINED = "configs/default.yaml lists all settings"


@dataclass(frozen=True)
class Places:
    """Where settings come from: a file, an option of the command line, or a stage's JSON."""

    path: Path
    """The settings file; what it names is relative to its folder."""
    root: yaml.Node | None = None
    """What is in it, with lines."""
    option: str = ""
    """``OF=`` where a setting comes from there."""

    def of(self, keys: Sequence[str]) -> str:
        """``FILE:LINE`` of the setting under ``keys``, or of what it should stand in."""
        node, line = self.root, None
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

    def subject(self, keys: Sequence[str]) -> str:
        """How a message about a setting begins."""
        if self.option:
            return self.option
        entries = [f" (entry {int(key) + 1})" for key in keys if key.isdigit()]
        return f"{self.of(keys)}: {_dotted(keys) or 'settings'}{''.join(entries)}"

    def found(self, value: str) -> Path:
        """The file that ``value`` names, as seen from the folder of the settings file.

        As seen from the current folder if it is only there.
        """
        # pathlib's own raises an error for an unknown user.
        path = Path(os.path.expanduser(value))  # noqa: PTH111
        here, there = (folder.absolute() / path for folder in (self.path.parent, Path()))
        found = there if _exists(there) and not _exists(here) else here
        return found.parent.resolve() / found.name  # a link keeps its own name


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # its name is too long for the file system
        return False


def read(path: Path) -> tuple[dict[str, Any], Places]:
    """What is in a settings file, unchecked.

    Raises PipelineError: USAGE for no such file, INVALID_SETTING for none of settings.
    """
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LONGEST + 1)
        if len(text) > _LONGEST:
            raise _no_settings(f"{path} is longer than any settings are")
        loader = _Loader(text)
        root = loader.get_single_node()
        content = None if root is None else loader.construct_document(root)
    except (FileNotFoundError, IsADirectoryError) as error:
        problem = f"there is no settings file {path.absolute()}"
        if isinstance(error, IsADirectoryError):
            problem += ": it is a folder"
        remedy = file_meant(path, "Check the path after CONFIG=")
        raise PipelineError(ExitCode.USAGE, problem, remedy) from None
    except RecursionError:
        raise _no_settings(f"{path} is nested too deeply") from None
    except UnicodeDecodeError:
        raise _no_settings(f"{path} is not UTF-8 text") from None
    except (yaml.YAMLError, ValueError) as error:  # the latter for impossible dates
        raise _not_yaml(path, error) from None
    content = {} if content is None else content
    if not isinstance(content, dict):
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{path} holds no settings",
            f"Write `key: value`; {_EXPLAINED}",
        )
    return content, Places(path, root)


def _no_settings(problem: str) -> PipelineError:
    return PipelineError(ExitCode.INVALID_SETTING, problem, "Check the path after CONFIG=")


def _not_yaml(path: Path, error: Exception) -> PipelineError:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or " ".join(str(error).split())
    kind = "" if isinstance(error, _Loader.Refused) else "this is not YAML: "
    return PipelineError(
        ExitCode.INVALID_SETTING,
        f"{path}{f':{mark.line + 1}' if mark else ''}: {kind}{said}",
        "Indent by spaces, not by tabs"
        if r"\t" in said
        else "Mend the line; configs/default.yaml shows the form",
    )


class _Loader(yaml.SafeLoader):
    """Refuses what cannot be handed on as JSON, the form in which stages get their settings.

    And what is said twice, of which YAML would forget one.
    """

    class Refused(yaml.MarkedYAMLError):
        """Tells of something that is YAML all the same."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag.endswith(":str"):
                if key.value in seen:
                    problem = f"`{key.value}` is said twice here"
                    raise _Loader.Refused(None, None, problem, key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def _finite(loader: _Loader, node: yaml.ScalarNode) -> float:
    value = loader.construct_yaml_float(node)
    if not math.isfinite(value):
        raise _Loader.Refused(None, None, f"{node.value} is not a number", node.start_mark)
    return value


def _encodable(loader: _Loader, node: yaml.ScalarNode) -> str:
    value = loader.construct_yaml_str(node)
    if re.search("[\0\ud800-\udfff]", value):
        problem = f"{value!r} holds what is no character"
        raise _Loader.Refused(None, None, problem, node.start_mark)
    return value


_Loader.add_constructor("tag:yaml.org,2002:float", _finite)
_Loader.add_constructor("tag:yaml.org,2002:str", _encodable)


def checked(
    content: Any,
    kind: Any,
    above: Sequence[str],
    where: Places,
    sections: Mapping[str, Any] | None = None,
) -> Any:
    """``content``, which stands under the keys ``above``, as a record of ``kind``.

    ``sections`` are further ones that may stand beside it, each with its kind.
    Raises PipelineError: UNKNOWN_SETTING, INVALID_SETTING.
    """
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at `")
    below = re.findall(r"[\w-]+", place.partition("$")[2].replace("...", ""))
    value, its_kind = _at(below, content, kind)
    keys = [*above, *below]
    if found := re.search(r"unknown field `(.+)`", said):
        raise _unknown(found[1], keys, its_kind, where, sections or {})
    if place.startswith("key"):
        said = f"names are words, and {setting_words.told(_first_strange(value))} is none"
    if found := re.search(r"required field `(.+)`", said):
        said = f"`{found[1]}:` is missing here"
    if not said.startswith(("Expected", "Invalid")):
        raise PipelineError(ExitCode.INVALID_SETTING, f"{where.subject(keys)}: {said}", _EXPLAINED)
    near = setting_words.meant(value, its_kind)
    raise PipelineError(
        ExitCode.INVALID_SETTING,
        f"{where.subject(keys)} is {setting_words.told(value)}, but must be"
        f" {setting_words.requirement(its_kind)}",
        f"Did you mean `{near}`? {_EXPLAINED}" if near else _EXPLAINED,
    )


def _at(keys: Sequence[str], value: Any, kind: Any) -> tuple[Any, Any]:
    """What stands under ``keys``, and what may stand there."""
    for key in keys:
        value = value[int(key)] if isinstance(value, list) else value[key]
        kind = setting_words.under(key, kind)
    return value, kind


def _first_strange(section: Mapping[Any, Any]) -> Any:
    return next(name for name in section if not isinstance(name, str))


def _unknown(
    name: str, above: Sequence[str], kind: Any, where: Places, sections: Mapping[str, Any]
) -> PipelineError:
    homes = [s for s, kind in sections.items() if name in setting_words.names_in(kind)]
    known = [*setting_words.names_in(kind), *(() if above else sections)]
    remedy = did_you_mean(name, known, _EXPLAINED)
    if homes:
        remedy = f"Write it under {' or '.join(f'`{home}:`' for home in homes)}"
    return PipelineError(
        ExitCode.UNKNOWN_SETTING,
        f"{where.of([*above, name])}: there is no setting {_dotted([*above, name])}",
        remedy,
    )


def _dotted(keys: Sequence[str]) -> str:
    return ".".join(key for key in keys if not key.isdigit())
