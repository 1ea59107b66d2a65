"""Results are the same wherever in memory a buffer begins; see ``pipeline/runtime/numerics.py``.

A stage that goes on from a checkpoint has its tensors elsewhere than the one that wrote it.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import PoissonRegressor
from threadpoolctl import threadpool_info
from torch import Tensor, nn
from torch.nn import functional

from pipeline.learning.threads import computing_with

ROOT = Path(__file__).parents[2]
LINE = 64
"""Bytes of a cache's line, where torch lets its buffers begin."""
STAGE = """
import os, sys
from pipeline.engine.stage import Stage
from pipeline.engine.stage_process import main
def run(inputs, outputs, config):
    assert "torch" not in sys.modules and "numpy" not in sys.modules
    import numpy, threadpoolctl, torch
    print(os.environ["MKL_CBWR"], os.environ["GOMP_SPINCOUNT"])
    print([pool["num_threads"] for pool in threadpoolctl.threadpool_info()
           if pool["internal_api"] == "openblas"])
    return "done"
main(Stage({}, {"made": "made"}, run, module="stages.any.making"))
"""
DRIVER = """
import os, sys
from pipeline.__main__ import main
try:
    main()
finally:
    assert "torch" not in sys.modules and "numpy" not in sys.modules
    print(os.environ["MKL_CBWR"], os.environ["GOMP_SPINCOUNT"])
"""


def run(code: str, *arguments: str, **environment: str) -> str:
    """What a program says that inherits nothing of what was configured here."""
    plain = {name: value for name, value in os.environ.items() if name != "MKL_CBWR"}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**plain, "OPENBLAS_NUM_THREADS": "2", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_a_stage_is_configured_before_libraries_are_loaded(tmp_path: Path) -> None:
    """Also where the engine has asked for more of OpenBLAS's threads."""
    said = run(STAGE, "--output", f"made={tmp_path}/made", GOMP_SPINCOUNT="10000")
    assert said == "AUTO,STRICT 10000\n[1]\n"


def test_the_user_may_configure_otherwise(tmp_path: Path) -> None:
    own = {"MKL_CBWR": "COMPATIBLE", "GOMP_SPINCOUNT": "7"}
    assert run(STAGE, "--output", f"made={tmp_path}/made", **own) == "COMPATIBLE 7\n[1]\n"


def test_the_driver_is_configured_for_doctor() -> None:
    assert run(DRIVER, "--help").endswith("AUTO,STRICT 10000\n")


def test_a_test_is_configured_too() -> None:
    np.ones((2, 2)) @ np.ones((2, 2))
    pools = [pool for pool in threadpool_info() if pool["internal_api"] == "openblas"]
    assert {pool["num_threads"] for pool in pools} == {1}
    assert os.environ["MKL_CBWR"]


def elsewhere(array: npt.NDArray[Any], offset: int) -> npt.NDArray[Any]:
    """A copy that begins so many of its numbers behind the start of a cache's line."""
    room = np.empty(array.size + LINE, array.dtype)
    begin = -(room.ctypes.data // array.itemsize) % (LINE // array.itemsize) + offset
    copy = room[begin : begin + array.size].reshape(array.shape)
    copy[...] = array
    return copy


def draw(shape: tuple[int, ...], kind: type = np.float32) -> npt.NDArray[Any]:
    return np.random.default_rng(shape).standard_normal(shape).astype(kind)


def differing(work: Callable[..., Any], *given: npt.NDArray[Any]) -> list[tuple[int, int]]:
    """Which arguments, moved how far, change what comes out."""

    def done(moved: int, offset: int) -> bytes:
        places = [offset if number == moved else 0 for number in range(len(given))]
        return np.asarray(work(*map(elsewhere, given, places))).tobytes()

    wanted = done(0, 0)
    return [
        (moved, offset)
        for moved, array in enumerate(given)
        for offset in range(1, LINE // array.itemsize)
        if done(moved, offset) != wanted
    ]


def of_torch(work: Callable[..., Tensor]) -> Callable[..., Any]:
    def on_arrays(*arrays: npt.NDArray[Any]) -> Any:
        with torch.inference_mode():
            return work(*map(torch.from_numpy, arrays)).numpy()

    return on_arrays


def lstm(read: Tensor, hidden: Tensor) -> Tensor:
    torch.manual_seed(0)
    network = nn.LSTM(read.shape[1], read.shape[1])
    packed = nn.utils.rnn.PackedSequence(read, torch.tensor([4, 4, 3, 1]))
    found: Tensor = network(packed, (hidden[None], hidden[None]))[0].data
    return found


OF_TORCH: dict[str, tuple[Callable[..., Tensor], list[tuple[int, ...]]]] = {
    "few rows": (functional.linear, [(3, 4), (16, 4)]),
    "one row": (functional.linear, [(1, 512), (1024, 512)]),
    "one column": (functional.linear, [(256, 256), (1, 256)]),
    "with bias": (functional.linear, [(7, 32), (32, 32), (32,)]),
    "of comments": (functional.linear, [(3, 5, 16), (10, 16), (10,)]),
    "with a vector": (torch.mv, [(33, 257), (257,)]),
    "of vectors": (torch.dot, [(1000,), (1000,)]),
    "of many": (lambda a, b: a @ b.transpose(1, 2), [(9, 1, 196), (9, 256, 196)]),
    "attention": (functional.scaled_dot_product_attention, [(7, 4, 5, 64)] * 3),
    "LSTM": (lstm, [(12, 256), (4, 256)]),
    "convolution": (functional.conv2d, [(2, 64, 14, 14), (64, 64, 3, 3), (64,)]),
    "one by one": (functional.conv2d, [(1, 256, 14, 14), (256, 256, 1, 1)]),
    "norm": (lambda a: functional.layer_norm(a, (256,)), [(40, 256)]),
    "softmax": (lambda a: a.softmax(1), [(13, 3000)]),
    "sum": (torch.sum, [(5, 49, 256)]),
}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", OF_TORCH)
def test_torch_computes_the_same_wherever_a_buffer_begins(name: str, threads: int) -> None:
    work, shapes = OF_TORCH[name]
    with computing_with(threads):
        assert differing(of_torch(work), *map(draw, shapes)) == []


def fitted(features: npt.NDArray[Any], noise: npt.NDArray[Any]) -> npt.NDArray[Any]:
    counts = np.floor(np.abs(3 * noise))
    regressor = PoissonRegressor(alpha=0.1, solver="newton-cholesky").fit(features, counts)
    return np.append(regressor.coef_, regressor.intercept_)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("work", "shapes"),
    [
        (np.matmul, [(100, 512), (512, 32)]),
        (lambda a, b: a @ b.T, [(17, 33), (9, 33)]),
        (np.matmul, [(300, 40), (40,)]),
        (np.matmul, [(20000,), (20000,)]),
        (lambda a: np.linalg.norm(a, axis=1), [(30, 512)]),
        (lambda a: a.std(0), [(120, 40)]),
        (lambda a: PCA(8, random_state=0).fit_transform(a), [(60, 33)]),
        (fitted, [(200, 12), (200,)]),
    ],
)
def test_numpy_computes_the_same_wherever_a_buffer_begins(
    work: Callable[..., Any], shapes: list[tuple[int, ...]], kind: type
) -> None:
    assert differing(work, *(draw(shape, kind) for shape in shapes)) == []
