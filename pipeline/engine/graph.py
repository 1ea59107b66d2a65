"""The stages as a graph of files: what the Snakefile makes its rules from."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from pipeline.engine import gpu_slots
from pipeline.engine.code_digest import code_digest
from pipeline.engine.settings import Settings, StageConfig
from pipeline.engine.stage import Stage
from pipeline.runtime import torchrun
from pipeline.runtime.file_digest import file_fingerprint
from pipeline.runtime.paths import PROJECT

PYTHON = f"{shlex.quote(sys.executable)} -P".replace("{", "{{").replace("}", "}}")


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


def configured_stages(settings: Settings) -> dict[str, Stage]:
    """Every stage by name, with the values of its settings in its paths."""
    return {
        name: _filled(stage, msgspec.to_builtins(settings.stages[name]))
        for name, stage in all_stages().items()
    }


def reads(stage: Stage, template: str) -> bool:
    """Whether a stage needs a file whose path contains ``template``, at any distance.

    What it needs of the training videos alone, ``{train}/…``, is not followed further.
    """
    makers = {path: s for s in all_stages().values() for path in s.outputs.values()}
    return any(
        template in path or (path in makers and reads(makers[path], template))
        for path in stage.inputs.values()
    )


def model_files(wanted: Iterable[Stage]) -> set[str]:
    """Templates of the files of a model that stages read, at any distance, beside training it."""
    makers = {path: stage for stage in all_stages().values() for path in stage.outputs.values()}
    waiting, reached = list(wanted), set[str]()
    found: set[str] = set()
    while waiting:
        stage = waiting.pop()
        if stage.name in reached or stage.makes_model:
            continue
        reached.add(stage.name)
        paths = [*stage.inputs.values(), *stage.commented.values()]
        found.update(path for path in paths if "{model}" in path)
        waiting.extend(makers[path] for path in paths if path in makers)
    return found


class Graph(msgspec.Struct, frozen=True):
    """One run's view of the stages: a model, what it learns from, and the settings."""

    model: str
    train: list[str]
    """Names of the training videos."""
    settings: dict[str, dict[str, Any]]
    """By stage."""
    commented: list[str] = []
    """Names of the videos that have comments."""
    kept: dict[str, list[str]] = {}
    """By stage, the folders in which its outputs are taken as they are, whatever has changed."""

    @classmethod
    def of(
        cls, settings: Settings, train: list[str], commented: list[str], *, keep_model: bool
    ) -> Graph:
        """The graph for checked settings, with the names of videos."""
        stages = {name: msgspec.to_builtins(config) for name, config in settings.stages.items()}
        graph = cls(settings.model, train, stages, commented)
        if not keep_model:
            return graph
        makers = [stage.name for stage in graph.stages() if stage.makes_model]
        return graph.keeping([(name, f"models/{settings.model}") for name in makers])

    def keeping(self, outputs: Iterable[tuple[str, str]]) -> Graph:
        """The same, but what stages have made in folders is taken as it is."""
        kept = {stage: list(folders) for stage, folders in self.kept.items()}
        for stage, folder in outputs:
            kept.setdefault(stage, []).append(folder)
        return msgspec.structs.replace(self, kept=kept)

    def stages(self) -> list[Stage]:
        """Every stage that may run, with the values of its settings in its paths."""
        folder = f"models/{self.model}"
        return [
            _filled(stage, self.settings[name])
            for name, stage in all_stages().items()
            if folder not in self.kept.get(name, ())
        ]

    def videos(self, stage: Stage) -> str:
        """A pattern of the names of videos for which a stage may run."""
        kept = "|".join(map(re.escape, self.kept.get(stage.name, ())))
        return f"(?!(?:{kept})/)[^/]+" if kept else "[^/]+"

    def targets(self, wanted: Sequence[tuple[Stage, Sequence[str]]]) -> list[str]:
        """Every output of stages, for each of the videos named beside where it belongs to one."""
        found: set[str] = set()
        for stage, videos in wanted:
            for path in self.outputs(stage).values():
                names = videos if "{video}" in path else [""]
                found.update(path.replace("{video}", name) for name in names)
        return sorted(found)

    def gpus(self, stage: Stage) -> int:
        """How many GPUs a stage takes: its share, or all if it is several processes."""
        share, total = gpu_slots.share()
        several = self.settings[stage.name].get("processes", 1) > 1
        return int(stage.gpu) * (total if several else share)

    def threads(self, stage: Stage) -> int:
        """How many cores a stage takes; more than there are stands for all."""
        share, total = gpu_slots.share()
        if stage.gpu and share < total:
            return max(1, (os.cpu_count() or 1) * share // total)
        return 512 if stage.whole_machine else 1

    def inputs(self, stage: Stage) -> dict[str, str | list[str]]:
        """Input paths by name, ``{video}`` left open for the engine."""
        return {name: self.paths(template) for name, template in stage.inputs.items()}

    def commented_inputs(self, stage: Stage) -> Callable[[Any], dict[str, str]]:
        """Return a function of wildcards: the further inputs of a video that has comments."""

        def inputs(wildcards: Any) -> dict[str, str]:
            video = wildcards.get("video")
            templates = stage.commented if video in self.commented else {}
            return {
                name: self._of_model(template).replace("{video}", video)
                for name, template in templates.items()
            }

        return inputs

    def outputs(self, stage: Stage) -> dict[str, str]:
        """Output paths by name, ``{video}`` left open for the engine."""
        return {name: self._of_model(template) for name, template in stage.outputs.items()}

    def paths(self, template: str) -> str | list[str]:
        """One path, or one for each training video."""
        template = self._of_model(template)
        if "{train}" not in template:
            return template
        return [template.replace("{train}", video) for video in self.train]

    def tracked(self, stage: Stage) -> list[Callable[[Any], str]]:
        """What reruns a stage when it changes, beside its inputs: settings and code.

        A setting that names a file stands for what is in it. They are functions of wildcards,
        as the engine would fill in braces of plain words.
        """
        settings = [f"{stage.name}.{k}={v}" for k, v in self.settings[stage.name].items()]
        named = [Path(v) for v in self.settings[stage.name].values() if str(v).startswith("/")]
        files = [f"{path}={file_fingerprint(path)}" for path in named if path.is_file()]
        words = [*settings, *files, f"code={code_digest(stage.module)}"]
        return [_verbatim(word) for word in words]

    def command(self, stage: Stage) -> Callable[..., str]:
        """Return a function of (wildcards, input, output) that writes the command line."""

        def arguments(wildcards: Any, input: Any, output: Any) -> str:  # noqa: A002
            words = [*_pairs("--input", input), *_pairs("--output", output)]
            values = self.settings[stage.name]
            settings = msgspec.json.encode(values).decode()
            module = [*torchrun.command(values.get("processes", 1)), "-m", stage.module]
            return shlex.join([*module, *words, "--settings", settings])

        return arguments

    def _of_model(self, template: str) -> str:
        return template.replace("{model}", self.model)


def _filled(stage: Stage, values: Mapping[str, Any]) -> Stage:
    def fill(templates: Mapping[str, str]) -> dict[str, str]:
        return {
            name: re.sub(r"\{(\w+)\}", lambda key: str(values.get(key[1], key[0])), template)
            for name, template in templates.items()
        }

    return replace(stage, inputs=fill(stage.inputs), outputs=fill(stage.outputs))


def _verbatim(word: str) -> Callable[[Any], str]:
    return lambda wildcards: word


def _pairs(option: str, files: Any) -> list[str]:
    """Command-line words for a Snakemake list of named files."""
    words: list[str] = []
    for name, paths in files.items():
        for path in [paths] if isinstance(paths, str) else paths:
            words += [option, f"{name}={path}"]
    return words
