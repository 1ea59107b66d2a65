"""Where results of several models, and features of several networks, lie side by side.

The first ones lie in the video's own folder. Those of another model go to ``models/NAME`` inside
it, and features of another network to ``features/NETWORK``, so that none replaces the others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec

from pipeline.engine.catalog import all_stages, reads
from pipeline.engine.settings import StageConfig
from pipeline.engine.snakemake import recorded_inputs
from pipeline.engine.stage import ITEM, Stage
from pipeline.engine.stage_record import last_record
from pipeline.sources.system import MODEL, SYSTEMS, System

_FEATURES = "features"
"""The stage whose outputs lie by network, and the folder that they lie in."""
_ANY_NETWORK = {"batch", "seed"}
"""Its settings that make no other network; a seed does where the weights are random."""


def places(
    workdir: Path,
    stages: Collection[Stage],
    features: StageConfig,
    model: str,
    names: Collection[str],
) -> dict[str, dict[str, str]]:
    """By stage and video, the folder inside the video's in which outputs lie, if not in its own.

    ``stages`` are all of a run, which takes the settings ``features`` and ``model``.
    """
    found = {_FEATURES: _of_features(workdir, features, names)}
    for system in (system for system in SYSTEMS if system.side_by_side):
        folder = f"{system.folder(MODEL)}/"
        made = [stage for stage in stages if not stage.shared and reads(stage, folder)]
        inside = _of_results(workdir, system, model, names)
        found |= {stage.name: inside for stage in made}
    return {stage: some for stage, some in found.items() if some}


def inside_of(model: str) -> str:
    """The folder inside a video's for the results of a model, if they lie in one of their own."""
    return f"models/{model}"


def result_folders(folder: Path) -> list[Path]:
    """The folder of a video, and those of other models' results inside it."""
    return [folder, *sorted(path for path in folder.glob("models/*/") if path.name[0] != ".")]


def owner(workdir: Path, system: System, name: str) -> str | None:
    """The model of which the results are that lie in a video's own folder; None for none."""
    above = f"models/{system.name}/"
    for stage in _read_a_model(system):
        paths = [path.replace(ITEM, name) for path in stage.outputs.values()]
        for path in filter(lambda path: (workdir / path).exists(), paths):
            record = last_record(workdir / name / "logs", stage.name, since_ns=0)
            # The engine's own records are not copied with a workdir's visible files.
            read = (record.inputs if record else []) or recorded_inputs(workdir, path)
            for one in filter(lambda one: one.startswith(above), read):
                return one.removeprefix(above).partition("/")[0]
    return None


def _read_a_model(system: System) -> list[Stage]:
    """The stages that make something of a video by a model of ``system``."""
    above = system.folder(MODEL)
    return [
        stage
        for stage in all_stages().values()
        if not stage.shared and any(path.startswith(above) for path in stage.inputs.values())
    ]


def _of_results(
    workdir: Path, system: System, model: str, names: Collection[str]
) -> dict[str, str]:
    """By video, the folder for the results of a model, if that is not the video's own."""
    outputs = [path for stage in _read_a_model(system) for path in stage.outputs.values()]
    inside = inside_of(model)

    def is_apart(name: str) -> bool:
        first = owner(workdir, system, name)
        apart = (path.replace(ITEM, f"{name}/{inside}") for path in outputs)
        return first != model if first else any((workdir / path).exists() for path in apart)

    return {name: inside for name in names if is_apart(name)}


def _of_features(workdir: Path, features: StageConfig, names: Collection[str]) -> dict[str, str]:
    """By video, the folder for the features of a network, if that is not the video's own."""
    default = msgspec.to_builtins(type(features)())
    wanted = _network(msgspec.to_builtins(features), default)
    inside = f"{_FEATURES}/{_network_name(wanted)}"

    def is_apart(name: str) -> bool:
        folder = workdir / name
        if (folder / inside / "features.h5").exists():
            return True
        record = last_record(folder / "logs", _FEATURES, since_ns=0)
        if record is None or not (folder / "features.h5").exists():
            return False
        return _network(record.settings, default) != wanted

    return {name: inside for name in names if is_apart(name)}


def _network(settings: Mapping[str, Any], default: Mapping[str, Any]) -> dict[str, Any]:
    """What of the settings of ``features`` makes another network, as JSON has it."""
    values = {name: settings.get(name, value) for name, value in default.items()}
    needless = _ANY_NETWORK - ({"seed"} if values["weights"] == "random" else set())
    told = {name: value for name, value in values.items() if name not in needless}
    network: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(told))
    return network


def _network_name(network: Mapping[str, Any]) -> str:
    """A name for people, with a digest of all that makes the network."""
    words = [network["backbone"]]
    words += [] if network["weights"] == "imagenet" else [network["weights"]]
    readable = "-".join(Path(word).stem if "/" in word else word for word in words)
    digest = hashlib.sha256(msgspec.json.encode(network, order="sorted")).hexdigest()[:6]
    return re.sub(r"[^\w.]+", "-", f"{readable}-{digest}")
