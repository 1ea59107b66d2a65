"""Learns the comments that viewers leave on a video and writes its own.

    yajiuma render ep1.mp4                    learn from its comments, or comment on it
    yajiuma render --of comments ep1.mp4      draw the comments that lie beside it
    yajiuma render report ep1.mp4             several verbs at once
    yajiuma convert ep1.xml ep1.ass           comments of any format for players

Each verb makes what is missing or out of date, with all it needs, and nothing else.
In a checkout, `make VERB` does the same.
"""

from __future__ import annotations

import signal
from contextlib import suppress

from pipeline.demo import CAPTIONS_DEMO, DEMO, FACES_DEMO, TRANSLATION_DEMO
from pipeline.engine.application import Application
from pipeline.engine.command_line import PROGRAM
from pipeline.engine.commands.clean import CLEAN
from pipeline.engine.commands.completion import COMPLETION
from pipeline.engine.commands.docs import DOCS
from pipeline.engine.commands.doctor import doctor
from pipeline.engine.commands.manual import MANUAL
from pipeline.engine.commands.plan import PLAN
from pipeline.engine.commands.run import run
from pipeline.engine.workspace import Workspace
from pipeline.fetching.command import FETCH
from pipeline.learning.checks import CHECKS as LEARNING
from pipeline.lettering.checks import CHECKS as LETTERING
from pipeline.media.checks import CHECKS as MEDIA
from pipeline.pictures.checks import CHECKS as PICTURES
from pipeline.runtime.errors import ExitCode, PipelineError, called_as
from pipeline.runtime.leaving import leave
from pipeline.sources.comment_files import CONVERT, INSPECT
from pipeline.sources.comparing import COMPARE
from pipeline.sources.models import MODELS
from pipeline.sources.picture_search import SEARCH_PICTURES
from pipeline.sources.translation_sizes import TRANSLATION_SIZES
from pipeline.sources.videos import Videos
from pipeline.text.checks import CHECKS as TEXT


def _list_reports(workspace: Workspace) -> None:
    """Make the page that leads to all reports anew, from whatever runs they are."""
    from pipeline.report.table import write_table

    # A full disk or a busy folder must not hide what was made; the next report lists it.
    with suppress(OSError, PipelineError), workspace.gate():
        write_table(workspace.folder, workspace.item_names())


CHECKS = [*LEARNING, *PICTURES, *MEDIA, *TEXT, *LETTERING]
APPLICATION = Application(
    description=__doc__ or "",
    items=Videos(),
    commands=[
        DEMO,
        CAPTIONS_DEMO,
        TRANSLATION_DEMO,
        FACES_DEMO,
        FETCH,
        CONVERT,
        INSPECT,
        SEARCH_PICTURES,
        TRANSLATION_SIZES,
        COMPARE,
        PLAN,
        MODELS,
        CLEAN,
        doctor(CHECKS),
        DOCS,
        COMPLETION,
        MANUAL,
    ],
    run=run,
    refresh=_list_reports,
)


def main() -> ExitCode:
    """Run one verb and return what to exit with."""
    return APPLICATION.main()


def command() -> None:
    """The program ``yajiuma``."""
    called_as(PROGRAM)
    run_and_exit()


def run_and_exit() -> None:
    """Run one verb, and exit without being stopped on the way."""
    code = main()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # nothing is left to be stopped
    leave(code)


if __name__ == "__main__":
    run_and_exit()
