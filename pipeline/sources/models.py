"""The finished models of a working folder, as ``make models`` lists them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import msgspec

from pipeline.engine.application import Call, Command
from pipeline.runtime.errors import ExitCode, printable

_HEADINGS = ("system", "model", "learned from", "epochs", "backbone", "MB", "how good")
_MEASURES = (
    "(captioners: nats a word of held-out texts, in brackets with shuffled pictures, by words"
    " alone; taggers: mean average precision on pictures not learned from, in brackets by chance;"
    " detectors: AP50 on pictures not learned from, in brackets the recall;"
    " tastes: rank correlation with scores not learned from, in brackets of pixels;"
    " translators: share of translations that their own discriminator takes for their target, in"
    " brackets of real pictures that it tells rightly)"
)
_NONE = (
    "no model yet: `make train VIDEO=path/to/ep1.mp4` makes one of comments,"
    " `make captions PICTURES=path/to/album` one of captions,"
    " `make illustrations-train PICTURES=path/to/album` one of tags, and"
    " `make translation PICTURES=path/to/folder` a translator"
)


class _Captioner(msgspec.Struct, frozen=True):
    """What the table shows of a captioner's ``training.json``."""

    videos: list[str]
    epochs: list[msgspec.Raw]
    best_epoch: int
    backbone: str
    weights: str
    dev_nll: float
    dev_nll_shuffled: float
    dev_nll_unigram: float
    held_out: int | None = None
    """Texts that these are measured by, where the record tells it."""

    @property
    def sees(self) -> str:
        return f"{self.backbone}, {self.weights}"

    @property
    def took(self) -> str:
        return f"{self.best_epoch} of {len(self.epochs)}"

    @property
    def quality(self) -> str:
        from pipeline.runtime.sample_size import is_enough

        if self.held_out is not None and not is_enough(self.held_out):
            return f"too few held out ({self.held_out})"
        return f"{self.dev_nll:.3f} ({self.dev_nll_shuffled:.3f}, {self.dev_nll_unigram:.3f})"


class _Mean(msgspec.Struct, frozen=True):
    mean: float


class _Precision(msgspec.Struct, frozen=True):
    over_tags: _Mean


class _TagEvaluation(msgspec.Struct, frozen=True):
    precision: _Precision
    baselines: dict[str, _Precision]


class _Tagger(msgspec.Struct, frozen=True):
    """What the table shows of a tagger's ``training.json``."""

    videos: list[str]
    backbone: str
    weights: str
    units: int
    evaluation: _TagEvaluation

    @property
    def sees(self) -> str:
        return f"{self.backbone}, {self.weights}"

    @property
    def took(self) -> str:
        return ""

    @property
    def quality(self) -> str:
        from pipeline.runtime.sample_size import is_enough

        if not is_enough(self.units):
            return f"too few pictures ({self.units})"
        evaluation = self.evaluation
        by_chance = evaluation.baselines["prior"].over_tags.mean
        return f"{evaluation.precision.over_tags.mean:.3f} ({by_chance:.3f})"


class _HeldOutEpoch(msgspec.Struct, frozen=True):
    held_out: dict[str, float]


class _Detector(msgspec.Struct, frozen=True):
    """What the table shows of a detector's ``training.json``."""

    videos: list[str]
    epochs: list[_HeldOutEpoch]
    backbone: str
    weights: str
    held_out_faces: int

    @property
    def sees(self) -> str:
        return f"{self.backbone}, {self.weights}"

    @property
    def took(self) -> str:
        return str(len(self.epochs))

    @property
    def quality(self) -> str:
        from pipeline.runtime.sample_size import is_enough

        if not is_enough(self.held_out_faces):
            return f"too few faces held out ({self.held_out_faces})"
        last = self.epochs[-1].held_out
        return f"{last['ap50']:.3f} ({last['recall']:.3f})"


class _Measures(msgspec.Struct, frozen=True):
    spearman: _Mean | None


class _ScoreEvaluation(msgspec.Struct, frozen=True):
    taste: _Measures
    baselines: dict[str, _Measures]


class _Taste(msgspec.Struct, frozen=True):
    """What the table shows of a taste's ``taste.json``."""

    videos: list[str]
    backbone: str
    weights: str
    units: int
    evaluation: _ScoreEvaluation

    @property
    def sees(self) -> str:
        return f"{self.backbone}, {self.weights}"

    @property
    def took(self) -> str:
        return ""

    @property
    def quality(self) -> str:
        from pipeline.runtime.sample_size import is_enough

        own, pixels = self.evaluation.taste, self.evaluation.baselines["pixels"]
        if not is_enough(self.units) or own.spearman is None:
            return f"too few scores ({self.units})"
        beside = f" ({pixels.spearman.mean:.3f})" if pixels.spearman else ""
        return f"{own.spearman.mean:.3f}{beside}"


class _Translator(msgspec.Struct, frozen=True):
    """What the table shows of a translator's ``training.json``."""

    videos: list[str]
    epochs: list[_HeldOutEpoch]
    size: int
    kept_back: int

    @property
    def sees(self) -> str:
        return f"{self.size} pixels"

    @property
    def took(self) -> str:
        return str(len(self.epochs))

    @property
    def quality(self) -> str:
        from pipeline.runtime.sample_size import is_enough

        if not is_enough(self.kept_back):
            return f"too few held out ({self.kept_back})"
        last = self.epochs[-1].held_out
        return f"{last['target']:.3f} ({last['own']:.3f})"


def table(models: Path) -> Iterator[str]:
    """A heading and a line for each model of each system; nothing where there is none."""
    folders = [folder for folder in sorted(models.glob("*/*/")) if folder.name[0] != "."]
    rows = [_row(folder) for folder in folders]
    if not rows:
        return
    columns = zip(_HEADINGS, *rows, strict=True)
    widths = [max(map(len, column)) for column in columns]
    for row in (_HEADINGS, *rows):
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
    yield _MEASURES


def _row(folder: Path) -> tuple[str, ...]:
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    megabytes = f"{size / 1e6:.1f}"
    records = (folder / "training.json", folder / "taste.json")
    trained = next((found for found in map(_trained, records) if found is not None), None)
    if trained is None:
        return folder.parent.name, folder.name, "not finished", "", "", megabytes, ""
    return (
        folder.parent.name,
        folder.name,
        ", ".join(trained.videos),
        trained.took,
        trained.sees,
        megabytes,
        trained.quality,
    )


_Trained: TypeAlias = _Captioner | _Tagger | _Detector | _Taste | _Translator


def _trained(record: Path) -> _Trained | None:
    """What a finished model's record says."""
    kinds: tuple[type[_Trained], ...] = (_Captioner, _Tagger, _Detector, _Taste, _Translator)
    for kind in kinds:
        try:
            return msgspec.json.decode(record.read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            continue
    return None


def _run(call: Call) -> ExitCode:
    """List the models, what they learned from and how well."""
    lines = list(table(call.options.workdir / "models"))
    for line in lines or [_NONE]:
        print(printable(line))
    return ExitCode.OK


MODELS = Command("models", _run, uses=("workdir",))
