"""How much data a figure needs before it is told, and what is constant but for rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

LEAST_VALUES = 30
"""Queries, comments, seconds or names that a mean or a share must be of.

A share of fewer is uncertain by more than a tenth (its standard error is up to 0.5 / √n), so
what it tells of a model is mostly the luck of a handful.
"""
LEAST_CLUSTERS = 8
"""Blocks of seconds, or scenes, that an interval must resample.

The bootstrap knows how clusters differ from those it has alone, so that of few its intervals
are too narrow: the mean of normal values lies in one of "95 %" in 49 % of cases for two clusters,
in 79 % for four, in 89 % for eight and in 93 % for twenty.
"""
ROUNDING = 1e-9
"""Relative differences that computing in float64 makes of equal values, with room."""
ROUNDING_32 = 1e-6
"""The same of float32."""


def is_enough(values: int) -> bool:
    """Whether a figure of so many values is to be told."""
    return values >= LEAST_VALUES


def is_constant(values: npt.ArrayLike, axis: int | None = None, rounding: float = ROUNDING) -> Any:
    """Whether ``values`` are equal but for ``rounding``, which is relative to the largest.

    Dividing by the spread of such values would make a figure of their rounding: a correlation
    of 10^143 was printed of a rate that is the same in every second. Along an ``axis`` an array,
    else a bool.
    """
    array = np.asarray(values, np.float64)
    return np.ptp(array, axis) <= rounding * np.abs(array).max(axis)
