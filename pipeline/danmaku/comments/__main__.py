"""Inspect comment files of any format, or convert them to another one.

python -m pipeline.danmaku.comments ep1.xml                   what is in it
python -m pipeline.danmaku.comments ep1.xml --to ep1.ass      for players
python -m pipeline.danmaku.comments a.json b.xml --to all.csv merged, without duplicates
"""

from __future__ import annotations

import argparse
import sys
from collections import deque
from pathlib import Path

import msgspec

from pipeline.danmaku.comments.import_report_file import ImportReport
from pipeline.danmaku.comments.import_report_text import full_text
from pipeline.danmaku.comments.importing import CommentImport
from pipeline.danmaku.comments.writing import format_names, write_comments
from pipeline.runtime.arguments import Parser, path
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error


def main() -> ExitCode:
    """Run the command line; return the exit code of the first failure, or OK."""
    try:
        options = _parser().parse_args()
    except PipelineError as error:
        print(f"comments: error: {error}", file=sys.stderr)
        return error.code
    jobs = [options.files] if options.to else [[file] for file in options.files]
    codes = [_attempt(files, options) for files in jobs]
    return next((code for code in codes if code), ExitCode.OK)


def _parser() -> Parser:
    parser = Parser(prog="python -m pipeline.danmaku.comments", description=__doc__)
    parser.add_argument("files", nargs="+", type=path, metavar="FILE")
    parser.add_argument("--to", type=path, metavar="FILE", help="write the comments of all files")
    parser.add_argument(
        "--format",
        choices=format_names(),
        help="the format to write; by default that of the ending of --to",
    )
    parser.add_argument("--json", action="store_true", help="report as JSON, one line a file")
    parser.add_argument("-v", "--verbose", action="store_true", help="show tracebacks")
    return parser


def _attempt(files: list[Path], options: argparse.Namespace) -> ExitCode:
    try:
        if options.to:
            _convert(files, options)
        else:
            comments = CommentImport(files)
            deque(comments, maxlen=0)
            _print(comments.report, options.json)
    except (PipelineError, OSError) as error:
        known = error if isinstance(error, PipelineError) else from_os_error(error)
        if known is None or options.verbose:
            raise
        print(f"comments: error: {known}", file=sys.stderr)
        return known.code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    return ExitCode.OK


def _convert(files: list[Path], options: argparse.Namespace) -> None:
    name = options.format or next(filter(str(options.to).endswith, format_names()), None)
    if name is None:
        raise PipelineError(
            ExitCode.USAGE,
            f"the ending of {options.to} is not that of a format",
            f"Add --format with one of {', '.join(format_names())}",
        )
    comments = CommentImport(files)
    written = write_comments(options.to, name, comments)
    _print(comments.report, options.json)
    print(f"{options.to}: {written}", file=sys.stderr)


def _print(report: ImportReport, as_json: bool) -> None:
    text = msgspec.json.encode(report).decode() + "\n" if as_json else full_text(report)
    print(text, end="")


if __name__ == "__main__":
    sys.exit(main())
