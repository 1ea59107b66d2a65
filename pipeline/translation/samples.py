"""The same few pictures translated after epochs, as a sheet that grows downwards to a limit."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipeline.media.pixels import Picture
from pipeline.runtime.arrays import Float32s, Int64s, UInt8s
from pipeline.runtime.atomic_files import published
from pipeline.translation.networks import Generator
from pipeline.translation.training_record import TrainingRecord
from pipeline.translation.training_set import TrainingSet

_PICTURES = 4
_LARGEST = 128  # pixels of a picture's side on the sheet
_GAP = 4  # pixels between pictures that differ
_MOST_EPOCHS = 100  # on the sheet
_MOST_PIXELS = 64_000_000  # of the sheet; from 89 million on, PIL takes a picture for an attack


class Samples:
    """Some pictures, and each in every domain.

    The sheet's first row shows the pictures, once above each of their translations; each further
    row is an epoch. Of many epochs some are shown, spread evenly. The row of every epoch is a file
    of its own, too, so that a run that goes on finds them.
    """

    def __init__(self, pictures: TrainingSet, folder: Path, device: torch.device) -> None:
        """``folder`` is where rows are kept."""
        self._folder, self._exclusive = folder, pictures.exclusive
        rows = _spread(pictures)
        self.names = [_name_of(pictures, row) for row in rows.tolist()]
        self._pictures = pictures.pictures(rows, device)
        self._targets = [
            torch.from_numpy(targets).to(device)
            for targets in _targets(pictures.domains[rows], exclusive=pictures.exclusive)
        ]

    def draw(self, generator: Generator, epoch: int, sheet: Path) -> None:
        """Add the row of an epoch, from 1, and write the sheet; the first one begins anew."""
        if epoch == 1:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        made = [generator(self._pictures, targets) for targets in self._targets]
        _save(_row(made), self._file(epoch))
        header = _row([self._pictures] * len(made))
        rows = [
            np.asarray(Image.open(self._file(shown)))
            for shown in _spread_epochs(epoch, header.shape[0] * header.shape[1])
        ]
        _save(np.concatenate([header, *rows]), sheet)

    def _file(self, epoch: int) -> Path:
        return self._folder / f"{epoch:04}.png"


@dataclass(frozen=True)
class SampleSheet:
    """A sheet that ``Samples`` wrote, to be cut up again."""

    sheet: Picture
    domains: int
    epochs: Sequence[int]
    """Those that it shows, from 1, one a row; the last one of the training is among them."""

    @classmethod
    def load(cls, path: Path, training: TrainingRecord) -> SampleSheet:
        """Read the sheet of a training."""
        sheet = np.asarray(Image.open(path).convert("RGB"))
        row = (min(training.size, _LARGEST) + _GAP) * sheet.shape[1]
        return cls(sheet, len(training.domains), _spread_epochs(len(training.epochs), row))

    def after(self, epoch: int) -> Picture:
        """The same as one picture, a row for each, with gaps below and at the right of all."""
        rows = [[_with_gap(cell) for cell in row] for row in self.cells(epoch)]
        return np.concatenate([np.concatenate(row, 1) for row in rows])

    def cells(self, epoch: int) -> list[list[Picture]]:
        """Of each picture itself and then its translations after one of the epochs."""
        height = len(self.sheet) // (1 + len(self.epochs))
        side = height - _GAP
        across = self.domains * side + _GAP
        row = 1 + self.epochs.index(epoch)
        header, made = (self.sheet[above * height :][:side] for above in (0, row))
        rows = []
        for left in range(0, made.shape[1], across):
            starts = [(header, left), *((made, left + n * side) for n in range(self.domains))]
            cells = [strip[:, start : start + side] for strip, start in starts]
            rows.append(cells)
        return rows


def _spread_epochs(epochs: int, row_pixels: int) -> list[int]:
    """The epochs up to the last one that a sheet shows, as far as there is room for their rows."""
    room = max(1, min(_MOST_EPOCHS, _MOST_PIXELS // row_pixels - 1))
    return sorted({int(epoch) for epoch in np.linspace(epochs, 1, min(room, epochs))})


def _with_gap(cell: Picture) -> Picture:
    return np.pad(cell, ((0, _GAP), (0, _GAP), (0, 0)), constant_values=255)


def _spread(pictures: TrainingSet) -> Int64s:
    """Rows of pictures held out, or else of others, from as many domains as there are."""
    out = pictures.rows(held_out=True)
    rows = out if len(out) else pictures.rows(held_out=False)
    first = pictures.domains[rows].argmax(1)
    order = np.zeros(len(rows), np.int64)
    for domain in np.unique(first):
        here = first == domain
        # One of each domain, then another of each …; what lies at one place in several folders
        # may be the same thing, so that each begins elsewhere.
        order[here] = (np.arange(here.sum()) - domain) % here.sum()
    return rows[np.lexsort((first, order))[:_PICTURES]]


def _targets(own: Float32s, *, exclusive: bool) -> Sequence[Float32s]:
    """For each domain the targets (n, d): that domain, or that attribute changed."""
    every = np.eye(own.shape[1], dtype=np.float32)
    if exclusive:
        return [np.repeat(one[None], len(own), 0) for one in every]
    return [np.abs(own - one) for one in every]


def _name_of(pictures: TrainingSet, row: int) -> str:
    for one in pictures.collections:
        if row < len(one.names):
            return one.names[row]
        row -= len(one.names)
    raise IndexError(row)


def _row(made: Sequence[Tensor]) -> UInt8s:
    """Pictures (n, 3, s, s) for each domain, as one row with those of one picture side by side."""
    pictures = torch.stack(list(made), 1)  # (n, d, 3, s, s)
    pixels = ((pictures.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    n, d, _, s, _ = pixels.shape
    side = min(s, _LARGEST)
    row = np.full((side + _GAP, n * (d * side + _GAP), 3), 255, np.uint8)
    for picture, translations in enumerate(pixels.permute(0, 1, 3, 4, 2).cpu().numpy()):
        for domain, translation in enumerate(translations):
            left = picture * (d * side + _GAP) + domain * side
            row[:side, left : left + side] = _small(translation, side)
    return row


def _small(picture: UInt8s, side: int) -> UInt8s:
    if len(picture) == side:
        return picture
    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC))


def _save(pixels: UInt8s, target: Path) -> None:
    with published(target) as temporary:
        Image.fromarray(pixels).save(temporary, "PNG")
