"""The stages of one run as a graph of files: what the Snakefile makes its rules from."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pipeline.engine import gpu_slots
from pipeline.engine.catalog import (
    all_stages,
    has_sources,
    optional_sources,
    stages_with,
)
from pipeline.engine.code_digest import code_digest
from pipeline.engine.items import Bindings, Selection
from pipeline.engine.settings import Settings
from pipeline.engine.stage import ITEM, Stage
from pipeline.runtime import torchrun
from pipeline.runtime.file_digest import file_fingerprint

PYTHON = f"{shlex.quote(sys.executable)} -P".replace("{", "{{").replace("}", "}}")


class Graph(msgspec.Struct, frozen=True):
    """One run's view of the stages."""

    settings: dict[str, dict[str, Any]]
    """By stage."""
    bindings: dict[str, Bindings] = {}
    """By system, what placeholders in its stages' paths stand for."""
    having: dict[str, list[str]] = {}
    """By template of a user's file that not every item has, the names of those that have it."""
    places: dict[str, dict[str, str]] = {}
    """By stage and item, the folder inside the item's in which outputs lie, if not in its own."""
    kept: dict[str, list[str]] = {}
    """By stage, the folders in which its outputs are taken as they are, whatever has changed."""

    @classmethod
    def of(cls, settings: Settings, selection: Selection) -> Graph:
        """The graph for checked settings and the items that a run is about."""
        values = {name: msgspec.to_builtins(config) for name, config in settings.stages.items()}
        graph = cls(values, selection.bindings, selection.having, selection.places)
        makers = [stage for stage in graph.stages() if stage.shared]
        folders = {stage.name: graph.shared_folders([stage]) for stage in makers}
        return graph.keeping(
            (name, folder)
            for name, written in folders.items()
            for folder in written & selection.kept
        )

    def keeping(self, outputs: Iterable[tuple[str, str]]) -> Graph:
        """The same, but what stages have made in folders is taken as it is."""
        kept = {stage: list(folders) for stage, folders in self.kept.items()}
        for stage, folder in outputs:
            kept.setdefault(stage, []).append(folder)
        return msgspec.structs.replace(self, kept=kept)

    def made_by(self, outputs: Iterable[tuple[str, str]]) -> set[str]:
        """All files that stages make in folders, beside which they are named."""
        stages = {stage.name: stage for stage in self.every_stage()}
        return {
            path.replace(ITEM, folder)
            for stage, folder in outputs
            for path in self.outputs(stages[stage], folder).values()
        }

    def every_stage(self) -> list[Stage]:
        """Every stage, with the values of its settings in its paths."""
        return list(stages_with(self.settings).values())

    def stages(self) -> list[Stage]:
        """Every stage that may run."""
        return [stage for stage in self.every_stage() if not (stage.shared and self._keeps(stage))]

    def _keeps(self, stage: Stage) -> bool:
        """Whether the outputs of a stage that makes something shared are taken as they are."""
        return not self.shared_folders([stage]).isdisjoint(self.kept.get(stage.name, ()))

    def shared_folders(self, stages: Iterable[Stage] | None = None) -> frozenset[str]:
        """The folders that belong to no item, into which ``stages``, or else all, write."""
        stages = all_stages().values() if stages is None else stages
        paths = [self.paths(s, path) for s in stages if s.shared for path in s.outputs.values()]
        return frozenset(str(Path(path).parent) for path in paths if isinstance(path, str))

    def members(self) -> set[str]:
        """The items of which shared files are made."""
        bound = [value for bindings in self.bindings.values() for value in bindings.values()]
        return {name for value in bound if isinstance(value, list) for name in value}

    def items(self, stage: Stage) -> str:
        """A pattern of the names of items for which a stage may run."""
        kept = "|".join(map(re.escape, self.kept.get(stage.name, ())))
        return f"(?!(?:{kept})/)[^/]+" if kept else "[^/]+"

    def targets(self, wanted: Sequence[tuple[Stage, Sequence[str]]]) -> list[str]:
        """Every output of stages, for each of the items named beside where it belongs to one."""
        targets: set[str] = set()
        for stage, items in wanted:
            for name in [""] if stage.shared else items:
                paths = self.outputs(stage, name).values()
                targets.update(path.replace(ITEM, name) for path in paths)
        return sorted(targets)

    def home(self, stage: str, folder: str) -> str:
        """Where outputs and logs of a stage lie: the ``folder`` of an item, or one inside it."""
        inside = self.places.get(stage, {}).get(folder)
        return f"{folder}/{inside}" if inside else folder

    def behind(self, wanted: Iterable[Stage]) -> list[Stage]:
        """The wanted stages and all that make what these read, whatever items that belongs to."""
        found: dict[str, Stage] = {}
        following = list(wanted)
        while following:
            stage = following.pop()
            if stage.name not in found:
                found[stage.name] = stage
                read = [*stage.inputs.values(), *stage.optional.values()]
                of_any_item = [re.sub(r"^\{\w+\}", ITEM, path) for path in read]
                following += [stage.makers[path] for path in of_any_item if path in stage.makers]
        return list(found.values())

    def gpus(self, stage: Stage) -> int:
        """How many GPUs a stage takes: its share, or all if it is several processes."""
        share, total = gpu_slots.share()
        return int(stage.gpu) * (total if self.processes(stage) > 1 else share)

    def threads(self, stage: Stage) -> int:
        """How many cores a stage takes; more than there are stands for all."""
        share, total = gpu_slots.share()
        if stage.gpu and share < total:
            return max(1, (os.cpu_count() or 1) * share // total)
        return 512 if stage.whole_machine else 1

    def processes(self, stage: Stage) -> int:
        """How many processes a stage consists of."""
        value: Any = self.settings[stage.name] if stage.processes else 1
        for key in filter(None, stage.processes.split(".")):
            value = value[key]
        return int(value)

    def inputs(self, stage: Stage, item: str = "") -> dict[str, str | list[str]]:
        """Input paths by name as they are for an item, with ``{item}`` left open."""
        return {name: self.paths(stage, path, item) for name, path in stage.inputs.items()}

    def inputs_of(self, stage: Stage) -> Callable[[Any], dict[str, str | list[str]]]:
        """Return a function of wildcards: the inputs, and the optional ones that the item has."""

        def inputs(wildcards: Any) -> dict[str, str | list[str]]:
            item = wildcards.get("item", "")
            optional = self.has(stage, item) if item else {}
            return {
                name: paths if isinstance(paths, list) else paths.replace(ITEM, item)
                for name, paths in (*optional.items(), *self.inputs(stage, item).items())
            }

        return inputs

    def has(self, stage: Stage, item: str) -> dict[str, str]:
        """The optional inputs that an item has, ``{item}`` left open."""
        return {
            name: str(self.paths(stage, template, item))
            for name, template in stage.optional.items()
            if has_sources(item, optional_sources(stage, name), self.having)
        }

    def outputs(self, stage: Stage, item: str = "") -> dict[str, str]:
        """Output paths by name as they are for an item, with ``{item}`` left open."""
        return {name: str(self.paths(stage, path, item)) for name, path in stage.outputs.items()}

    def patterns(self, stage: Stage) -> dict[str, str]:
        """Output paths by name with ``{item}``, and ``{inside}`` if some lie deeper, left open."""
        slot = f"{ITEM}/{{inside}}" if stage.name in self.places else f"{ITEM}/"
        outputs = self.outputs(stage)
        return {name: path.replace(f"{ITEM}/", slot, 1) for name, path in outputs.items()}

    def insides(self, stage: Stage) -> str:
        """A pattern of the folders inside those of items in which outputs of a stage may lie."""
        found = sorted(set(self.places.get(stage.name, {}).values()))
        return f"(?:(?:{'|'.join(map(re.escape, found))})/)?"

    def paths(self, stage: Stage, template: str, item: str = "") -> str | list[str]:
        """A template with its placeholders bound: one path, or one for each of several items."""
        bound = self.bindings.get(stage.system, {})
        lists = {f"{{{key}}}": value for key, value in bound.items() if isinstance(value, list)}
        for key, names in lists.items():
            if key in template:
                own = template.replace(key, ITEM)
                return [self._placed(stage, own, name).replace(ITEM, name) for name in names]
        template = self._placed(stage, template, item)
        for key, word in bound.items():
            if isinstance(word, str):
                template = template.replace(f"{{{key}}}", word)
        return template

    def _placed(self, stage: Stage, template: str, item: str) -> str:
        """The path of one of an item's files that ``stage`` reads or makes."""
        maker = stage if template in stage.outputs.values() else stage.makers.get(template)
        inside = self.places.get(maker.name, {}).get(item) if maker else None
        return template.replace(f"{ITEM}/", f"{ITEM}/{inside}/", 1) if inside else template

    def tracked(self, stage: Stage) -> list[Callable[[Any], str]]:
        """What reruns a stage when it changes, beside its inputs: settings and code.

        A setting that names a file stands for what is in it. They are functions of wildcards,
        as the engine would fill in braces of plain words.
        """
        settings = dict(_flat(stage.name.replace("-", "."), self.settings[stage.name]))
        files = [Path(value) for value in settings.values() if str(value).startswith("/")]
        words = [
            *(f"{key}={value}" for key, value in settings.items()),
            *(f"{path}={file_fingerprint(path)}" for path in files if path.is_file()),
            f"code={code_digest(stage.module)}",
        ]
        return [_verbatim(word) for word in words]

    def command(self, stage: Stage) -> Callable[..., str]:
        """Return a function of (wildcards, input, output) that writes the command line."""
        shared = folder_of(next(iter(self.outputs(stage).values())), self.shared_folders())

        def arguments(wildcards: Any, input: Any, output: Any) -> str:  # noqa: A002
            words = [*_pairs("--input", input), *_pairs("--output", output)]
            folder = shared if stage.shared else wildcards.get("item", "")
            words += ["--folder", self.home(stage.name, folder), "--label", Path(folder).name]
            settings = msgspec.json.encode(self.settings[stage.name]).decode()
            program = [*torchrun.command(self.processes(stage)), "-m", stage.module]
            return shlex.join([*program, *words, "--settings", settings])

        return arguments


def folder_of(path: str, shared: Collection[str]) -> str:
    """The folder that a path below the working folder belongs to: a shared one, or an item's."""
    return next((f for f in shared if path.startswith(f"{f}/")), path.partition("/")[0])


def _flat(above: str, values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Settings by their dotted names."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(f"{above}.{name}", value)
        else:
            yield f"{above}.{name}", value


def _verbatim(word: str) -> Callable[[Any], str]:
    return lambda wildcards: word


def _pairs(option: str, files: Any) -> list[str]:
    """Command-line words for a Snakemake list of named files."""
    words: list[str] = []
    for name, paths in files.items():
        for path in [paths] if isinstance(paths, str) else paths:
            words += [option, f"{name}={path}"]
    return words
