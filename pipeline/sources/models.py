"""The finished models of a working folder, as ``make models`` lists them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from pipeline.engine.application import Call, Command
from pipeline.runtime.errors import ExitCode, printable
from pipeline.runtime.sample_size import is_enough

_HEADINGS = ("system", "model", "learned from", "epochs", "backbone", "MB", "nats a word")
_NONE = (
    "no model yet: `make train VIDEO=path/to/ep1.mp4` makes one of comments, and"
    " `make captions PICTURES=path/to/album` one of captions"
)


class _Epochs(msgspec.Struct, frozen=True):
    """What the table shows of ``training.json``; see pipeline.danmaku.training.training_record."""

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
    def nats(self) -> str:
        """How likely the held-out texts are, if that is worth showing."""
        if self.held_out is not None and not is_enough(self.held_out):
            return f"too few held out ({self.held_out})"
        return f"{self.dev_nll:.3f} ({self.dev_nll_shuffled:.3f}, {self.dev_nll_unigram:.3f})"


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
    yield "(nats a word of held-out texts; in brackets with shuffled pictures, by words alone)"


def _row(folder: Path) -> tuple[str, ...]:
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    megabytes = f"{size / 1e6:.1f}"
    try:
        text = (folder / "training.json").read_bytes()
        trained = msgspec.json.decode(text, type=_Epochs)
    except (OSError, msgspec.DecodeError):
        return folder.parent.name, folder.name, "not finished", "", "", megabytes, ""
    return (
        folder.parent.name,
        folder.name,
        ", ".join(trained.videos),
        f"{trained.best_epoch} of {len(trained.epochs)}",
        f"{trained.backbone}, {trained.weights}",
        megabytes,
        trained.nats,
    )


def _run(call: Call) -> ExitCode:
    """List the models, what they learned from and how well."""
    lines = list(table(call.options.workdir / "models"))
    for line in lines or [_NONE]:
        print(printable(line))
    return ExitCode.OK


MODELS = Command("models", _run, uses=("workdir",))
