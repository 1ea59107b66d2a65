"""Coverage-guided fuzzing of one reader: ``python -m tests.fuzz niconico_xml CORPUS [options]``.

Needs the extra ``fuzz`` (atheris). Options are libFuzzer's: ``-max_total_time=600`` stops after
ten minutes, and ``-timeout=10`` and ``-rss_limit_mb=2048`` define a hang and excessive memory. What
it finds is written to the current folder; a reduced version belongs in the tests of the reader.
"""

from __future__ import annotations

import importlib
import logging
import sys
import tempfile
from pathlib import Path

import atheris
import msgspec

_INSTRUMENTED = ["pipeline.danmaku.comments", "pipeline.reading", "ijson", "pysubs2"]
with atheris.instrument_imports(include=_INSTRUMENTED):
    from pipeline.danmaku.comments.comment_report import CommentReport
    from pipeline.danmaku.comments.record import Comment
    from pipeline.reading.content import Content
    from pipeline.runtime.errors import PipelineError

    reader = importlib.import_module(f"pipeline.danmaku.comments.readers.{sys.argv[1]}").READER

_FILE = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)) / "f"  # noqa: S108


def read_anything(content: bytes) -> None:
    """Any bytes give comments that can be written, or a clear error."""
    _FILE.write_bytes(content)
    report = CommentReport("f", reader.format)
    try:
        opened = Content.open(_FILE)
        reader.confidence(opened)
        comments = list(reader.read(opened, report))
    except PipelineError:
        return
    assert len(comments) == report.kept
    for comment in comments:
        assert msgspec.json.decode(msgspec.json.encode(comment), type=Comment) == comment
    msgspec.json.encode(report.result())


if __name__ == "__main__":
    logging.disable()
    atheris.Setup([sys.argv[0], *sys.argv[2:]], read_anything)
    atheris.Fuzz()
