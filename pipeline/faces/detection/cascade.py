"""Cascades of OpenCV's, such as ``lbpcascade_animeface.xml``: quick, and right now and then."""

from __future__ import annotations

from pathlib import Path
from threading import local
from typing import Any

import numpy as np

from pipeline.faces.detection.detector import Found
from pipeline.media.pixels import Picture
from pipeline.pictures.backbones.weights_file import file_identity
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.extras import require_extra

_STEP = 1.1
"""From one size of the window to the next."""
_HALF_SURE = 5
"""Windows that agree on a face of which one can be half sure: what is usually demanded."""


class Cascade:
    """A cascade from an XML file."""

    def __init__(self, path: Path, least: float) -> None:
        """``least`` is the smallest face that is looked for, in pixels.

        Raises PipelineError: NOT_INSTALLED without OpenCV, WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS.
        """
        require_extra("faces", ["cascades"])
        self._path, self._least = path, max(1, round(least))
        self._own = local()
        self._classifier()
        self.name = file_identity(path)

    def __call__(self, picture: Picture) -> Found:
        """See ``Detector``.

        A cascade gives no probability: n windows that agree count as n / (n + 5).
        """
        import cv2

        grey = cv2.equalizeHist(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
        found, agreed = self._classifier().detectMultiScale2(
            grey, scaleFactor=_STEP, minNeighbors=1, minSize=(self._least, self._least)
        )
        if not len(found):
            return Found.nothing()
        boxes = np.array(found, np.float32)
        boxes[:, 2:] += boxes[:, :2]
        windows = np.array(agreed, np.float32)
        return Found(boxes, windows / (windows + _HALF_SURE))

    def _classifier(self) -> Any:
        """The calling thread's own: they keep what they compute."""
        if not hasattr(self._own, "classifier"):
            self._own.classifier = _load(self._path)
        return self._own.classifier


def _load(path: Path) -> Any:
    import cv2

    if not path.is_file():
        raise PipelineError(
            ExitCode.WEIGHTS_UNAVAILABLE,
            f"there is no cascade at {path}",
            "Check the path under `faces: detect: detectors:`",
        )
    try:
        # Read as text, since OpenCV takes a path that it cannot open for an empty cascade.
        storage = cv2.FileStorage(
            path.read_text("utf-8"), cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY
        )
        classifier = cv2.CascadeClassifier()
        good = classifier.read(storage.getFirstTopLevelNode())
    except (cv2.error, SystemError, UnicodeDecodeError):
        good = False
    if not good:
        raise PipelineError(
            ExitCode.INVALID_WEIGHTS,
            f"{path} is no cascade that OpenCV can read",
            "Give the XML file of a cascade classifier, such as lbpcascade_animeface.xml",
        )
    return classifier
