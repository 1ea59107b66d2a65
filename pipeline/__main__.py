"""The driver: `python -m pipeline VERB` does what `make VERB` asks.

A verb is the name of a stage, which is brought up to date with all it needs, or one of
all, fetch, plan, models, clean and doctor. Several stages may be named at once; all stands for
those whose outputs are for people to open.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress

from pipeline.danmaku.drawing.checks import CHECKS as DRAWING
from pipeline.engine.application import Application
from pipeline.engine.commands.clean import CLEAN
from pipeline.engine.commands.doctor import doctor
from pipeline.engine.commands.plan import PLAN
from pipeline.engine.commands.run import run
from pipeline.engine.workspace import Workspace
from pipeline.fetching.command import FETCH
from pipeline.learning.checks import CHECKS as LEARNING
from pipeline.media.checks import CHECKS as MEDIA
from pipeline.pictures.checks import CHECKS as PICTURES
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.models import MODELS
from pipeline.sources.videos import Videos
from pipeline.text.checks import CHECKS as TEXT


def _list_reports(workspace: Workspace) -> None:
    """Make the page that leads to all reports anew, from whatever runs they are."""
    from pipeline.report.table import write_table

    # A full disk or a busy folder must not hide what was made; the next report lists it.
    with suppress(OSError, PipelineError), workspace.gate():
        write_table(workspace.folder, workspace.item_names())


CHECKS = [*LEARNING, *PICTURES, *MEDIA, *TEXT, *DRAWING]
APPLICATION = Application(
    items=Videos(),
    commands=[FETCH, PLAN, MODELS, CLEAN, doctor(CHECKS)],
    run=run,
    refresh=_list_reports,
)


def main() -> ExitCode:
    """Run one verb and return what to exit with."""
    return APPLICATION.main(__doc__)


if __name__ == "__main__":
    code = main()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # nothing is left to be stopped
    sys.exit(code)
