"""Bokete's jokes as Image2Boke's spider saves them: a picture with all of its jokes and stars."""

from __future__ import annotations

from pipeline.labels.bokete import KEYS, labels_of
from pipeline.labels.json_reader import json_reader

READER = json_reader("Bokete JSON", KEYS, labels_of, typical=("number",))
