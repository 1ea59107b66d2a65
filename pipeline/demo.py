"""The verb ``demo``: the synthetic show, learned from and commented on."""

from __future__ import annotations

import argparse
import shutil
from dataclasses import replace

from pipeline.engine.application import Call, Command
from pipeline.runtime.errors import ExitCode
from pipeline.runtime.paths import CONFIGS
from pipeline.show.__main__ import make_and_tell
from pipeline.show.spec import EpisodeSpec

_LEARNED, _COMMENTED = EpisodeSpec(episode=1, seconds=240), EpisodeSpec(episode=2, seconds=90)


def _run(call: Call) -> ExitCode:
    """Draw two episodes of a show, learn from one, and comment on the other."""
    show = call.options.workdir / "show"
    for episode in (_LEARNED, _COMMENTED):
        make_and_tell(show, episode)
    config = shutil.copy(CONFIGS / "demo.yaml", show / "demo.yaml")  # beside what it names
    # Nothing else that the environment names belongs to the show.
    options = argparse.Namespace(**vars(call.options) | {"config": config, "items": []})
    options.verbs, options.comments, options.model = ["render", "report"], None, None
    code = call.application.run(replace(call, options=options))
    if code == ExitCode.OK:
        made = call.options.workdir / _COMMENTED.stem
        print(f"Watch {made}/annotated.mp4 and open {made}/report/index.html.")
    return code


DEMO = Command("demo", _run, uses=("workdir", "set", "profile", "wait"), extra="learn")
