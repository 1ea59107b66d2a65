"""Boxes that people drew around faces, and those of other classes, which are told of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from pipeline.labels.record import Label
from pipeline.runtime.logs import log
from pipeline.runtime.spelling import did_you_mean


@dataclass(frozen=True)
class PeoplesBoxes:
    """What is said of faces, by the pictures' names; an empty list says that there is none."""

    people: dict[str, list[Label]] = field(default_factory=dict)
    """Of pictures that a person looked at."""
    models: dict[str, list[Label]] = field(default_factory=dict)
    """Of other pictures, by a model."""
    others: Counter[str] = field(default_factory=Counter)
    """How many boxes there are of other classes."""

    def tell(self, wanted: str) -> None:
        """Warn of boxes that do not count."""
        if self.others:
            found = ", ".join(f"{name} ({count:,})" for name, count in self.others.most_common())
            log.warning(
                "boxes of other classes than %s are left out: %s. %s",
                wanted,
                found,
                did_you_mean(wanted, list(self.others), "Set `label:` to what faces are called"),
            )


def peoples_boxes(labels: Iterable[Label], wanted: str) -> PeoplesBoxes:
    """Sort boxes of the class that is ``wanted``.

    Somebody looked for faces on a picture if it has a box of one, or is said to have nothing to
    box. Boxes of other classes alone say nothing of faces.
    """
    said = PeoplesBoxes()
    for label in labels:
        if label.kind != "box":
            continue
        if label.box is not None and label.value != wanted:
            said.others[label.value] += 1
            continue
        by = said.people if label.by == "person" else said.models
        boxes = by.setdefault(label.picture, [])
        if label.box is not None:
            boxes.append(msgspec.structs.replace(label, file="", number=0))
    for picture in said.people:
        said.models.pop(picture, None)
    return said
