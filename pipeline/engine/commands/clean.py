"""Remove what was made of the items that are named."""

from __future__ import annotations

from pipeline.engine.application import Call, Command
from pipeline.runtime.errors import ExitCode


def _run(call: Call) -> ExitCode:
    """Remove the folder of what is named, with all that was made in it."""
    workspace, settings = call.workspace, call.settings
    this_run = workspace.begin_run(call.profile)
    try:
        with workspace.gate():
            folders = call.items.named(workspace, settings, call.options)
            removed = [name for name in folders if workspace.remove(this_run, name)]
    finally:
        this_run.undo()
    for name in removed:
        call.say(f"removed {workspace.folder / name}")
    if removed:
        call.application.refresh(workspace)
    else:
        there = ", ".join(call.items.known(workspace, call.options)) or "nothing"
        call.say(f"there was nothing to remove; in {workspace.shown('')} there is {there}")
    return ExitCode.OK


CLEAN = Command("clean", _run, takes_items=True, uses=("config", "workdir"))
