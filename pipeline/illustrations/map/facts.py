"""What is known of the points of a map: tags, folders, labels, scores, and when they are.

n  points
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.illustrations.map.points import Points
from pipeline.illustrations.picture_tags import read_picture_tags
from pipeline.labels.labels_file import read_labels_file
from pipeline.labels.record import Label
from pipeline.text.splitting import detect_language, make_splitter
from pipeline.text.words import is_symbol, spaced

_CLASSES = ("domain", "keep")
"""Kinds of labels of which a picture has one; of several the first counts."""


@dataclass(frozen=True)
class Facts:
    """Of n points; what nobody said anything about is empty."""

    tags: list[list[str]]
    """The most probable first."""
    texts: list[list[str]]
    classes: dict[str, list[str | None]] = field(default_factory=dict)
    """By what they are of: ``folder``, ``domain``, ``keep``; at least two differ."""
    numbers: dict[str, list[float | None]] = field(default_factory=dict)
    """``score`` (the mean of what people gave), ``stars`` (of texts), ``time`` (seconds)."""

    @property
    def words(self) -> list[set[str]]:
        """What clusters can be named by: tags, else the words of texts, else folders."""
        if any(self.tags):
            return [set(tags) for tags in self.tags]
        if any(self.texts):
            return _words_of(self.texts)
        folders = self.classes.get("folder", [None] * len(self.tags))
        return [{folder} if folder else set() for folder in folders]


def gather_facts(points: Points, tags_file: Path | None, labels_file: Path | None) -> Facts:
    """Read ``tags.jsonl`` and ``labels.jsonl``, as far as they are there."""
    labels = _by_picture(labels_file) if labels_file else {}
    said = [labels.get(name, []) for name in points.names]
    if tags_file:
        tagged = {one.frame: [tag.name for tag in one.tags] for one in read_picture_tags(tags_file)}
        tags = [tagged.get(frame, []) for frame in points.frames.tolist()]
    else:
        tags = [_values(labels, "tag") for labels in said]
    classes: dict[str, list[str | None]] = {
        kind: [next(iter(_values(labels, kind)), None) for labels in said] for kind in _CLASSES
    }
    numbers = {
        "score": [_mean_weight(labels, "score") for labels in said],
        "stars": [_mean_weight(labels, "text") for labels in said],
    }
    if points.are_stills:
        classes["folder"] = [str(PurePosixPath(name).parent) for name in points.names]
    else:
        numbers["time"] = list(points.seconds.tolist())
    return Facts(
        tags=tags,
        texts=[_values(labels, "text") for labels in said],
        classes={name: of for name, of in classes.items() if len({*of} - {None}) > 1},
        numbers={name: of for name, of in numbers.items() if len({*of} - {None}) > 1},
    )


def _by_picture(file: Path) -> dict[str, list[Label]]:
    labels: dict[str, list[Label]] = defaultdict(list)
    for label in read_labels_file(file):
        labels[label.picture].append(label)
    return labels


def _values(labels: Iterable[Label], kind: str) -> list[str]:
    """Distinct values, in their order."""
    return list(dict.fromkeys(label.value for label in labels if label.kind == kind))


def _mean_weight(labels: Iterable[Label], kind: str) -> float | None:
    weights = [x.weight for x in labels if x.kind == kind and x.weight is not None]
    return sum(weights) / len(weights) if weights else None


def _words_of(texts: list[list[str]]) -> list[set[str]]:
    """The words of each point's texts, without symbols."""
    splitter = make_splitter(detect_language(text for said in texts for text in said))
    return [
        {word for text in said for word in splitter.split(spaced(text))[0] if not is_symbol(word)}
        for said in texts
    ]
