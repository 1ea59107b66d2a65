"""Features as heads read them: roots of the values of some taps, as components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from pipeline.learning.heads.components import Components, rooted
from pipeline.runtime.arrays import Float32s

TOGETHER = " + "
"""Between the names of taps that are used together."""
_COMPONENTS = 800
_FLATTEN = 0.5
"""Half-way between features as they are, of which the first few directions would decide, and
whitened ones, whose last directions are noise."""


@dataclass(frozen=True)
class Prepared:
    """Features as heads read them."""

    components: Components
    values: Float32s
    """(n, f)"""

    @classmethod
    def of(cls, features: Float32s, most: int = _COMPONENTS) -> Self:
        """From features (n, …) of all pictures, as ``most`` components at the most."""
        components = Components.fit(features, most, _FLATTEN)
        return cls(components, components.project(features).astype(np.float32))


def joined(taps: Mapping[str, Float32s], names: Sequence[str]) -> Float32s:
    """(n, f) the signed roots of some taps' values, one after the other."""
    return np.concatenate([rooted(taps[name]) for name in names], 1)
