"""The attention gallery: the comments that depend most on the picture, and where they looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.sections.episode import Episode
from pipeline.lettering.glyphs import clean_text
from pipeline.pictures.heat import heat_over
from pipeline.report.gallery import GalleryPicture, write_picture
from pipeline.runtime.clock import MILLISECONDS

_MAX_PICTURES = 12
_WIDTH = 360  # pixels


@dataclass(frozen=True)
class AttendedPicture(GalleryPicture):
    """A picture under the attention of one word of a comment."""

    time: float
    """When the comment appears, in seconds."""
    text: str
    """Of the whole comment."""


def write_gallery(folder: Path, episode: Episode) -> Sequence[AttendedPicture]:
    """Write pictures to ``gallery/`` below ``folder``; none for a model without attention.

    Each shows the word of its comment whose attention has the sharpest peak, and links to the
    comment's explanation in the player.
    """
    explained = episode.explained
    addresses = {place: f"#c{n}" for n, place in enumerate(episode.playing_order())}
    pictures = []
    for place, number in enumerate(_chosen(explained, float(episode.video.duration))):
        comment, words = episode.generated.comments[number], explained.words[number]
        sharpest = int(np.argmax(explained.peaks_of(number)[: len(words)]))
        attention = explained.attention[explained.maps_of(number)][sharpest]
        seen = Fraction(float(explained.seen_s[number]))
        heated = heat_over(episode.video.picture_at(seen, _WIDTH), attention)
        pictures.append(
            AttendedPicture(
                file=write_picture(folder, f"gallery/{place:02}.jpg", heated),
                alt=words[sharpest],
                link=addresses[number],
                time=comment.time_ms / MILLISECONDS,
                text=clean_text(comment.text),
            )
        )
    return pictures


def _chosen(explained: Explained, duration_s: float) -> list[int]:
    """Numbers of comments that their picture makes much likelier, well apart, by time."""
    pmi, seen_s = explained.mean_nats - explained.nats, explained.seen_s
    min_gap_s = duration_s / (2 * _MAX_PICTURES)
    chosen: list[int] = []
    for number in np.argsort(-pmi, kind="stable").tolist():
        is_mapped = explained.words[number] and len(explained.peaks_of(number))
        is_apart = all(abs(seen_s[number] - seen_s[other]) >= min_gap_s for other in chosen)
        if is_mapped and is_apart:
            chosen.append(number)
            if len(chosen) == _MAX_PICTURES:
                break
    return sorted(chosen, key=lambda number: float(seen_s[number]))
