"""``import_report.txt``: the import report of label files, for people."""

from __future__ import annotations

from functools import partial

from pipeline.labels.label_report import LabelReport
from pipeline.reading import import_report_text

full_text = partial(import_report_text.full_text, noun=LabelReport.noun)
summary = partial(import_report_text.summary, noun=LabelReport.noun)
