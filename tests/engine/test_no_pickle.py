"""Nothing is ever unpickled from a file, by the project or by a library on its behalf."""

import re

from tests.engine.project import Project

STAGES = ["pictures.frames", "pictures.features"]
STAGES += [
    f"danmaku.{name}"
    for name in (
        *("comments", "vocabulary", "delay", "align", "rate", "train", "generate", "evaluate"),
        *("explain", "statistics", "render", "report"),
    )
]


def test_a_whole_run_unpickles_nothing_of_a_file(finished: Project) -> None:
    notes = (finished.folder / "unpickled.txt").read_text().splitlines()
    started = " ".join(line for line in notes if line.startswith("started "))
    assert "-m pipeline render report" in started
    assert [stage for stage in STAGES if f"-m stages.{stage} " not in started] == []
    # tensorboardX hands its events to a thread of the same process through a pipe.
    own = re.compile(r".* for multiprocessing/queues\.py < tensorboardX/event_file_writer\.py < .*")
    others = [line for line in notes if not line.startswith("started ") and not own.match(line)]
    assert others == []
