"""What ``VERB --help`` says of a stage, beside its options: its files and its settings."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from pipeline.engine.settings import section
from pipeline.engine.stage import ITEM, Stage
from pipeline.runtime import setting_words
from pipeline.runtime.paths import DEFAULTS


def description(stage: Stage) -> str:
    """What its file says that it does."""
    return importlib.import_module(stage.module).__doc__ or ""


def details(stage: Stage, noun: str) -> str:
    """The files that it reads and makes, and its settings as the project's files explain them."""
    optional = {name: f"{path}, if it can be made" for name, path in stage.optional.items()}
    blocks = [
        _files("reads", {**stage.inputs, **optional}, noun),
        _files("makes", stage.outputs, noun),
    ]
    if settings := "\n".join(_settings(stage)):
        name = ".".join(section(stage.name))
        blocks.append(f"settings, in a file or as SET={name}.NAME=VALUE:\n{settings}")
    return "\n\n".join(blocks)


def _files(heading: str, templates: Mapping[str, str], noun: str) -> str:
    width = max(map(len, templates))
    paths = {name: path.replace(ITEM, noun.upper()) for name, path in templates.items()}
    return "\n".join([f"{heading}:", *(f"  {n:{width}}  workdir/{p}" for n, p in paths.items())])


def _settings(stage: Stage) -> Iterator[str]:
    """The lines of its section, and of the settings at the top level that it follows."""
    forms = setting_words.fields(stage.config)
    followed = [name for name, form in forms.items() if setting_words.metadata(form).get("shared")]
    if forms.keys() - followed:
        yield from _lines(section(stage.name))
    for name in followed:
        yield from _lines([name])


def _lines(keys: list[str]) -> Iterator[str]:
    """The lines of the project's settings files that hold what is under ``keys``."""
    for file in sorted(DEFAULTS.glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        node: Any = yaml.compose(text, yaml.SafeLoader)
        for key in keys:
            pairs = node.value if isinstance(node, yaml.MappingNode) else []
            found = next((pair for pair in pairs if pair[0].value == key), None)
            if found is None:
                break
            first, node = found[0].start_mark.line, found[1]
        else:
            lines = text.splitlines()[first : node.end_mark.line + 1]
            yield from (f"  {line}" for line in _block(lines))


def _block(lines: list[str]) -> list[str]:
    """The first line with those below it that are indented more."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    deeper = " " * (indent + 1)
    rest = iter(lines[1:])
    block = [lines[0]]
    for line in rest:
        if not line.startswith(deeper):
            break
        block.append(line)
    return block
