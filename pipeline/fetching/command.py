"""The verb ``fetch``: the command around ``fetch``."""

from __future__ import annotations

import logging
from datetime import date

from pipeline.engine.application import Call, Command
from pipeline.engine.command_line import VerbParser
from pipeline.runtime.errors import ExitCode, PipelineError


def _add_options(parser: VerbParser) -> None:
    parser.variable("url", shown=True, help="page of the video to fetch")
    parser.variable(
        "limit",
        shown=True,
        metavar="N",
        help="how many comments are fetched, newest first (default: 20000)",
    )
    parser.variable(
        "since", shown=True, metavar="2012-04-28", help="the day back to which comments are fetched"
    )


def _run(call: Call) -> ExitCode:
    """Download a video and its comments, to workdir/fetched."""
    logging.basicConfig(level=logging.INFO, format="fetch: %(message)s")
    from pipeline.fetching.fetch import fetch

    options = call.options
    limit, since, url = _limit(options.limit), _since(options.since), options.url or ""
    with call.workspace.alone(f"fetch {url}"):
        fetched = fetch(url, options.workdir / "fetched", limit, since)
    for note in fetched.notes:
        call.say(note)
    for path in filter(None, [fetched.video, fetched.comments]):
        call.say(str(path))
    return ExitCode.OK


def _limit(text: str | None) -> int | None:
    if text and not (text.isascii() and text.isdecimal()):
        raise PipelineError(
            ExitCode.USAGE, f"LIMIT= is {text}, which is not a number", "Write LIMIT=20000"
        )
    return int(text) if text else None


def _since(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise PipelineError(
            ExitCode.USAGE, f"SINCE= is {text}, which is not a day", "Write SINCE=2012-04-28"
        ) from None


FETCH = Command("fetch", _run, _add_options, uses=("workdir",), extra="fetch")
