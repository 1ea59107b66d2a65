"""Bit codes: 4096 bits for a vector, of which vectors in nearly the same direction share most.

Each bit says on which side of a random plane through the origin a vector lies. Two vectors at an
angle of φ differ in a share of φ/π of the bits on average (Charikar 2002), and in one that strays
less from it where the planes are orthogonal to each other (Ji et al. 2012).
"""

from __future__ import annotations

import numpy as np

from pipeline.runtime.arrays import Float32s, UInt8s

BITS = 4096
"""As many as illustration2vec's codes have."""


def random_planes(channels: int, seed: int) -> Float32s:
    """(channels, 4096) normals of planes, orthogonal to each other in groups of ``channels``."""
    draws = np.random.default_rng(seed)
    groups = [
        np.linalg.qr(draws.standard_normal((channels, channels)))[0]
        for _ in range(-(-BITS // channels))
    ]
    return np.hstack(groups)[:, :BITS].astype(np.float32)


def bit_codes(vectors: Float32s, planes: Float32s) -> UInt8s:
    """(n, 512) the codes of ``vectors`` (n, c), eight bits a byte, the first one highest."""
    return np.packbits(vectors @ planes > 0, axis=1)


def cosines_of_codes(one: UInt8s, others: UInt8s) -> Float32s:
    """(n,) the cosines that the code ``one`` (512,) leads to expect with ``others`` (n, 512)."""
    differing = np.bitwise_count(one ^ others).sum(1, dtype=np.int32)
    return np.asarray(np.cos(np.pi / BITS * differing), np.float32)
