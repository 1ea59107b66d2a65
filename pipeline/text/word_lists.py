"""Lists that people write for us: a word, an expression or an id a line."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.reading.content import Content
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.normalize import folded


def has_ng_words(text: str, words: re.Pattern[str] | None) -> bool:
    """Whether ``text`` matches ``words``, a pattern made by ``load_ng_words``."""
    return words is not None and words.search(folded(text)) is not None


def load_ng_words(file: str | None) -> re.Pattern[str] | None:
    """A pattern that matches any line of the file: a word, or an expression between slashes.

    Case and width do not matter. There is none without a file, or of an empty one. Raises
    PipelineError INVALID_SETTING, naming the line.
    """
    patterns = []
    for number, line in lines_of(Path(file)) if file else ():
        expression = line[1:-1] if len(line) > 2 and line[0] == line[-1] == "/" else None
        try:
            re.compile(expression or "")
        except re.error as error:
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"{file}:{number}: {line} is not a valid regular expression ({error})",
                "Correct it, or remove the slashes to match the word as it stands",
            ) from None
        patterns.append(expression or re.escape(folded(line)))
    return re.compile("|".join(f"(?:{p})" for p in patterns)) if patterns else None


def lines_of(path: Path) -> list[tuple[int, str]]:
    """The numbered lines of a list, without empty ones and those that begin with ``# ``."""
    try:
        content = Content.open(path)
        problem = "it is not text in a known encoding" if _is_binary(content) else ""
    except OSError as error:
        problem = error.strerror or str(error)
    if problem:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"cannot read the list {path}: {problem}",
            "Give the path of a text file with one entry a line",
        )
    text = "".join(content.text())
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return [(number, line) for number, line in lines if line and not line.startswith("# ")]


def _is_binary(content: Content) -> bool:
    return bool(content.raw_head and not content.head)
