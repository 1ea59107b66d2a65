"""``import_report.txt``: the import report of comment files, for people."""

from __future__ import annotations

from functools import partial

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.reading import import_report_text

full_text = partial(import_report_text.full_text, noun=CommentReport.noun)
summary = partial(import_report_text.summary, noun=CommentReport.noun)
file_summary = partial(import_report_text.file_summary, noun=CommentReport.noun)
