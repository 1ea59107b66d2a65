"""How numerical libraries are to compute, told by the environment, which they read as they load."""

from __future__ import annotations

import os


def configure() -> None:
    """Ask for results that repeat to the last bit, and for threads that leave the core to others.

    To be called before torch or numpy is loaded; child processes inherit it.
    """
    # MKL would choose kernels by where in memory a matrix begins, and a run that goes on from a
    # checkpoint has it elsewhere.
    os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")
    # OpenBLAS divides sums among its threads, and what numpy has to multiply here is too little to
    # need them. The engine sets this to all cores of a stage, so what is set does not count.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # Threads that wait must soon leave the core to others, else a busy machine slows a step of
    # training fifty times (docs/performance.md).
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
