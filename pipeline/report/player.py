"""What the player shows: comments where the video has them, and why the model wrote its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.exported import DrawnComment
from pipeline.danmaku.drawing.glyphs import clean_text
from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.report.content import Explanation, Learned, Spoken
from pipeline.runtime.clock import MILLISECONDS


def spoken(
    comments: Sequence[ScreenComment], layout: Layout, explanations: Sequence[Explanation] = ()
) -> list[Spoken]:
    """The ``comments`` of one file in its order, as ``layout`` places them."""
    drawn = {placed.number: DrawnComment.of(placed) for placed in layout.placed}
    hidden = {one.number: one.why for one in layout.hidden}
    return [
        Spoken(
            kind=comment.layer,
            time=comment.time_ms / MILLISECONDS,
            text=clean_text(comment.text),
            shown=drawn.get(comment.number),
            hidden=hidden.get(comment.number),
            explained=explanations[comment.number] if explanations else None,
        )
        for comment in comments
    ]


def explanations(explained: Explained) -> list[Explanation]:
    """One for each generated comment, in their order."""
    told = explained.mean_nats - explained.nats
    told_rank = np.empty(len(told), np.int64)
    told_rank[np.argsort(-told, kind="stable")] = np.arange(1, len(told) + 1)
    return [
        Explanation(
            seen=round(float(explained.seen_s[number]), 4),
            words=words,
            map=int(explained.first_map[number]),
            peaks=[round(float(peak), 4) for peak in explained.peaks_of(number)],
            nats=round(float(explained.nats[number]) / (len(words) + 1), 3),
            told=round(float(told[number]), 3),
            told_rank=int(told_rank[number]),
            rank=int(explained.rank[number]),
            candidates=int(explained.candidates[number]),
            copies=int(explained.copies[number]),
            near=[
                (row, round(similarity, 3))
                for row, similarity in zip(
                    explained.near[number].tolist(),
                    explained.similarity[number].tolist(),
                    strict=True,
                )
                if row >= 0
            ],
        )
        for number, words in enumerate(explained.words)
    ]


def write_learned(folder: Path, explained: Explained) -> list[Learned]:
    """Write the training pictures below ``folder``, to ``learned/``."""
    (folder / "learned").mkdir()
    found = []
    for number, jpeg in enumerate(explained.learned_picture):
        name = f"learned/{number:05}.jpg"
        (folder / name).write_bytes(jpeg)
        found.append(
            Learned(
                picture=name,
                video=explained.learned_video[number],
                time=round(float(explained.learned_s[number]), 3),
                comments=explained.learned_comments[number],
            )
        )
    return found
