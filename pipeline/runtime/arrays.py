"""Types of numpy arrays by the type of an element; shapes are given where an array is described."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
UInt8s = npt.NDArray[np.uint8]
Int64s = npt.NDArray[np.int64]
Float16s = npt.NDArray[np.float16]
Float32s = npt.NDArray[np.float32]
Float64s = npt.NDArray[np.float64]
Floats = npt.NDArray[np.floating]
"""Floating point numbers of any precision."""
