"""The pictures that people have tagged: what a tagger learns from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.labels.keeping import dropped_pictures
from pipeline.labels.labels_file import read_labels_file
from pipeline.labels.tag_names import same_tag
from pipeline.pictures.cells import cell_means
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames, read_keys, read_names
from pipeline.pictures.settings import Unit
from pipeline.pictures.units import unit_numbers
from pipeline.runtime.arrays import Bools, Float32s, Int64s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.logs import log
from pipeline.runtime.quantities import counted

GENERAL = "general"
"""The group of a tag that has none."""


class TagName(NamedTuple):
    """A tag as its pictures' people write it, and its group."""

    name: str
    group: str


@dataclass(frozen=True)
class TaggedPictures:
    """All pictures of the training collections with a tag by a person, in one order everywhere.

    A tag that nobody gave such a picture is taken not to hold of it.
    """

    collections: list[str]
    """Names of their folders."""
    fingerprints: list[str]
    """Of the collections."""
    places: list[tuple[int, int]]
    """(n,) the collection of each picture, and its row there."""
    units: Int64s
    """(n,) what each belongs to; see ``Unit``."""
    tags: list[TagName]
    """(k,) that are learned."""
    targets: Bools
    """(n, k)"""
    too_rare: dict[str, int]
    """Other tags, and on how many units each is."""

    @classmethod
    def load(
        cls,
        labels: Sequence[Path],
        frames: Sequence[Path],
        by: Unit,
        least: int,
        kept: Sequence[Path] = (),
    ) -> TaggedPictures:
        """Read the files of each collection; tags on fewer than ``least`` units are left out.

        ``kept`` are files of labels that say more about which pictures to keep.
        Raises PipelineError NOTHING_USABLE where no tag is left.
        """
        held: list[set[TagName]] = []
        names, keys, places = [], [], []
        spelling: dict[TagName, Counter[str]] = defaultdict(Counter)
        for number, (label_file, frames_file) in enumerate(zip(labels, frames, strict=True)):
            dropped = dropped_pictures(*kept[number : number + 1], label_file)
            by_picture = _tags_by_picture(label_file, spelling, dropped)
            rows, row_keys = Frames.load(frames_file).row, read_keys(frames_file)
            for frame, name in enumerate(read_names(frames_file)):
                if name in by_picture:
                    held.append(by_picture[name])
                    names.append(f"{frames_file.parent.name}/{name}")
                    keys.append(row_keys[rows[frame]])
                    places.append((number, int(rows[frame])))
        if not held:
            raise PipelineError(
                ExitCode.NOTHING_USABLE,
                f"{' and '.join(map(str, labels))} hold no tags of these pictures",
                "Give a file with tags by LABELS=, or texts with tags beside the pictures",
            )
        _, equal = np.unique(keys, return_inverse=True)
        units = unit_numbers(names, equal.astype(np.int64), by)
        every = sorted(spelling)
        place = {tag: column for column, tag in enumerate(every)}
        targets = np.zeros((len(held), len(every)), bool)
        for row, some in enumerate(held):
            targets[row, [place[tag] for tag in some]] = True
        on, off = (_units_with(part, units) for part in (targets, ~targets))
        enough = (on >= least) & (off >= least)
        tags = [TagName(spelling[tag].most_common(1)[0][0], tag.group) for tag in every]
        if not enough.any():
            raise _none_frequent(tags, on, off, least, by)
        return cls(
            [path.parent.name for path in frames],
            [Frames.load(path).fingerprint for path in frames],
            places,
            units,
            [tag for tag, kept in zip(tags, enough, strict=True) if kept],
            targets[:, enough],
            {
                tag.name: int(count)
                for tag, count, kept in zip(tags, on, enough, strict=True)
                if not kept
            },
        )

    def features(self, paths: Sequence[Path], tap: str) -> Float32s:
        """(n, c) the values of a tap for each picture; see ``cell_means``."""
        starts = FeatureBank(paths, tap).starts
        rows = np.array([starts[number] + row for number, row in self.places], np.int64)
        return cell_means(paths, tap, rows)


def _tags_by_picture(
    labels: Path, spelling: dict[TagName, Counter[str]], dropped: Set[str]
) -> dict[str, set[TagName]]:
    """The tags of people, in a form that all spellings share; ``spelling`` is added to.

    Pictures that are ``dropped`` are left out, and counted in the log.
    """
    found: dict[str, set[TagName]] = defaultdict(set)
    left_out = set()
    for label in read_labels_file(labels):
        if label.kind == "tag" and label.by == "person" and label.value.strip():
            if label.picture in dropped:
                left_out.add(label.picture)
                continue
            tag = TagName(same_tag(label.value), label.group or GENERAL)
            spelling[tag][label.value] += 1
            found[label.picture].add(tag)
    if left_out:
        log.info("%s dropped by labels or clusters", counted(len(left_out), "tagged picture"))
    return found


def _units_with(targets: Bools, units: Int64s) -> Int64s:
    """(k,) on how many units each tag is."""
    return np.array([len(np.unique(units[column])) for column in targets.T], np.int64)


def _none_frequent(
    tags: Sequence[TagName], on: Int64s, off: Int64s, least: int, by: Unit
) -> PipelineError:
    nearest = int(np.minimum(on, off).argmax())
    what = {"picture": "picture", "name": "file name", "folder": "folder"}[by]
    return PipelineError(
        ExitCode.NOTHING_USABLE,
        f"no tag is on {counted(least, what)} and missing on as many: the nearest to it,"
        f" {tags[nearest].name}, is on {on[nearest]:,} and missing on {off[nearest]:,}",
        "Tag more pictures, or lower `illustrations: train: classes: min:`",
    )
