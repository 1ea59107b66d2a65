"""What the player shows: comments where the video has them, and why the model wrote its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.danmaku.drawing.exported import DrawnComment
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.sections.episode import CommentTrack
from pipeline.danmaku.sections.watch.content import (
    Drawn,
    Explanation,
    Shape,
    TimedComment,
    TrainingPicture,
)
from pipeline.lettering.glyphs import clean_text
from pipeline.runtime.arrays import Float32s
from pipeline.runtime.clock import MILLISECONDS


def timed_comments(
    track: CommentTrack, shapes: dict[Shape, int], explanations: Sequence[Explanation] = ()
) -> list[TimedComment]:
    """The comments of ``track`` in its order; ``explanations``, if any, has one for each.

    ``shapes`` numbers the shapes of comments; new ones are added.
    """
    drawn = {placed.number: DrawnComment.of(placed) for placed in track.layout.placed}

    def drawn_of(number: int, text: str) -> Drawn | None:
        made = drawn.get(number)
        return Drawn.of(made, text, shapes) if made else None

    hidden = {comment.number: comment.why for comment in track.layout.hidden}
    return [
        TimedComment(
            kind=comment.layer,
            time=comment.time_ms / MILLISECONDS,
            text=(text := clean_text(comment.text)),
            drawn=drawn_of(comment.number, text),
            hidden=hidden.get(comment.number),
            explanation=explanations[comment.number] if explanations else None,
        )
        for comment in track.comments
    ]


def explanations(explained: Explained, named: Sequence[bool | None] = ()) -> list[Explanation]:
    """One for each generated comment, in their order, in the units in which the page shows them.

    ``named`` has whether each names those on screen, or nothing where that is not known.
    """
    pmi = explained.mean_nats - explained.nats
    pmi_rank = np.empty(len(pmi), np.int64)
    pmi_rank[np.argsort(-pmi, kind="stable")] = np.arange(1, len(pmi) + 1)
    places = explained.places_of_words()
    return [
        Explanation(
            seen=round(float(explained.seen_s[number]), 4),
            words=words,
            map=int(explained.first_map[number]),
            peaks=_shares(explained.peaks_of(number)),
            saliency_peaks=_shares(explained.saliency_peak[explained.maps_of(number)]),
            places=list(
                zip(
                    _shares(np.exp(-explained.word_nats[places[number]])),
                    explained.word_rank[places[number]].tolist(),
                    strict=True,
                )
            ),
            nats=round(float(explained.nats[number]) / (len(words) + 1), 3),
            pmi=round(float(pmi[number]), 3),
            pmi_rank=int(pmi_rank[number]),
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
                if row >= 0  # -1 fills up rows of fewer
            ],
            named=named[number] if named else None,
        )
        for number, words in enumerate(explained.words)
    ]


def _shares(values: Float32s) -> list[float]:
    """Rounded to what ``percentText`` of the page shows."""
    return [float(f"{value:.3g}") for value in values.tolist()]


def write_training_pictures(folder: Path, explained: Explained) -> list[TrainingPicture]:
    """Write the training pictures to ``learned/`` below ``folder``."""
    (folder / "learned").mkdir()
    pictures = []
    for number, jpeg in enumerate(explained.learned_picture):
        name = f"learned/{number:05}.jpg"
        (folder / name).write_bytes(jpeg)
        pictures.append(
            TrainingPicture(
                picture=name,
                video=explained.learned_video[number],
                time=round(float(explained.learned_s[number]), 3),
                comments=explained.learned_comments[number],
            )
        )
    return pictures
