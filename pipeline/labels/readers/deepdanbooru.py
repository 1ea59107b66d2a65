"""DeepDanbooru's project: a database of SQLite with a table of posts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from pipeline.labels.content_ratings import Meaning
from pipeline.labels.danbooru import labels_of
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content

_MARK = b"SQLite format 3\0"
_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'posts'"


def confidence(content: Content) -> float:
    """Certain of any database of SQLite: no other format here is one."""
    return 1.0 if not content.compression and content.raw_head.startswith(_MARK) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the tags, content rating and scores of every post."""
    address = f"{content.path.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as database:
        database.row_factory = sqlite3.Row
        database.text_factory = lambda text: text.decode("utf-8", "replace")
        try:
            if not database.execute(_TABLE).fetchone():
                report.note("it has no table “posts”")
                return
            s = _meaning_of_s(database, report)
            for row in database.execute("SELECT * FROM posts"):
                yield from labels_of(dict(row), report, s)
        except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter of a column's name
            report.note(f"the rest of it cannot be read: {error}")


def _meaning_of_s(database: sqlite3.Connection, report: LabelReport) -> Meaning:
    """Sensitive if any post is rated g; else safe."""
    names = [row["name"] for row in database.execute("PRAGMA table_info(posts)")]
    if "rating" not in names:
        return "safe"
    rated_g = database.execute("SELECT 1 FROM posts WHERE rating = 'g'").fetchone()
    meaning: Meaning = "sensitive" if rated_g else "safe"
    reason = "posts are rated g" if rated_g else "no post is rated g"
    report.note(f"rating s is taken for {meaning}, as {reason}")
    return meaning


READER = Reader("DeepDanbooru SQLite", "a database with a table “posts”", confidence, read)
