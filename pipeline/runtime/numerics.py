"""Configures numerical libraries through the environment, which they read as they load."""

from __future__ import annotations

import os


def configure() -> None:
    """Ask for results that repeat to the last bit, and for idle threads that leave the core.

    Call it before torch or numpy is loaded; child processes inherit the environment.
    """
    # MKL would choose kernels by where in memory a matrix begins, and that differs in a run that
    # resumes from a checkpoint.
    os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")
    # OpenBLAS divides sums among its threads, so their number changes results. numpy multiplies too
    # little here to need them. Snakemake sets this to all cores of a stage, so it is overwritten.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # Waiting threads must leave the core soon; otherwise a busy machine slows a training step fifty
    # times (docs/measurements.md).
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
