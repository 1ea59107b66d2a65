"""Domains that folders stand for, as torchvision's ImageFolder and CycleGAN's data have them.

The domain of ``curry/0001.jpg`` is ``curry``. Folders ``train``, ``val`` and ``test`` may lie above
or below those of domains; ``trainA`` and ``testB`` are both at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.labels.label_report import split_named
from pipeline.labels.record import Label, Split

_BOTH = re.compile(r"(train|val|test)([A-Z])")


def folder_domains(names: Iterable[str]) -> Iterator[Label]:
    """The domain of each picture that lies in a folder for one; ``names`` are paths with ``/``."""
    for number, name in enumerate(names, 1):
        split, domain = domain_of(name.rpartition("/")[0])
        if domain:
            yield Label(picture=name, kind="domain", value=domain, split=split, number=number)


def domain_of(folder: str) -> tuple[Split, str]:
    """The part of the data set and the domain that a folder's path stands for, where it does."""
    parts = list(filter(None, folder.split("/")))
    both = next(filter(None, map(_BOTH.fullmatch, parts)), None)
    if both:
        return split_named(both[1]), both[2]
    splits: list[Split] = [split for part in parts if (split := split_named(part))]
    return splits[0] if splits else "", next((part for part in parts if not split_named(part)), "")
