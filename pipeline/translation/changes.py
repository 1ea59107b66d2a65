"""What a translation changes in a picture, at the size at which the translator works.

A translator sees a picture reduced to about the size that it learned from. What it changes there
is enlarged and added to the picture itself, so that details too fine for the translator stay, and
a picture in which nothing is changed stays as it is to the last bit.

h, w  height and width of the reduced picture   t  targets
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from pipeline.media.pixels import Picture, resized
from pipeline.runtime.arrays import Float32s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.spelling import did_you_mean
from pipeline.translation.model_file import Translator

_LONGEST = 16  # times the shorter side, of a picture that is seen; longer ones are squeezed


class Translating:
    """A translator at work on pictures of any size."""

    def __init__(self, translator: Translator, size: int | None, device: torch.device) -> None:
        """``size`` is the shorter side at which pictures are seen; None takes that of training."""
        self._generator, self._device = translator.generator.to(device), device
        self.domains = translator.card.domains
        self._size = size or translator.card.size

    def seen_size(self, width: float, height: float) -> tuple[int, int]:
        """Width and height at which a picture of such an aspect is seen."""
        longest = self._size * _LONGEST
        scale = self._size / min(width, height)
        seen = [min(longest, max(1, round(side * scale))) for side in (width, height)]
        return seen[0], seen[1]

    def changes(self, seen: Picture, targets: Sequence[str]) -> Float32s:
        """(t, h, w, 3) what to add to a reduced picture (h, w, 3) to see it in each target."""
        pixels = torch.from_numpy(np.array(seen)).to(self._device).permute(2, 0, 1).float()
        picture = (pixels / 127.5 - 1)[None]
        every = torch.eye(len(self.domains), device=self._device)
        with torch.inference_mode():
            made = [self._generator(picture, every[[self.domains.index(t)]]) for t in targets]
        changed: Float32s = ((torch.cat(made) - picture) * 127.5).permute(0, 2, 3, 1).cpu().numpy()
        return changed

    def translated(
        self, picture: Picture, targets: Sequence[str], mask: Float32s | None
    ) -> list[Picture]:
        """``picture`` (height, width, 3) in each target; ``mask`` is of its reduced size."""
        height, width = picture.shape[:2]
        changes = self.changes(resized(picture, self.seen_size(width, height)), targets)
        if mask is not None:
            changes = changes * mask[..., None]
        return [_added(picture, enlarged(change, (width, height))) for change in changes]


def enlarged(change: Float32s, size: tuple[int, int]) -> Float32s:
    """A change (h, w, c) at another size (width, height)."""
    if change.shape[1::-1] == size:
        return change
    planes = [
        np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR))
        for plane in np.moveaxis(change, -1, 0)
    ]
    return np.stack(planes, -1)


def _added(picture: Picture, change: Float32s) -> Picture:
    pixels: Picture = np.rint(picture + change).clip(0, 255).astype(np.uint8)
    return pixels


def chosen_targets(wanted: str, domains: Sequence[str], setting: str, *words: str) -> list[str]:
    """The domains that a setting names: one of them, or all for one of the ``words``.

    Raises PipelineError INVALID_SETTING for another name.
    """
    if wanted in domains:
        return [wanted]
    if wanted in words:
        return list(domains)
    raise PipelineError(
        ExitCode.INVALID_SETTING,
        f"`{setting}` is {wanted}, and the model translates into {', '.join(domains)}",
        did_you_mean(wanted, domains, f"Name one of these, or {' or '.join(words)}"),
    )
