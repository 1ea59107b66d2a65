"""The comments of a video so far, as the context that later ones are written in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.captioning.captioner import CaptionerSpec
from pipeline.captioning.prompt import CONTEXT_CAPTIONS, CONTEXT_WORDS
from pipeline.runtime.arrays import Int64s
from pipeline.text.vocabulary import PADDING


class CommentHistory:
    """Comments in order of seconds."""

    def __init__(self, spec: CaptionerSpec) -> None:
        self._has_context = spec.decoder == "transformer"
        self._words: list[list[int]] = []
        self._second: list[int] = []

    @classmethod
    def replayed(
        cls,
        spec: CaptionerSpec,
        time_ms: Int64s,
        second: Int64s,
        sentences: Sequence[Sequence[int]],
    ) -> CommentHistory:
        """Of comments in any order: their times (n,), seconds (n,) and word ids."""
        history = cls(spec)
        for index in np.argsort(time_ms, kind="stable").tolist():
            history.append(int(second[index]), sentences[index])
        return history

    def append(self, second: int, words: Sequence[int]) -> None:
        """Add a comment; seconds must not decrease. ``words`` are ids without an end mark."""
        self._second.append(second)
        self._words.append(list(words[:CONTEXT_WORDS]))

    def context_before(self, seconds: Int64s) -> npt.NDArray[np.int32]:
        """(n, k, l) the last comments of seconds before each of ``seconds`` (n,), padded.

        k and l are 0 for a decoder that reads no context.
        """
        shape = (CONTEXT_CAPTIONS, CONTEXT_WORDS) if self._has_context else (0, 0)
        context = np.full((len(seconds), *shape), PADDING, np.int32)
        if not self._has_context:
            return context
        ends = np.searchsorted(self._second, seconds, side="left")
        for row, end in enumerate(ends.tolist()):
            last = self._words[max(0, end - CONTEXT_CAPTIONS) : end]
            # The last comment stands last, so that its place means the same in every context.
            for place, words in enumerate(last, CONTEXT_CAPTIONS - len(last)):
                context[row, place, : len(words)] = words
        return context
