"""A published tagger: its network, run as it was meant to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from pipeline.illustrations.onnx.tag_files import Published, read_published
from pipeline.media.pixels import Picture
from pipeline.pictures.backbones.onnx_file import PictureInput, open_session, picture_input
from pipeline.pictures.backbones.weights_file import file_identity
from pipeline.runtime.arrays import Float16s, Float32s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.logs import log
from pipeline.runtime.quantities import counted
from pipeline.runtime.spelling import did_you_mean_file

_SETTING = "illustrations: tags: tagger:"
_BATCH = 8
_TOLERANCE = 1e-3
"""Differences of probabilities that the order of sums makes; a broken export makes larger ones."""


class OnnxTagger:
    """Probabilities of tags for pictures."""

    def __init__(self, given: Path) -> None:
        """Load the network of a folder, or an ONNX file with a list of tags beside it.

        Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS.
        """
        self._path = _network(given)
        self._session = open_session(self._path, [], _SETTING)
        self.published: Published = read_published(self._path.parent)
        self.name = file_identity(self._path)
        self.size = _side(self._session, self._path)
        self._input = self._matching_input()
        self._output = self._matching_output()
        self._at_once = self._batch_that_changes_nothing()

    def prepared(self, picture: Picture) -> Float32s:
        """(size, size, 3) a picture (height, width, 3) as the network reads it."""
        return self.published.prepare(picture, self.size)

    def probabilities(self, prepared: Float32s) -> Float16s:
        """(n, k) for prepared pictures (n, size, size, 3)."""
        parts = [
            self._run(prepared[start : start + self._at_once])
            for start in range(0, len(prepared), self._at_once)
        ]
        return np.concatenate(parts).astype(np.float16)

    def _run(self, prepared: Float32s) -> Float32s:
        count = len(prepared)
        missing = (self._input.fixed_batch or count) - count
        padded = np.pad(prepared, [(0, missing), (0, 0), (0, 0), (0, 0)])
        values = padded.transpose(0, 3, 1, 2) if self._input.colours_first else padded
        batch = np.ascontiguousarray(values, self._input.dtype)
        (found,) = self._session.run([self._output], {self._input.name: batch})
        rows = found[:count].reshape(count, -1).astype(np.float32)
        return np.asarray(expit(rows)) if self.published.logits else rows

    def _matching_input(self) -> PictureInput:
        found = picture_input(self._session, self._path, self.size)
        if found.colours_first != self.published.colours_first:
            order = "(n, 3, s, s)" if found.colours_first else "(n, s, s, 3)"
            raise PipelineError(
                ExitCode.INVALID_WEIGHTS,
                f"{self._path} takes pictures as {order}, which networks of"
                f" {self.published.kind} do not: how to prepare them is not known",
                "Get the network that was published with the list of tags",
            )
        return found

    def _matching_output(self) -> str:
        """The last output with a value for each tag: what is refined comes last."""
        wanted = len(self.published.tags.names)
        outputs = self._session.get_outputs()
        fitting = [o.name for o in outputs if o.shape and _last(o.shape) in (wanted, None)]
        if not fitting:
            raise PipelineError(
                ExitCode.INVALID_WEIGHTS,
                f"{self._path} gives {[output.shape for output in outputs]}, but its list has"
                f" {counted(wanted, 'tag')}",
                "Get the list of tags that was published with the network",
            )
        return str(fitting[-1])

    def _batch_that_changes_nothing(self) -> int:
        """8, or 1 where pictures of one batch change one another's tags.

        Networks that were exported for one picture, and whose input was then patched, do. Raises
        PipelineError INVALID_WEIGHTS for one that takes no fewer at a time.
        """
        noise = np.random.default_rng(0).integers(0, 256, (2, self.size, self.size, 3))
        pair = np.stack([self.prepared(picture.astype(np.uint8)) for picture in noise])
        fixed = self._input.fixed_batch
        if fixed == 1:
            return 1
        alone = np.concatenate([self._run(pair[:1]), self._run(pair[1:])])
        try:
            together = self._run(pair)
        except Exception:  # onnxruntime's exceptions share no public base
            together = np.full_like(alone, np.nan)
        if together.shape == alone.shape and np.allclose(together, alone, atol=_TOLERANCE):
            return fixed or _BATCH
        problem = f"the pictures of a batch change one another's tags in {self._path}"
        if fixed:
            raise PipelineError(
                ExitCode.INVALID_WEIGHTS, problem, "Export it with a batch of one, or a free one"
            )
        log.warning("%s, so it is run one by one", problem)
        return 1


def _network(given: Path) -> Path:
    """The ONNX file that is given, or the only one of a folder."""
    if not given.exists():
        raise PipelineError(
            ExitCode.WEIGHTS_UNAVAILABLE,
            f"there is no tagger at {given}",
            did_you_mean_file(given, f"Check the path under `{_SETTING}`, or write own"),
        )
    if not given.is_dir():
        return given
    found = sorted(given.glob("*.onnx"))
    if len(found) != 1:
        what = f"{len(found)} ONNX files lie" if found else "no ONNX file lies"
        raise PipelineError(
            ExitCode.WEIGHTS_UNAVAILABLE,
            f"{what} in {given}",
            f"Name the file itself under `{_SETTING}`",
        )
    return found[0]


def _side(session: Any, path: Path) -> int:
    """The side of the pictures that a network takes."""
    shape = session.get_inputs()[0].shape
    sides = [side for side in shape[1:] if isinstance(side, int) and side > 3]
    if not sides:
        raise PipelineError(
            ExitCode.INVALID_WEIGHTS,
            f"{path} takes {shape}, which says no size of pictures",
            "Export it with a fixed height and width",
        )
    return int(sides[0])


def _last(shape: list[Any]) -> int | None:
    """How many values a row has: all sides but the first, where they are known."""
    return int(np.prod(shape[1:])) if all(isinstance(side, int) for side in shape[1:]) else None
