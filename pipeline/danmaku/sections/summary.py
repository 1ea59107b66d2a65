"""The figures of a danmaku report, and those of them that the table over all reports shows."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import ClassVar

import msgspec
import numpy as np

from pipeline.danmaku.drawing.quality import LayoutQuality
from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.sections.episode import Episode
from pipeline.danmaku.training.training_record import TrainingRecord
from pipeline.evaluation.intervals import Interval, mean_interval
from pipeline.pictures.features_file import caveat, is_random
from pipeline.report.language import Message, Phrases
from pipeline.report.summary import Column
from pipeline.runtime.clock import MILLISECONDS, clock_text
from pipeline.runtime.sample_size import is_enough

_WEB = Path(__file__).parent / "web"
_MAX_LISTED = 12
"""Most frequent comments that are listed."""
_BLOCK_S = 10.0
"""Comments of so many seconds are resampled together."""


class DanmakuSummary(msgspec.Struct, frozen=True):
    """One annotated video, in ``report.json``."""

    system: ClassVar[str] = "danmaku"

    video: str
    """Name of its file."""
    model: str
    seconds: float
    frames: int
    pictures: int
    """Distinct ones."""
    comments: int
    """Generated."""
    distinct_comments: int
    copied: int
    """Generated comments that occur word for word in the training comments."""
    most_frequent: list[tuple[str, int]]
    """Texts of generated comments and how often each occurs, the most frequent first."""
    viewers_comments: int
    layout: LayoutQuality
    """How the generated comments fit on the screen."""
    pmi: Interval | None
    """Of generated comments with their own pictures, in nats a comment; blocks of seconds are
    resampled. It says how much hangs on the picture and is 0 or more for whatever a model writes.
    None for too few comments."""
    training: TrainingRecord
    evaluation: Evaluation | None
    """None for videos without comments."""

    @classmethod
    def from_episode(
        cls,
        episode: Episode,
        model: str,
        training: TrainingRecord,
        evaluation: Evaluation | None,
    ) -> DanmakuSummary:
        """Count the comments of ``episode``, which the model of this name annotated."""
        frames, texts = episode.frames, Counter(c.text for c in episode.generated.comments)
        return cls(
            video=episode.video.path.name,
            model=model,
            seconds=float(frames.times.duration),
            frames=len(frames.row),
            pictures=len(np.unique(frames.row)),
            comments=texts.total(),
            distinct_comments=len(texts),
            copied=int((episode.explained.copies > 0).sum()),
            most_frequent=texts.most_common(_MAX_LISTED),
            viewers_comments=len(episode.viewers.comments) if episode.viewers else 0,
            layout=episode.generated.quality,
            pmi=_pmi(episode.explained),
            training=training,
            evaluation=evaluation,
        )

    @property
    def subtitle(self) -> Message:
        """What the page says below its title."""
        values = {
            "seconds": f"{self.seconds:.1f}",
            "comments": f"{self.comments:,}",
            "model": self.model,
        }
        return Message("watch.subtitle", values)

    @property
    def headline(self) -> str:
        """The result in one line: whether the model names who is on screen, where that is known."""
        return self._result() + caveat(self.training.weights)

    def _result(self) -> str:
        comments = f"{self.comments} comments, {self.distinct_comments} distinct"
        if self.evaluation is None:
            return comments
        naming, too_few = self.evaluation.naming, self.evaluation.too_little.get("naming")
        if naming is not None:
            return (
                f"of {naming.names} names written, {naming.model.mean:.0%} were on screen"
                f" (with wrong pictures {naming.shuffled:.0%}, always naming the favourite"
                f" {naming.popularity:.0%}, by chance {naming.chance:.0%})"
            )
        if too_few is not None:
            return f"{comments}; too few names ({too_few}) to say whether it sees who is on screen"
        return comments

    @property
    def is_random(self) -> bool:
        """Whether the network that sees was never trained, which all figures suffer from."""
        return is_random(self.training.weights)

    def columns(self) -> list[Column]:
        """Its row in the table over all reports."""
        evaluation = self.evaluation
        copied = self.copied / self.comments if self.comments else None
        pmi = mrr = named = None
        if evaluation:
            scorers = evaluation.ranking.all.scorers
            pmi = evaluation.likelihood.pmi.mean if evaluation.likelihood else None
            mrr = scorers["model"].reciprocal_rank.mean if scorers else None
            named = evaluation.naming.model.mean if evaluation.naming else None
        model = f"{self.model} (random weights)" if self.is_random else self.model
        too_little = evaluation.too_little if evaluation else {}
        clock = clock_text(round(self.seconds * MILLISECONDS), digits=1)
        return [
            _column("model", self.model, model),
            _column("length", self.seconds, clock),
            _column("generated", self.comments, f"{self.comments:,}"),
            _column("viewers", self.viewers_comments, f"{self.viewers_comments:,}"),
            _column("copied", copied, _percent(copied)),
            _column("pmi", pmi, "" if pmi is None else f"{pmi:+.3f}", "likelihood" in too_little),
            _column("mrr", mrr, "" if mrr is None else f"{mrr:.3f}", "ranking" in too_little),
            _column("named", named, _percent(named), "naming" in too_little),
        ]


def _pmi(explained: Explained) -> Interval | None:
    if not is_enough(len(explained.nats)):
        return None
    pmi = explained.mean_nats - explained.nats
    return mean_interval(pmi, (explained.seen_s // _BLOCK_S).astype(np.int64))


def _column(name: str, value: float | str | None, text: str, is_too_little: bool = False) -> Column:
    return Column(name, _headings()[f"danmaku.{name}"], text, value, is_too_little)


@cache
def _headings() -> Phrases:
    return Phrases.load([_WEB])


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"
