"""The lists of tags that lie beside published taggers, and what each says about its network."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pipeline.illustrations.cuts import TagList
from pipeline.illustrations.onnx.preparation import WHITE, Preparation
from pipeline.labels.tag_lists import RATING
from pipeline.labels.tag_names import with_spaces
from pipeline.runtime.arrays import Float32s
from pipeline.runtime.errors import ExitCode, PipelineError

_IMAGENET = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
"""Mean and deviation of RGB values of 0–255."""
_DANBOORU_BGR = (164.76139251, 167.47864617, 181.13838569)
"""The mean of the pictures that illustration2vec learned from."""
_WD_GROUPS = {"0": "general", "1": "artist", "3": "copyright", "4": "character", "5": "meta"}
_WD_GROUPS["9"] = RATING
_I2V_GROUPS = ((512, "general"), (1024, "character"), (1536, "copyright"))
"""Where the groups of illustration2vec's list end; behind them are ratings."""


@dataclass(frozen=True)
class Published:
    """What a list of tags says about the network beside it."""

    kind: str
    tags: TagList
    prepare: Preparation
    colours_first: bool
    logits: bool = False
    """Whether the network gives log-odds rather than probabilities."""


def read_published(folder: Path) -> Published:
    """Read the list of tags in a folder.

    Raises PipelineError INVALID_WEIGHTS where there is none, or one that is damaged.
    """
    for pattern, read in _READERS:
        for path in sorted(folder.glob(pattern)):
            try:
                return read(path)
            except (KeyError, ValueError, TypeError, msgspec.DecodeError) as error:
                raise PipelineError(
                    ExitCode.INVALID_WEIGHTS,
                    f"{path} is no list of tags ({type(error).__name__}: {error})",
                    "Get the file that was published with the network",
                ) from None
    raise PipelineError(
        ExitCode.INVALID_WEIGHTS,
        f"no list of tags lies in {folder}",
        "Lay the one of the network beside it: selected_tags.csv, tags.txt, a …metadata.json or"
        " tag_list.json",
    )


def _selected_tags(path: Path) -> Published:
    """WD v1 to v3: ``tag_id,name,category,count`` in the order of the outputs."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError("it is empty")
    names = [with_spaces(row["name"]) for row in rows]
    groups = [_WD_GROUPS.get(row["category"], row["category"]) for row in rows]
    return Published("WD", TagList(names, groups), Preparation(WHITE, bgr=True), False)


def _tags_txt(path: Path) -> Published:
    """DeepDanbooru: a tag a line; characters are listed once more, and ratings say so."""
    characters = path.with_name("tags-character.txt")
    known = set(_lines(characters)) if characters.exists() else set()
    names, groups = [], []
    for name in _lines(path):
        rated = name.startswith("rating:")
        names.append(name.removeprefix("rating:") if rated else with_spaces(name))
        groups.append(RATING if rated else "character" if name in known else "general")
    scale = Preparation("edge", std=(255.0, 255.0, 255.0))
    return Published("DeepDanbooru", TagList(names, groups), scale, False)


def _metadata(path: Path) -> Published:
    """Camie v1, whose members stand at the top, or v2, which has them in ``dataset_info``."""
    content: dict[str, Any] = msgspec.json.decode(path.read_bytes(), type=dict)
    is_second = "dataset_info" in content
    mapping = content["dataset_info"]["tag_mapping"] if is_second else content
    by_index = {int(index): str(tag) for index, tag in mapping["idx_to_tag"].items()}
    tags = [by_index[index] for index in range(len(by_index))]
    groups = [str(mapping["tag_to_category"].get(tag, "general")) for tag in tags]
    names = [
        with_spaces(tag.removeprefix("rating_") if group == RATING else tag)
        for tag, group in zip(tags, groups, strict=True)
    ]
    prepare = (
        Preparation((124, 116, 104), mean=_IMAGENET[0], std=_IMAGENET[1])
        if is_second
        else Preparation((0, 0, 0), std=(255.0, 255.0, 255.0))
    )
    return Published("Camie", TagList(names, groups), prepare, True, logits=True)


def _tag_list(path: Path) -> Published:
    """illustration2vec: a flat list; thresholds (tags, 3) for F0.5, F1 and F2 may lie beside it."""
    tags = msgspec.json.decode(path.read_bytes(), type=list[str])
    groups = [
        next((group for end, group in _I2V_GROUPS if place < end), RATING)
        for place in range(len(tags))
    ]
    beside = path.with_name("tag_threshold.npy")
    thresholds = _i2v_thresholds(beside, len(tags)) if beside.exists() else None
    names = [with_spaces(tag) for tag in tags]
    prepare = Preparation("none", bgr=True, mean=_DANBOORU_BGR)
    return Published("illustration2vec", TagList(names, groups, thresholds), prepare, True)


def _i2v_thresholds(path: Path, tags: int) -> Float32s:
    thresholds = np.load(path, allow_pickle=False).astype(np.float32)
    if thresholds.shape != (tags, 3):
        raise ValueError(f"{path.name} has the shape {thresholds.shape}")
    # illustration2vec compares by >, and a tag holds from its threshold on here.
    return np.asarray(np.nextafter(thresholds, np.float32(1)))


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]


_READERS: Sequence[tuple[str, Callable[[Path], Published]]] = (
    ("selected_tags.csv", _selected_tags),
    ("*metadata.json", _metadata),
    ("tag_list.json", _tag_list),
    ("tags.txt", _tags_txt),
)
