"""A detector of one's own at work."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import numpy as np
import torch
from torch import nn

from pipeline.faces.detection.detector import Found
from pipeline.faces.detection.model_file import DetectorFile
from pipeline.faces.detection.pyramid import find_in_pyramid
from pipeline.learning.device import best_device
from pipeline.media.pixels import Picture
from pipeline.pictures.backbones.weights_file import file_identity


class OwnDetector:
    """Finds what it learned to find."""

    def __init__(self, path: Path, levels: int) -> None:
        """Load a model. Raises PipelineError BAD_ARTIFACT."""
        file = DetectorFile.load(path)
        self._device, self._levels = best_device(), levels
        self._detector = file.detector.to(self._device)
        self._side = file.card.network.size
        self._alone = Lock()  # torch shares its threads anyway
        # How much it had learned tells rounds of corrections apart.
        self.name = f"{file_identity(path)} ({file.card.people:,} pictures)"

    def __call__(self, picture: Picture) -> Found:
        """See ``Detector``."""
        with self._alone:
            return find_in_pyramid(self._find, picture, self._side, self._levels)

    def _find(self, picture: Picture) -> Found:
        return find_with(self._detector, picture)


def find_with(detector: nn.Module, picture: Picture) -> Found:
    """Faces on a picture (h, w, 3), by a network in evaluation mode, at that very size."""
    device = next(detector.parameters()).device
    with torch.inference_mode():
        pixels = torch.from_numpy(np.array(picture)).to(device).permute(2, 0, 1).float().div_(255)
        (found,) = detector([pixels])
    return Found(found["boxes"].float().cpu().numpy(), found["scores"].float().cpu().numpy())
