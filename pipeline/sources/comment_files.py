"""The verbs for comment files without a video: ``inspect`` and ``convert``."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.danmaku.comments.writing import format_names, write_comments
from pipeline.engine.application import Call, Command
from pipeline.engine.command_line import VerbParser
from pipeline.runtime.arguments import path
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error

if TYPE_CHECKING:
    from pipeline.danmaku.comments.import_report_file import ImportReport


def _add_files(parser: VerbParser) -> None:
    parser.add_argument(
        "files", nargs="+", type=path, metavar="FILE", help="a comment file of any format"
    )
    parser.add_argument("--json", action="store_true", help="report as JSON, one line a file")


def _add_files_and_target(parser: VerbParser) -> None:
    _add_files(parser)
    parser.add_argument("--force", action="store_true", help="replace the last file if it exists")


def _inspect(call: Call) -> ExitCode:
    """Say what is in comment files: format, comments kept, left out and repaired."""
    from pipeline.danmaku.comments.importing import CommentImport

    first = ExitCode.OK
    for file in call.options.files:
        try:
            comments = CommentImport([file])
            deque(comments, maxlen=0)
            _print(comments.report, as_json=call.options.json)
        except (PipelineError, OSError) as error:
            known = error if isinstance(error, PipelineError) else from_os_error(error)
            if known is None or call.options.verbose:
                raise
            call.say(f"error: {known}")
            first = first or known.code
    return first


def _convert(call: Call) -> ExitCode:
    """Write comment files of any format as the last file that is named, by its ending.

    Several are merged, without duplicates. The endings are those of the formats that export
    writes: .ass, .vtt, .csv, .niconico.xml, .nvcomment.json, .bilibili.xml and .layout.json. Where
    it is another one, --format says what to write.
    """
    from pipeline.danmaku.comments.importing import CommentImport

    *files, target = call.options.files
    if not files:
        raise PipelineError(
            ExitCode.USAGE,
            f"what to convert {target} to is missing",
            f"Name a file to write, as in `make convert {target} {target.with_suffix('.ass')}`;"
            f" `make inspect {target}` says what is in it",
        )
    name = call.options.format or _format_of(target)
    if target.exists() and not call.options.force:
        raise PipelineError(
            ExitCode.USAGE,
            f"{target} is there already",
            "The last file is the one that is written: choose another name, or add --force",
        )
    comments = CommentImport(files)
    written = write_comments(target, name, comments)
    _print(comments.report, as_json=call.options.json)
    call.say(f"{target}: {written}")
    return ExitCode.OK


def _format_of(target: Path) -> str:
    """The format that a file's ending stands for. Raises PipelineError USAGE."""
    name = next(filter(target.name.endswith, (f".{name}" for name in format_names())), None)
    if name is None:
        raise PipelineError(
            ExitCode.USAGE,
            f"the ending of {target} is not that of a format",
            f"Add --format with one of {', '.join(format_names())}",
        )
    return name[1:]


def _print(report: ImportReport, *, as_json: bool) -> None:
    from pipeline.danmaku.comments.import_report_text import full_text

    text = msgspec.json.encode(report).decode() + "\n" if as_json else full_text(report)
    print(text, end="")


INSPECT = Command("inspect", _inspect, _add_files)
CONVERT = Command("convert", _convert, _add_files_and_target, uses=("format",))
