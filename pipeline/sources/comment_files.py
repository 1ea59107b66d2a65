"""The verbs for comment files without a video: ``inspect`` and ``convert``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.danmaku.comments.writing import format_names, write_comments
from pipeline.engine.application import Call, Command
from pipeline.engine.command_line import VerbParser
from pipeline.runtime.arguments import path
from pipeline.runtime.clock import clock_text
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error
from pipeline.runtime.spelling import did_you_mean

if TYPE_CHECKING:
    from pipeline.reading.import_report_file import ImportReport


def _add_files(parser: VerbParser) -> None:
    parser.add_argument(
        "files", nargs="+", type=path, metavar="FILE", help="a comment file of any format"
    )
    parser.add_argument("--json", action="store_true", help="report as JSON, one line a file")


def _add_files_and_target(parser: VerbParser) -> None:
    _add_files(parser)
    parser.add_argument("target", type=path, metavar="TARGET", help="the file to write")
    parser.add_argument("--force", action="store_true", help="replace TARGET if it exists")


def _inspect(call: Call) -> ExitCode:
    """Say what is in comment files: format, comments kept, left out and repaired, their times."""
    from pipeline.danmaku.comments.importing import CommentImport

    first = ExitCode.OK
    for file in call.options.files:
        try:
            comments = CommentImport([file])
            last_ms = max(comment.time_ms for comment in comments)
            times = {"first_ms": comments.earliest_ms or 0, "last_ms": last_ms}
            _print(comments.report, call.options.json, times)
        except (PipelineError, OSError) as error:
            known = error if isinstance(error, PipelineError) else from_os_error(error)
            if known is None or call.options.verbose:
                raise
            call.say(f"error: {known}")
            first = first or known.code
    return first


def _convert(call: Call) -> ExitCode:
    """Write comment files of any format as another one, by its ending.

    Several are merged, without duplicates. The endings are those of the formats that export
    writes: .ass, .vtt, .csv, .niconico.xml, .nvcomment.json, .bilibili.xml and .layout.json. Where
    TARGET has another one, --format says what to write.
    """
    from pipeline.danmaku.comments.importing import CommentImport

    target = call.options.target
    name = _format(call.options.format, target)
    if target.exists() and not call.options.force:
        raise PipelineError(
            ExitCode.USAGE,
            f"{target} is there already",
            "Choose another name for the last file, which is written, or add --force",
        )
    comments = CommentImport(call.options.files)
    written = write_comments(target, name, comments)
    _print(comments.report, call.options.json)
    call.say(f"{target}: {written}")
    return ExitCode.OK


def _format(given: str | None, target: Path) -> str:
    """The format that is ``given``, or else that of the file's ending. Raises USAGE."""
    names = format_names()
    known = f"one of {', '.join(names)}"
    if given:
        if given not in names:
            remedy = did_you_mean(given, names, f"Name {known}")
            raise PipelineError(ExitCode.USAGE, f"there is no format {given}", remedy)
        return given
    for name in names:
        if target.name.endswith(f".{name}"):
            return name
    problem = f"the ending of {target} is not that of a format"
    raise PipelineError(ExitCode.USAGE, problem, f"Add --format with {known}")


def _print(report: ImportReport, as_json: bool, times: Mapping[str, int] | None = None) -> None:
    """Print a report, and the ``times`` of the first and the last comment where they are known."""
    from pipeline.danmaku.comments.import_report_text import full_text

    if as_json:
        print(msgspec.json.encode({**msgspec.to_builtins(report), **(times or {})}).decode())
        return
    print(full_text(report), end="")
    if times:
        print("    from {} to {}".format(*map(clock_text, times.values())))


INSPECT = Command("inspect", _inspect, _add_files)
CONVERT = Command("convert", _convert, _add_files_and_target, uses=("format",))
