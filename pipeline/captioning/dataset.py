"""Comments to learn from or to measure by, and the batches they come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from pipeline.captioning.captioner import CaptionerSpec
from pipeline.captioning.examples import Moments, Talk, moments_at
from pipeline.captioning.prompt import Prompt, Words
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import BEGIN, END, UNKNOWN, Vocabulary

_PAGE = 16  # comments on one picture that look at it together; more make tables lopsided

Pages = list[Int64s]
"""The comments of a batch, those on one picture together."""


class Batch(NamedTuple):
    """Some comments and the distinct pictures under them."""

    prompt: Prompt
    words: Words
    looks: Tensor
    """(n, 3) classes of place, size and colour."""
    pages: Tensor
    """(u,) the place of each picture among those of the whole batch."""
    rows: Tensor
    """(n,) the place of each comment among those of the whole batch."""


@dataclass(frozen=True)
class CommentSet:
    """Comments as numbers."""

    moments: Moments
    sentences: list[list[int]]
    """Word ids with the end mark."""
    looks: Int64s
    """(n, 3) classes of place, size and colour."""

    def __len__(self) -> int:
        return len(self.sentences)

    def plan(self, size: int, draws: np.random.Generator | None = None) -> list[Pages]:
        """Divide all comments into batches of about ``size``, those on one picture together.

        So a picture is read once a batch and not once a comment. With ``draws`` the
        company of a picture and the order of batches are random.
        """
        order = draws.permutation(len(self)) if draws else np.arange(len(self))
        pages = _pages(order, self.moments.picture)
        if draws:
            pages = [pages[index] for index in draws.permutation(len(pages))]
        batches: list[Pages] = [[]]
        count = 0
        for page in pages:
            if count >= size:
                batches.append([])
                count = 0
            batches[-1].append(page)
            count += len(page)
        return batches

    def word_count(self, pages: Pages) -> int:
        """Words of some comments, end marks included."""
        return sum(len(self.sentences[index]) for page in pages for index in page.tolist())

    def batch(
        self, pages: Pages, bank: FeatureBank, device: torch.device, rank: int = 0, ranks: int = 1
    ) -> Batch | None:
        """The part of a batch that process ``rank`` of ``ranks`` works on; None if it is empty."""
        ours = list(range(rank, len(pages), ranks))
        if not ours:
            return None
        sizes = [len(page) for page in pages]
        firsts = np.cumsum([0, *sizes])
        chosen = np.concatenate([pages[index] for index in ours])
        rows = np.concatenate([firsts[index] + np.arange(sizes[index]) for index in ours])
        page = np.repeat(np.arange(len(ours)), [sizes[index] for index in ours])

        lengths = np.array([len(self.sentences[index]) for index in chosen.tolist()])
        longest_first = np.argsort(-lengths, kind="stable")
        chosen, rows, page = chosen[longest_first], rows[longest_first], page[longest_first]
        pictures = self.moments.picture[[pages[index][0] for index in ours]]
        moments = self.moments.take(chosen)
        return Batch(
            moments.prompt_of(pictures, page, bank, device),
            words_of([self.sentences[index] for index in chosen.tolist()], device),
            torch.from_numpy(self.looks[chosen]).to(device),
            torch.tensor(ours, device=device),
            torch.from_numpy(rows).to(device),
        )

    def with_pictures_shuffled(self, seed: int) -> CommentSet:
        """The same comments, each with the pictures of another one."""
        order = np.random.default_rng([seed, len(self)]).permutation(len(self))
        moved = replace(
            self.moments, picture=self.moments.picture[order], around=self.moments.around[order]
        )
        return replace(self, moments=moved)


def words_of(sentences: Sequence[Sequence[int]], device: torch.device) -> Words:
    """Sentences with their end marks, the longest first, as words to read and to tell."""
    lengths = np.array([len(sentence) for sentence in sentences])
    table = np.full((len(sentences), int(lengths[0])), END)
    for row, sentence in zip(table, sentences, strict=True):
        row[: len(sentence)] = sentence
    going = [int((lengths > place).sum()) for place in range(int(lengths[0]))]
    begins = np.cumsum([0, *going])
    read = np.concatenate([np.full((len(table), 1), BEGIN), table[:, :-1]], 1)

    def in_order(rows: Int64s) -> Tensor:
        packed = np.concatenate([rows[:k, place] for place, k in enumerate(going)])
        return torch.from_numpy(packed).to(device)

    numbers = np.repeat(np.arange(len(table))[:, None], len(going), 1)
    last = begins[lengths - 1] + np.arange(len(table))
    return Words(
        in_order(read), in_order(table), in_order(numbers), torch.from_numpy(last).to(device), going
    )


def _pages(order: Int64s, picture: Int64s) -> Pages:
    """Split comments by picture, keeping their ``order``, at most ``_PAGE`` to a part."""
    order = order[np.argsort(picture[order], kind="stable")]
    cuts = np.flatnonzero(np.diff(picture[order])) + 1
    return [
        group[start : start + _PAGE]
        for group in np.split(order, cuts)
        for start in range(0, len(group), _PAGE)
    ]


def comment_set(
    video: Aligned,
    frames: Frames,
    first_row: int,
    vocabulary: Vocabulary,
    spec: CaptionerSpec,
    most_words: int,
    *,
    dev: bool,
) -> CommentSet:
    """The training or the held-out comments of a video; longer ones are cut at ``most_words``.

    ``first_row`` is the video's first in the feature bank. Comments before a training comment
    are training comments; before a held-out one they may be any.
    """
    ids = vocabulary.ids()
    every = [[ids.get(word, UNKNOWN) for word in words] for words in video.words]
    second = np.maximum(video.time_ms, 0) // MILLISECONDS
    talk = Talk(spec)
    for index in np.argsort(video.time_ms, kind="stable").tolist():
        if dev or not video.dev[index]:
            talk.say(int(second[index]), every[index])
    chosen = np.flatnonzero(video.dev == dev)
    moments = moments_at(
        video.time_ms[chosen],
        video.frame[chosen],
        video.per_second(),
        frames,
        first_row,
        talk.before(second[chosen]),
        spec,
    )
    looks = [spec.looks.classes(video.commands[index]) for index in chosen.tolist()]
    return CommentSet(
        moments,
        [[*every[index][:most_words], END] for index in chosen.tolist()],
        np.array(looks, np.int64).reshape(-1, 3),
    )


def split_comments(
    videos: Sequence[Aligned],
    frames: Sequence[Frames],
    starts: Int64s,
    vocabulary: Vocabulary,
    spec: CaptionerSpec,
    most_words: int,
) -> tuple[CommentSet, CommentSet]:
    """Training and held-out comments of all videos.

    ``starts`` (videos + 1,) are the first rows of the videos in the feature bank.
    Raises PipelineError NO_USABLE_COMMENTS if either set is empty.
    """
    sets = []
    for dev in (False, True):
        parts = [
            comment_set(video, times, int(start), vocabulary, spec, most_words, dev=dev)
            for video, times, start in zip(videos, frames, starts, strict=False)
        ]
        joined = CommentSet(
            Moments(
                *(
                    np.concatenate([getattr(part.moments, name) for part in parts])
                    for name in ("picture", "facts", "around", "context")
                )
            ),
            [sentence for part in parts for sentence in part.sentences],
            np.concatenate([part.looks for part in parts]),
        )
        if not joined.sentences:
            raise PipelineError(
                ExitCode.NO_USABLE_COMMENTS,
                f"no comments are left to {'measure by' if dev else 'learn from'}",
                "Add comments, or change `align: held_out: share:`",
            )
        sets.append(joined)
    return sets[0], sets[1]
