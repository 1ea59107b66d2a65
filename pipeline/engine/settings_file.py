"""Settings files: what is in them, on which line it stands, and what is wrong with it."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import yaml

from pipeline.runtime import setting_words
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import DEFAULTS, shown
from pipeline.runtime.spelling import did_you_mean, did_you_mean_file

_LONGEST = 1 << 24
"""Characters that are read of a settings file, which might be a device without an end."""
_EXPLAINED = f"{shown(DEFAULTS)} lists all settings"


@dataclass(frozen=True)
class Assignment:
    """One setting of the command line: ``render.viewers=halves``."""

    keys: tuple[str, ...]
    value: Any
    origin: str
    """How it was written, for messages: ``SET=render.viewers``."""

    @classmethod
    def parse(cls, text: str) -> Assignment:
        """Read ``KEYS=VALUE``, a value as YAML has it. Raises PipelineError USAGE."""
        dotted, equals, value = text.partition("=")
        if not equals or not all(keys := tuple(dotted.split("."))):
            raise PipelineError(
                ExitCode.USAGE,
                f"SET={text} sets nothing",
                "Write SET=render.viewers=halves; several are separated by spaces",
            )
        try:
            content = _Loader(value).get_single_data()
        except (yaml.YAMLError, ValueError) as error:
            problem = getattr(error, "problem", None) or " ".join(str(error).split())
            raise PipelineError(
                ExitCode.INVALID_SETTING, f"SET={dotted}: {problem}", _EXPLAINED
            ) from None
        return cls(keys, content, f"SET={dotted}")


@dataclass(frozen=True)
class Places:
    """Where settings come from: files, the command line, or a stage's JSON."""

    path: Path
    """The settings file, or a folder of several; what it names is relative to that folder."""
    roots: Mapping[Path, yaml.Node] = field(default_factory=dict)
    """What is in each file, with lines."""
    assigned: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """How settings of the command line were written there, by their keys."""

    def of(self, keys: Sequence[str]) -> str:
        """``FILE:LINE`` of the setting under ``keys``, or of what it should stand in."""
        if origin := self._origin(keys):
            return origin
        for file, root in self.roots.items():
            if (line := _line(root, keys)) is not None:
                return f"{file}:{line}"
        return str(self.path)

    def subject(self, keys: Sequence[str]) -> str:
        """How a message about a setting begins."""
        if origin := self._origin(keys):
            return origin
        entries = [f" (entry {int(key) + 1})" for key in keys if key.isdigit()]
        return f"{self.of(keys)}: {_dotted(keys) or 'settings'}{''.join(entries)}"

    def resolve(self, value: str) -> Path:
        """The absolute path of the file that ``value`` names.

        It is relative to the folder of the settings file, or to the current folder if the file is
        only there.
        """
        folder = self.path if self.path.is_dir() else self.path.parent
        # pathlib's own raises an error for an unknown user.
        path = Path(os.path.expanduser(value))  # noqa: PTH111
        here, there = (folder.absolute() / path for folder in (folder, Path()))
        chosen = there if _exists(there) and not _exists(here) else here
        return chosen.parent.resolve() / chosen.name  # a link keeps its own name

    def assign(self, content: dict[str, Any], assignments: Iterable[Assignment]) -> Places:
        """Put settings of the command line into ``content``, and remember where they come from.

        Raises PipelineError INVALID_SETTING for one below what is no section.
        """
        assigned = dict(self.assigned)
        for assignment in assignments:
            *above, last = assignment.keys
            section = content
            for key in above:
                below = {} if section.get(key) is None else section[key]
                if not isinstance(below, dict):
                    problem = f"{assignment.origin}: {key} is no section in {self.path}"
                    raise PipelineError(ExitCode.INVALID_SETTING, problem, _EXPLAINED)
                section[key] = below = dict(below)
                section = below
            section[last] = assignment.value
            assigned[assignment.keys] = assignment.origin
        return replace(self, assigned=assigned)

    def _origin(self, keys: Sequence[str]) -> str | None:
        """How the command line says what stands under ``keys``, or above or below it alone."""
        above = (tuple(keys[:count]) for count in range(len(keys), 0, -1))
        if (key := next((key for key in above if key in self.assigned), None)) is not None:
            return self.assigned[key]
        if any(_line(root, keys, whole=True) for root in self.roots.values()):
            return None
        below = (key for key in self.assigned if keys and key[: len(keys)] == tuple(keys))
        return next((self.assigned[key] for key in below), None)


def _line(node: yaml.Node, keys: Sequence[str], *, whole: bool = False) -> int | None:
    """The line of the deepest setting under ``keys`` that a file has; None if it has none.

    Also None where the file has only some of the keys and the ``whole`` is asked for.
    """
    line: int | None = None
    for key in keys:
        if isinstance(node, yaml.SequenceNode) and key.isdigit():
            node = node.value[int(key)]
            line = node.start_mark.line + 1
            continue
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        matches = [(k, v) for k, v in pairs if k.value == key]
        if not matches:
            return None if whole else line
        line, node = matches[0][0].start_mark.line + 1, matches[0][1]
    return line


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # its name is too long for the file system
        return False


