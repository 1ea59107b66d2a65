"""Training comments as numbers, and the pictures they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.artifacts.aligned import Aligned
from pipeline.artifacts.features import FeatureStore
from pipeline.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import BEGIN, END, PADDING, UNKNOWN, Vocabulary
from pipeline.timebase import Int64s

_PAGE = 16  # comments on one picture that look at it together; more make tables lopsided


class Statistics(NamedTuple):
    """What is typical of the training pictures, for each channel (c,)."""

    mean: Tensor
    std: Tensor
    """Over all positions of all pictures."""
    spread: Tensor
    """Standard deviation, over pictures, of the mean of the standardised positions."""


class FeatureBank:
    """One tap of several videos as one long table, mapped into memory and never copied."""

    def __init__(self, paths: Sequence[Path], tap: str) -> None:
        self._maps = [_memory_map(path, tap) for path in paths]
        self.starts = np.cumsum([0, *(len(rows) for rows in self._maps)])
        """The first row of each video, and the number of all rows."""

    def gather(self, rows: Int64s) -> Tensor:
        """Rows (u,), in any order, as float16 (u, p, c) or (u, c)."""
        if len(self._maps) == 1:
            return torch.from_numpy(np.asarray(self._maps[0][rows]))
        video = np.searchsorted(self.starts, rows, side="right") - 1
        taken = np.empty((len(rows), *self._maps[0].shape[1:]), np.float16)
        for index in np.unique(video):
            here = video == index
            taken[here] = self._maps[index][rows[here] - self.starts[index]]
        return torch.from_numpy(taken)

    def statistics(self, most: int = 1024) -> Statistics:
        """Measure at most ``most`` rows, spread evenly."""
        rows = np.unique(np.linspace(0, self.starts[-1] - 1, most).astype(np.int64))
        values = self.gather(rows).float()
        if values.ndim == 2:
            values = values[:, None]  # a vector is a grid of one position
        flat = values.flatten(0, 1)
        mean, std = flat.mean(0), _or_one(flat.std(0, unbiased=False))
        gists = (values.mean(1) - mean) / std
        return Statistics(mean, std, _or_one(gists.std(0, unbiased=False)))


def _or_one(std: Tensor) -> Tensor:
    """A channel that never changes tells nothing; dividing by 1 keeps it at zero."""
    return torch.where(std > 0, std, torch.ones_like(std))


def _memory_map(path: Path, tap: str) -> npt.NDArray[np.float16]:
    with h5py.File(path, "r") as file:
        data = file[tap]
        return np.memmap(path, np.float16, "r", data.id.get_offset(), data.shape)


@dataclass(frozen=True)
class Batch:
    """Some comments and the distinct pictures under them."""

    pictures: Int64s
    """(u,) rows of the feature bank; one again for every 16 comments on it."""
    which: Tensor
    """(n,) the picture of each comment, among ``pictures``."""
    tokens: Tensor
    """(n, t + 1): begin, the words, end, padding; the longest first."""


@dataclass(frozen=True)
class CommentSet:
    """Comments to learn from or to measure by."""

    picture: Int64s
    """(comments,) rows of the feature bank."""
    sentences: list[list[int]]
    """Word ids with the end mark."""

    def __len__(self) -> int:
        return len(self.sentences)

    def batches(self, size: int, draws: np.random.Generator | None = None) -> Iterator[Batch]:
        """Every comment once, about ``size`` at a time, those on one picture together.

        So a picture is read once a batch and not once a comment. With ``draws`` the
        company of a picture and the order of batches are random.
        """
        order = draws.permutation(len(self)) if draws else np.arange(len(self))
        pages = _pages(order, self.picture)
        if draws:
            pages = [pages[index] for index in draws.permutation(len(pages))]
        chunks: list[list[Int64s]] = [[]]
        for page in pages:
            if sum(map(len, chunks[-1])) >= size:
                chunks.append([])
            chunks[-1].append(page)
        for chunk in chunks:
            yield self._batch(chunk)

    def _batch(self, pages: list[Int64s]) -> Batch:
        chosen = np.concatenate(pages)
        page = np.repeat(np.arange(len(pages)), [len(comments) for comments in pages])
        lengths = np.array([len(self.sentences[index]) for index in chosen.tolist()])
        longest_first = np.argsort(-lengths, kind="stable")
        tokens = torch.full((len(chosen), 1 + int(lengths.max())), PADDING)
        tokens[:, 0] = BEGIN
        for row, index in enumerate(chosen[longest_first].tolist()):
            sentence = self.sentences[index]
            tokens[row, 1 : 1 + len(sentence)] = torch.tensor(sentence)
        pictures = self.picture[[comments[0] for comments in pages]]
        return Batch(pictures, torch.from_numpy(page[longest_first]), tokens)

    def with_pictures_shuffled(self, seed: int) -> CommentSet:
        """The same comments, each with the picture of another one."""
        order = np.random.default_rng([seed, len(self)]).permutation(len(self))
        return CommentSet(self.picture[order], self.sentences)


def _pages(order: Int64s, picture: Int64s) -> list[Int64s]:
    """Split comments by picture, keeping their ``order``, at most ``_PAGE`` to a part."""
    order = order[np.argsort(picture[order], kind="stable")]
    cuts = np.flatnonzero(np.diff(picture[order])) + 1
    return [
        group[start : start + _PAGE]
        for group in np.split(order, cuts)
        for start in range(0, len(group), _PAGE)
    ]


def split_comments(
    videos: Sequence[Aligned], starts: Int64s, vocabulary: Vocabulary, most_words: int
) -> tuple[CommentSet, CommentSet]:
    """Training and held-out comments of all videos; longer ones are cut at ``most_words``.

    ``starts`` (videos + 1,) are the first rows of the videos in the feature bank.
    Raises PipelineError NO_USABLE_COMMENTS if either set is empty.
    """
    ids = vocabulary.ids()
    sets = []
    for dev in (False, True):
        picture: list[int] = []
        sentences: list[list[int]] = []
        for video, start in zip(videos, starts, strict=False):
            for index in np.flatnonzero(video.dev == dev).tolist():
                words = video.words[index][:most_words]
                picture.append(int(start + video.picture[index]))
                sentences.append([ids.get(word, UNKNOWN) for word in words] + [END])
        if not sentences:
            raise PipelineError(
                ExitCode.NO_USABLE_COMMENTS,
                f"no comments are left to {'measure by' if dev else 'learn from'}",
                "Add comments, or change `align: dev_share:`",
            )
        sets.append(CommentSet(np.array(picture, np.int64), sentences))
    return sets[0], sets[1]


def check_same_backbone(paths: Sequence[Path], grid: bool) -> tuple[str, str, str, int]:
    """Tap, backbone, weights and channels that all feature files share.

    Raises PipelineError BAD_ARTIFACT where they differ.
    """
    found = set()
    for path in paths:
        with FeatureStore(path) as store:
            tap = store.tap_for(grid=grid)
            found.add((tap, store.backbone, store.weights, store.taps[tap][-1]))
    if len(found) > 1:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"the training videos' features are of different kinds: {sorted(found)}",
            "Run again with one `features:` setting for all",
        )
    return found.pop()
