"""All stages there are, and what they need at any distance."""

from __future__ import annotations

import importlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec

from pipeline.engine.settings import Settings, StageConfig
from pipeline.engine.stage import ITEM, Stage
from pipeline.runtime.paths import PROJECT


@cache
def all_stages() -> Mapping[str, Stage]:
    """Every stage by name: one for each file of the folders of ``stages/``."""
    paths = (PROJECT / "stages").glob("[!_]*/[!_]*.py")
    stages = [_declared(f"stages.{path.parent.name}.{path.stem}") for path in paths]
    return {stage.name: stage for stage in sorted(stages, key=lambda stage: stage.name)}


def _declared(module: str) -> Stage:
    stage: Stage = importlib.import_module(module).STAGE
    return replace(stage, module=module)


def stage_configs() -> dict[str, type[StageConfig]]:
    """What the settings of each stage may be."""
    return {name: stage.config for name, stage in all_stages().items()}


def products() -> list[str]:
    """The names of the stages whose outputs people open."""
    return [name for name, stage in all_stages().items() if stage.product]


def groups() -> dict[str, list[str]]:
    """The verbs that stand for several stages, and these.

    Beside ``all`` that is the name of each system that says what the whole of its work is.
    """
    found = {"all": products()}
    for system in sorted({stage.system for stage in all_stages().values()}):
        whole = getattr(importlib.import_module(f"stages.{system}"), "WHOLE", ())
        if whole:
            found[system] = list(whole)
    return found


def configured_stages(settings: Settings) -> dict[str, Stage]:
    """Every stage by name, with the values of its settings in its paths."""
    return {
        name: with_settings(stage, msgspec.to_builtins(settings.stages[name]))
        for name, stage in all_stages().items()
    }


def with_settings(stage: Stage, values: Mapping[str, Any]) -> Stage:
    """A stage with the values of its own settings in its paths, where those are words."""

    def fill(templates: Mapping[str, str]) -> dict[str, str]:
        return {name: re.sub(r"\{(\w+)\}", value, path) for name, path in templates.items()}

    def value(placeholder: re.Match[str]) -> str:
        setting = values.get(placeholder[1])
        return setting if isinstance(setting, str) else placeholder[0]

    return replace(
        stage,
        inputs=fill(stage.inputs),
        outputs=fill(stage.outputs),
        optional=fill(stage.optional),
    )


@cache
def _makers() -> Mapping[str, Stage]:
    return {path: stage for stage in all_stages().values() for path in stage.outputs.values()}


def reads(stage: Stage, placeholder: str) -> bool:
    """Whether a stage needs a file whose path contains ``placeholder``, at any distance.

    What it needs of several items, ``{member}/…``, is not followed further.
    """
    makers = _makers()
    return any(
        placeholder in path or (path in makers and reads(makers[path], placeholder))
        for path in stage.inputs.values()
    )


def own_sources(paths: Iterable[str]) -> frozenset[str]:
    """The user's files of an item from which files of it are made, at any distance.

    Both are templates with ``{item}``; optional inputs do not count.
    """
    return frozenset[str]().union(*map(_own_sources, paths))


def has_sources(item: str, paths: Iterable[str], having: Mapping[str, Collection[str]]) -> bool:
    """Whether an item has the user's files from which ``paths`` are made.

    ``having`` lists, by template, the items with a file that not every item has.
    """
    return all(item in having[source] for source in own_sources(paths) & having.keys())


@cache
def _own_sources(path: str) -> frozenset[str]:
    makers = _makers()
    if path in makers:
        return own_sources(makers[path].inputs.values())
    return frozenset({path} if ITEM in path else ())


def shared_inputs(wanted: Iterable[Stage], placeholder: str) -> set[str]:
    """Templates with ``placeholder`` of shared files that stages read, at any distance.

    Except what only stages read that make such files themselves.
    """
    makers = _makers()
    waiting, reached, inputs = list(wanted), set[str](), set[str]()
    while waiting:
        stage = waiting.pop()
        if stage.name in reached or stage.shared:
            continue
        reached.add(stage.name)
        paths = [*stage.inputs.values(), *stage.optional.values()]
        inputs.update(path for path in paths if placeholder in path)
        waiting.extend(makers[path] for path in paths if path in makers)
    return inputs
