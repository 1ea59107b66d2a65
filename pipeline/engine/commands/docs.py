"""The verb ``docs``: the documentation, wherever the package lies."""

from __future__ import annotations

from pipeline.engine.application import Call, Command
from pipeline.engine.command_line import VerbParser
from pipeline.runtime.errors import ExitCode
from pipeline.runtime.paths import DOCS as FOLDER


def _names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def _add_options(parser: VerbParser) -> None:
    parser.add_argument(
        "document", nargs="?", choices=_names(), metavar="DOCUMENT", help=", ".join(_names())
    )


def _run(call: Call) -> ExitCode:
    """Say where the documentation lies, or print a document of it."""
    if name := call.options.document:
        print((FOLDER / f"{name}.md").read_text(encoding="utf-8"), end="")
    else:
        print(f"{FOLDER}: {', '.join(_names())}")
    return ExitCode.OK


DOCS = Command("docs", _run, _add_options)
