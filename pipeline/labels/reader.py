"""The interface of a reader for one label format."""

from __future__ import annotations

from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label
from pipeline.reading import reader

Reader = reader.Reader[Label, LabelReport]
"""One format; each module in ``labels.readers`` declares one as ``READER``."""
