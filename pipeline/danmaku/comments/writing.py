"""Write comments in another format, and report what that format cannot carry."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.danmaku.comments import writers
from pipeline.danmaku.comments.owner_scripts import INVISIBLE, apply_scripts
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writer import Output, Writer
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.runtime.atomic_files import published
from pipeline.runtime.quantities import counted

_FIELDS: Mapping[str, str] = {
    "commands": "commands",
    "no": "numbers",
    "thread": "threads",
    "fork": "forks",
    "user": "authors",
    "posted_at": "dates",
    "posted_us": "microseconds of dates",
    "premium": "premium marks",
    "score": "shared-NG scores",
    "nicoru": "likes",
}
"""Names of what may be lost. The file that a comment comes from is never written."""

_NOTHING = Comment(time_ms=0, text="", fork="main")


def format_names() -> list[str]:
    """The names of all formats, which are also the endings of their files."""
    return sorted(
        module.name.replace("_", ".") for module in pkgutil.iter_modules(writers.__path__)
    )


def write_comments(
    path: Path,
    name: str,
    comments: Iterable[Comment],
    screen: Screen = Screen(),  # noqa: B008  # it is frozen
    layout: LayoutSettings = LayoutSettings(),  # noqa: B008  # it is frozen
) -> str:
    """Publish ``comments`` in the format ``name``; return a summary in one line."""
    module = importlib.import_module(f"{writers.__name__}.{name.replace('.', '_')}")
    writer: Writer = module.WRITER
    with published(path) as temporary, temporary.open("wb") as file:
        output = Output(file, screen, layout)
        shown = comments if writer.scripts == "kept" else _scripts_applied(comments, writer, output)
        writer.write(_recording_losses(shown, writer, output), output)
    summary = f"{counted(output.written, 'comment')} written"
    if not output.lost:
        return summary
    lost = ", ".join(f"{what} ({count})" for what, count in output.lost.most_common())
    return f"{summary}; {name} cannot carry {lost}"


def _scripts_applied(comments: Iterable[Comment], writer: Writer, output: Output) -> list[Comment]:
    """The comments after the uploader's scripts, without hidden ones if the writer drops them."""
    before = list(comments)
    after = apply_scripts(before)
    if writer.scripts == "applied":
        return after
    shown = []
    for old, new in zip(before, after, strict=True):
        if INVISIBLE in new.commands and INVISIBLE not in old.commands:
            output.lose("the uploader's scripts and the comments they hide")
        else:
            shown.append(new)
    return shown


def _recording_losses(
    comments: Iterable[Comment], writer: Writer, output: Output
) -> Iterator[Comment]:
    """Yield the same comments, recording the fields that the format does not have."""
    lost = [(field, title) for field, title in _FIELDS.items() if field not in writer.carries]
    for comment in comments:
        for field, title in lost:
            if getattr(comment, field) not in (None, getattr(_NOTHING, field)):
                output.lose(title)
        yield comment
