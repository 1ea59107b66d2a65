"""``evaluation.json``: how good a translator is on pictures that it has not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.evaluation.intervals import Interval
from pipeline.runtime.atomic_files import write_json


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """Means over translations; intervals resample things."""

    target: Interval
    """How often the judge takes a translation for its target."""
    structure: Interval
    """How much of the picture's edges is where it was: their correlation."""
    l1: Interval | None = None
    """The mean difference to the true translation, as a share of the way from black to white;
    None where there are no pairs."""
    ssim: Interval | None = None
    """Structural similarity to it."""


class OfTarget(msgspec.Struct, frozen=True):
    """One target."""

    measures: Measures
    kid: Interval | None
    """Kernel distance to real pictures of the target; None for fewer than two translations."""


class Scores(msgspec.Struct, frozen=True):
    """One method."""

    all: Measures
    targets: dict[str, OfTarget]

    @property
    def kid(self) -> float | None:
        """The mean over targets."""
        return _mean([one.kid for one in self.targets.values()])


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """A translator beside simple methods."""

    domains: list[str]
    pictures: int
    """Held out, that were translated."""
    translations: int
    pairs: int
    """Translations whose truth is known."""
    extractor: str
    """The network whose features ``kid`` compares."""
    judge: Interval | None
    """How often the judge tells the domain of real held-out pictures: what ``target`` can be; None
    where nothing was held out, and so nothing measured."""
    real_kid: dict[str, Interval | None]
    """Kernel distance of held-out pictures to training ones, by domain: what ``kid`` can be."""
    cycle: Interval | None
    """The mean difference after the way there and back, as that of ``l1``."""
    scores: dict[str, Scores]
    """By method: ``model``, ``identity``, ``colour``, ``nearest``, and with pairs ``pca``."""
    gains: dict[str, dict[str, Interval]]
    """How much better the model is than each method: ``l1`` lower, ``ssim`` higher."""

    @classmethod
    def load(cls, path: Path) -> Evaluation:
        """Read ``evaluation.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``evaluation.json``."""
        write_json(path, self)

    @classmethod
    def of_nothing(cls, domains: list[str], extractor: str) -> Evaluation:
        """That no picture was held out of training to measure by."""
        return cls(
            domains=domains,
            pictures=0,
            translations=0,
            pairs=0,
            extractor=extractor,
            real_kid={},
            judge=None,
            cycle=None,
            scores={},
            gains={},
        )

    @property
    def judge_share(self) -> float | None:
        """How often translations are taken for their target, over real pictures for their own."""
        if self.judge is None:
            return None
        return self.scores["model"].all.target.mean / max(self.judge.mean, 1e-9)

    @property
    def kid_of_real(self) -> float | None:
        """The mean of ``real_kid``."""
        return _mean(list(self.real_kid.values()))

    @property
    def lines(self) -> list[str]:
        """A table for people: a line for each method; none where nothing was measured."""
        if self.judge is None:
            return []
        lines = [f"{'':10} {'target':>7} {'edges':>7} {'L1':>7} {'SSIM':>7} {'KID':>8}"]
        for method, scores in self.scores.items():
            found = scores.all
            cells = [found.target, found.structure, found.l1, found.ssim]
            shown = " ".join(f"{one.mean:7.3f}" if one else "      –" for one in cells)
            lines.append(f"{method:10} {shown} {_kid_text(scores.kid)}")
        real = _kid_text(self.kid_of_real)
        lines.append(f"{'real ones':10} {self.judge.mean:7.3f} {'':23} {real}")
        return lines

    @property
    def summary(self) -> str:
        """The result in one line."""
        if self.judge is None:
            return "no picture was held out of training to measure by"
        summary = (
            f"{self.scores['model'].all.target.mean:.0%} of {self.translations:,} translations are"
            f" taken for their target by a judge that tells {self.judge.mean:.0%} of real pictures"
        )
        if "nearest" in self.gains:
            gain = self.gains["nearest"]
            summary += (
                f"; nearer to the truth than the nearest picture by L1 {_signed(gain['l1'])}"
                f" and SSIM {_signed(gain['ssim'])}"
            )
        return summary


def _mean(intervals: Sequence[Interval | None]) -> float | None:
    known = [one.mean for one in intervals if one is not None]
    return sum(known) / len(known) if known else None


def _kid_text(kid: float | None) -> str:
    return f"{'–':>8}" if kid is None else f"{kid:8.4f}"


def _signed(gain: Interval) -> str:
    ends = "" if gain.low is None else f" ({gain.low:+.3f} to {gain.high:+.3f})"
    return f"{gain.mean:+.3f}{ends}"
