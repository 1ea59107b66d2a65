"""Where results of several models, and features of several networks, lie side by side.

The first ones lie in the video's own folder. Those of another model go to ``models/NAME`` inside
it, and features of another network to ``features/NETWORK``, so that none replaces the others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pipeline.engine.catalog import reads
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
        inside = _of_results(workdir, system, model, made, names)
        found |= {stage.name: inside for stage in made}
    return {stage: some for stage, some in found.items() if some}


def inside_of(model: str) -> str:
    """The folder inside a video's for the results of a model, if they lie in one of their own."""
    return f"models/{model}"


def result_folders(folder: Path) -> list[Path]:
    """The folder of a video, and those of other models' results inside it."""
    return [folder, *sorted(path for path in folder.glob("models/*/") if path.name[0] != ".")]


def owner(workdir: Path, system: System, paths: Sequence[str]) -> str | None:
    """The model of which the first of some files was made that is there; None for none."""
    above = f"models/{system.name}/"
    for path in filter(lambda path: (workdir / path).exists(), paths):
        for read in recorded_inputs(workdir, path):
            if read.startswith(above):
                return read.removeprefix(above).partition("/")[0]
    return None


def _of_results(
    workdir: Path, system: System, model: str, made: Sequence[Stage], names: Collection[str]
) -> dict[str, str]:
    """By video, the folder for the results of a model, if that is not the video's own."""
    above = system.folder(MODEL)
    direct = [s for s in made if any(path.startswith(above) for path in s.inputs.values())]
    outputs = [path for stage in direct for path in stage.outputs.values()]
    inside = inside_of(model)

    def is_apart(name: str) -> bool:
        first = owner(workdir, system, [path.replace(ITEM, name) for path in outputs])
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