def read(path: Path) -> tuple[dict[str, Any], Places]:
    """What is in a settings file, or in all YAML files of a folder, unchecked.

    Raises PipelineError: USAGE for no such file, INVALID_SETTING for none of settings.
    """
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise PipelineError(
            ExitCode.USAGE,
            f"there is no settings file in the folder {path.absolute()}",
            "Check the path after CONFIG=",
        )
    content: dict[str, Any] = {}
    roots: dict[Path, yaml.Node] = {}
    for file in files:
        more, root = _read(file)
        if twice := content.keys() & more.keys():
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"{file}:{_line(root, [min(twice)])}: `{min(twice)}` stands in another file, too"
                if root
                else f"{file} repeats another file",
                "Leave it in one of them",
            )
        content |= more
        if root is not None:
            roots[file] = root
    return content, Places(path, roots)


def _read(path: Path) -> tuple[dict[str, Any], yaml.Node | None]:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LONGEST + 1)
        if len(text) > _LONGEST:
            raise _no_settings(f"{path} is longer than any settings are")
        loader = _Loader(text)
        root = loader.get_single_node()
        content = None if root is None else loader.construct_document(root)
    except FileNotFoundError:
        raise PipelineError(
            ExitCode.USAGE,
            f"there is no settings file {path.absolute()}",
            did_you_mean_file(path, "Check the path after CONFIG="),
        ) from None
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
    return content, root


def _no_settings(problem: str) -> PipelineError:
    return PipelineError(ExitCode.INVALID_SETTING, problem, "Check the path after CONFIG=")


def _not_yaml(path: Path, error: Exception) -> PipelineError:
    mark = getattr(error, "problem_mark", None)
    message = getattr(error, "problem", None) or " ".join(str(error).split())
    kind = "" if isinstance(error, _Loader.Refused) else "this is not YAML: "
    return PipelineError(
        ExitCode.INVALID_SETTING,
        f"{path}{f':{mark.line + 1}' if mark else ''}: {kind}{message}",
        "Indent by spaces, not by tabs"
        if r"\t" in message
        else f"Mend the line; {shown(DEFAULTS)} shows the form",
    )


class _Loader(yaml.SafeLoader):
    """Refuses what cannot be handed on as JSON, the form in which stages get their settings.

    It also refuses keys that stand twice, of which YAML would drop one.
    """

    class Refused(yaml.MarkedYAMLError):
        """Tells of something that is YAML all the same."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag.endswith(":str"):
                if key.value in seen:
                    problem = f"`{key.value}` stands here twice"
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

    ``sections`` are further ones that may be meant, as they are written, each with its kind.
    Raises PipelineError: UNKNOWN_SETTING, INVALID_SETTING.
    """
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `")
    below = re.findall(r"[\w-]+", place.partition("$")[2].replace("...", ""))
    value, its_kind = _at(below, content, kind)
    keys = [*above, *below]
    if match := re.search(r"unknown field `(.+)`", message):
        raise _unknown(match[1], keys, its_kind, where, sections or {})
    if place.startswith("key"):
        message = f"names are words, and {setting_words.described(_first_strange(value))} is none"
    if match := re.search(r"required field `(.+)`", message):
        message = f"`{match[1]}:` is missing here"
    if not message.startswith(("Expected", "Invalid")):
        raise PipelineError(
            ExitCode.INVALID_SETTING, f"{where.subject(keys)}: {message}", _EXPLAINED
        )
    near = setting_words.suggestion(value, its_kind)
    raise PipelineError(
        ExitCode.INVALID_SETTING,
        f"{where.subject(keys)} is {setting_words.described(value)}, but must be"
        f" {setting_words.requirement(its_kind)}",
        f"Did you mean `{near}`? {_EXPLAINED}" if near else _EXPLAINED,
    )


def _at(keys: Sequence[str], value: Any, kind: Any) -> tuple[Any, Any]:
    """What stands under ``keys``, and what may stand there."""
    for key in keys:
        value = value[int(key)] if isinstance(value, list) else value[key]
        kind = setting_words.type_under(key, kind)
    return value, kind


def _first_strange(section: Mapping[Any, Any]) -> Any:
    return next(name for name in section if not isinstance(name, str))


def _unknown(
    name: str, above: Sequence[str], kind: Any, where: Places, sections: Mapping[str, Any]
) -> PipelineError:
    # A part of the same section is likelier to be meant than another section.
    parts = [
        key
        for key, form in setting_words.fields(kind).items()
        if name in setting_words.names_in(form)
    ]
    homes = [": ".join([*above, part]) for part in parts] or [
        section for section, form in sections.items() if name in setting_words.names_in(form)
    ]
    top = {section.partition(":")[0] for section in sections}
    known = [*setting_words.names_in(kind), *(() if above else sorted(top))]
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
