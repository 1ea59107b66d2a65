"""ONNX files: their input and outputs, without torch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.faults import no_file_at, unknown_tap
from pipeline.runtime.errors import ExitCode, PipelineError

COLOURS = 3
_REMOTE = {"AzureExecutionProvider"}  # for models on a server
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
_NUMBERS = re.compile(r"tensor\((float|float16|double|u?int8|int16|int32|int64|bool)\)")
"""Types of outputs that numpy has and torch can convert to float16; bfloat16 is not one."""


def check_onnx(choice: Choice) -> None:
    """Raise the PipelineError that loading the network would, without torch."""
    path = Path(choice.name).expanduser()
    picture_input(open_session(path, choice.taps), path, choice.size)


def open_session(path: Path, taps: Sequence[str], setting: str = "features: backbone:") -> Any:
    """An onnxruntime session of a network that has all ``taps`` among its outputs.

    ``setting`` is where its path stands, for messages.

    Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS, INVALID_SETTING.
    """
    import onnxruntime

    if not path.is_file():
        raise no_file_at(path, "ONNX network")
    try:
        onnxruntime.set_default_logger_severity(3)
        providers = [p for p in onnxruntime.get_available_providers() if p not in _REMOTE]
        session = onnxruntime.InferenceSession(path, providers=providers)
    except Exception as error:  # onnxruntime's exceptions share no public base
        raise PipelineError(
            ExitCode.INVALID_WEIGHTS,
            f"{path} is not an ONNX network ({' '.join(str(error).split())[:200]})",
            f"Check the file under `{setting}`",
        ) from error
    outputs = {output.name: output.type for output in session.get_outputs()}
    for tap in taps:
        if tap not in outputs:
            raise unknown_tap(tap, list(outputs), path.name)
        if not _NUMBERS.fullmatch(outputs[tap]):
            raise PipelineError(
                ExitCode.INVALID_WEIGHTS,
                f"{path} gives {tap} as {outputs[tap]}, which cannot be kept as float16",
                "Export it with a Cast to float behind that output, or choose other taps",
            )
    return session


class PictureInput(NamedTuple):
    """The one input of a network."""

    name: str
    dtype: Any
    """numpy's."""
    fixed_batch: int | None
    """How many pictures it takes at a time, if that is fixed."""
    colours_first: bool


def picture_input(session: Any, path: Path, size: int) -> PictureInput:
    """The input of a network of pictures; raises PipelineError INVALID_WEIGHTS for any other."""
    (first, *more) = session.get_inputs()
    count, *picture = first.shape or [None]
    for wanted in ([COLOURS, size, size], [size, size, COLOURS]):
        fits = len(picture) == len(wanted) and all(
            have == want or not isinstance(have, int)
            for have, want in zip(picture, wanted, strict=True)
        )
        if fits and not more and first.type in _TYPES:
            fixed = count if isinstance(count, int) and count > 0 else None
            return PictureInput(str(first.name), _TYPES[first.type], fixed, wanted[0] == COLOURS)
    raise PipelineError(
        ExitCode.INVALID_WEIGHTS,
        f"{path} takes {[(i.type, i.shape) for i in session.get_inputs()]}, not one"
        f" tensor of pictures, (n, 3, {size}, {size}) or (n, {size}, {size}, 3)",
        "Set `frames: size:` to the network's, or export it with one such input",
    )
