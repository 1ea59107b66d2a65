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
from pipeline.engine.stage import ITEM, Stage, is_plural
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
    """Every stage by name, as checked settings make it; see ``stages_with``."""
    return stages_with({n: msgspec.to_builtins(config) for n, config in settings.stages.items()})


def stages_with(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Stage]:
    """Every stage by name, given the settings of each.

    Its paths have the values of its settings, it lacks the inputs that these make needless, and
    it knows the makers of files.
    """
    makers: dict[str, Stage] = {}
    stages = {
        name: replace(_with_settings(stage, values[name]), makers=makers)
        for name, stage in all_stages().items()
    }
    makers |= {path: stage for stage in stages.values() for path in stage.outputs.values()}
    return stages


def _with_settings(stage: Stage, values: Mapping[str, Any]) -> Stage:
    def fill(templates: Mapping[str, str]) -> dict[str, str]:
        return {
            name: re.sub(r"\{(\w+)\}", value, path)
            for name, path in templates.items()
            if name not in needless
        }

    def value(placeholder: re.Match[str]) -> str:
        setting = values.get(placeholder[1])
        return setting if isinstance(setting, str) else placeholder[0]

    needless = stage.without(values) if stage.without else ()
    return replace(
        stage,
        inputs=fill(stage.inputs),
        outputs=fill(stage.outputs),
        optional=fill(stage.optional),
    )


def reads(stage: Stage, placeholder: str) -> bool:
    """Whether a stage needs a file whose path contains ``placeholder``, at any distance.

    What it needs of several items, ``{member}/…``, is not followed further.
    """
    makers = stage.makers
    return any(
        placeholder in path or (path in makers and reads(makers[path], placeholder))
        for path in stage.inputs.values()
    )


def own_sources(stage: Stage) -> frozenset[str]:
    """The user's files of an item of which a stage makes its outputs, at any distance.

    They are templates with ``{item}``; optional inputs do not count.
    """
    return _sources(stage.inputs.values(), stage.makers)


def optional_sources(stage: Stage, name: str) -> frozenset[str]:
    """The same of which one of its optional inputs is made."""
    return _sources([stage.optional[name]], stage.makers)


def _sources(paths: Iterable[str], makers: Mapping[str, Stage]) -> frozenset[str]:
    found: set[str] = set()
    for path in paths:
        if path in makers:
            found |= own_sources(makers[path])
        elif ITEM in path:
            found.add(path)
    return frozenset(found)


def has_sources(item: str, sources: frozenset[str], having: Mapping[str, Collection[str]]) -> bool:
    """Whether an item has all of these files of the user's.

    ``having`` lists, by template, the items with a file that not every item has.
    """
    return all(item in having[source] for source in sources & having.keys())


def shared_inputs(wanted: Iterable[Stage], placeholder: str) -> set[str]:
    """Templates with ``placeholder`` of shared files that stages read, at any distance.

    Of stages that make such files themselves, only what other systems make of their members is
    followed.
    """
    waiting, reached, inputs = list(wanted), set[str](), set[str]()
    while waiting:
        stage = waiting.pop()
        if stage.name in reached:
            continue
        reached.add(stage.name)
        paths = [*stage.inputs.values(), *stage.optional.values()]
        if stage.shared:
            of_members = (re.sub(r"^\{\w+\}", ITEM, path) for path in paths if is_plural(path))
            makers = (stage.makers[path] for path in of_members if path in stage.makers)
            waiting.extend(maker for maker in makers if maker.system != stage.system)
            continue
        inputs.update(path for path in paths if placeholder in path)
        waiting.extend(stage.makers[path] for path in paths if path in stage.makers)
    return inputs
