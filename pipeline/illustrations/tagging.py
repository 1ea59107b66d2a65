"""Which tags hold of each picture: those that people gave, and beside them a model's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from pipeline.illustrations.picture_tags import PictureTags, Tag
from pipeline.illustrations.settings import People
from pipeline.illustrations.tag_probabilities import TagProbabilities
from pipeline.illustrations.tagged_pictures import GENERAL
from pipeline.labels.labels_file import read_labels_file
from pipeline.labels.tag_lists import RATING
from pipeline.labels.tag_names import same_tag
from pipeline.pictures.frames_file import Frames, read_names
from pipeline.runtime.arrays import Bools, Float16s

_BATCH = 256  # pictures


def picture_tags(
    frames_file: Path, model: TagProbabilities, labels: Path | None, people: People
) -> Iterator[PictureTags]:
    """Yield the tags of each still, or of each distinct picture of a video, in order."""
    given = _given(labels) if labels else {}
    own = {same_tag(name): place for place, name in enumerate(model.names)}
    pictures = _pictures(frames_file)
    while batch := list(islice(pictures, _BATCH)):
        rows = np.array([row for _, row, _ in batch], np.int64)
        holding, probabilities = model.holding(rows), model.probabilities[rows]
        for (frame, _, name), holds, probable in zip(batch, holding, probabilities, strict=True):
            theirs = [_by_person(*tag, own, model, probable) for tag in given.get(name, ())]
            beside = [] if theirs and people == "alone" else _by_model(model, holds, probable)
            taken = {same_tag(tag.name) for tag in theirs}
            rated = any(tag.group == RATING for tag in theirs)
            models = [
                tag
                for tag in beside
                if same_tag(tag.name) not in taken and not (rated and tag.group == RATING)
            ]
            yield PictureTags(frame=frame, picture=name, tags=(*theirs, *models))


def _pictures(frames_file: Path) -> Iterator[tuple[int, int, str]]:
    """Yield frame, row and name of each still, or of the first frame of each distinct picture."""
    frames, names = Frames.load(frames_file), read_names(frames_file)
    if names:
        yield from zip(range(len(names)), frames.row.tolist(), names, strict=True)
    else:
        yield from ((frame, row, "") for row, frame in enumerate(frames.first_frames().tolist()))


def _given(labels: Path) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The tags that people gave each picture, with their groups, each once."""
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for label in read_labels_file(labels):
        if label.kind == "tag" and label.by == "person":
            found[label.picture].setdefault(same_tag(label.value), (label.value, label.group))
    return {picture: list(tags.values()) for picture, tags in found.items()}


def _by_model(model: TagProbabilities, holds: Bools, probable: Float16s) -> list[Tag]:
    """The tags that hold of a picture, of those with ``probable`` (k,), the likeliest first."""
    places = np.flatnonzero(holds)
    return [
        Tag(name=model.names[place], group=model.groups[place], probability=float(probable[place]))
        for place in places[np.argsort(-probable[places], kind="stable")]
    ]


def _by_person(
    value: str,
    group: str,
    own: Mapping[str, int],
    model: TagProbabilities,
    probable: Float16s,
) -> Tag:
    """A person's tag, with the model's name and probability for it where it knows it."""
    place = own.get(same_tag(value))
    if place is None:
        return Tag(name=value, group=group or GENERAL, by="person")
    return Tag(
        name=model.names[place],
        group=group or model.groups[place],
        probability=float(probable[place]),
        by="person",
    )
