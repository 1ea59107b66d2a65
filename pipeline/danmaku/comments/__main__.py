"""Look into comment files of any format, or write them as another one.

python -m pipeline.danmaku.comments ep1.xml       what is in it, and what could be saved
python -m pipeline.danmaku.comments ep1.xml --to ep1.ass  written for players
python -m pipeline.danmaku.comments a.json b.xml --to all.csv  merged, duplicates left out
"""

from __future__ import annotations

import argparse
import sys
from collections import deque
from pathlib import Path

import msgspec

from pipeline.danmaku.comments.filters import Rules
from pipeline.danmaku.comments.gathering import Gathering, Limits
from pipeline.danmaku.comments.report import full_text
from pipeline.danmaku.comments.salvage import Salvage
from pipeline.danmaku.comments.writing import format_names, write_comments
from pipeline.runtime.arguments import Parser, path
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error


def main() -> ExitCode:
    """Run the command line and return what to exit with: the code of the first failure."""
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
        help="what to write; without it the ending of --to tells",
    )
    parser.add_argument("--json", action="store_true", help="report as JSON, a line for each file")
    parser.add_argument("-v", "--verbose", action="store_true", help="show tracebacks")
    return parser


def _attempt(files: list[Path], options: argparse.Namespace) -> ExitCode:
    try:
        if options.to:
            _convert(files, options)
        else:
            gathering = _gathered(files)
            deque(gathering, maxlen=0)
            _report(gathering.salvage, options.json)
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
            f"the ending of {options.to} does not tell the format",
            f"Add --format with one of {', '.join(format_names())}",
        )
    gathering = _gathered(files)
    written = write_comments(options.to, name, gathering)
    _report(gathering.salvage, options.json)
    print(f"{options.to}: {written}", file=sys.stderr)


def _gathered(files: list[Path]) -> Gathering:
    return Gathering(files, None, Rules(), Limits())


def _report(salvage: Salvage, as_json: bool) -> None:
    text = msgspec.json.encode(salvage).decode() + "\n" if as_json else full_text(salvage)
    print(text, end="")


if __name__ == "__main__":
    sys.exit(main())
