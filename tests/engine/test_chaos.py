"""The short form of `make chaos`: a few faults come down on a small season."""

import random
from pathlib import Path

from tests.chaos.disks import Folder
from tests.chaos.season import Season
from tests.chaos.storm import Storm
from tests.engine.project import RESULTS, Project

EPISODES, FAULTS = 3, 7
VERBS = ["render"]


def test_faults_do_not_show_in_the_results(
    untouched: Project, finished: Project, tmp_path: Path
) -> None:
    season = Season(untouched.copy_to(tmp_path / "season"), EPISODES, VERBS)
    undisturbed = Season(finished.copy_to(tmp_path / "undisturbed"), EPISODES, VERBS)
    undisturbed.make()
    expected = {
        name: content
        for name, content in undisturbed.results().items()
        if (name in RESULTS and "corpus" not in name)  # `render` needs none
        or Path(name).name in ("generated.jsonl", "annotated.mp4")
    }
    assert len(expected) > len(RESULTS) - 1
    storm = Storm(season, Folder(tmp_path), random.Random(6), FAULTS, lull=1.5)
    told = [str(ran) for ran in storm.rage()]
    assert not list(storm.problems(expected)), told
    assert storm.faults().total() + storm.missed.total() >= FAULTS, told
