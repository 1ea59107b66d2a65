from pathlib import Path

from pipeline.comments.rhythm import Rhythm
from tests.aligned import aligned


def test_each_second_of_every_video_is_counted() -> None:
    first = aligned(time_ms=[0, 999, 1000, 2500], duration_ms=3500)
    second = aligned(time_ms=[100], duration_ms=1000)
    assert Rhythm.of([first, second]).per_second == [2, 1, 1, 0, 1]


def test_times_outside_the_video_belong_to_its_ends() -> None:
    video = aligned(time_ms=[-5000, -1, 2000, 99_000], duration_ms=2000)
    assert Rhythm.of([video]).per_second == [2, 2]


def test_sets_of_commands_are_ranked_by_how_often_they_occur() -> None:
    video = aligned(time_ms=[0] * 5, commands=[["ue"], [], ["ue", "red"], [], ["red"]])
    assert Rhythm.of([video]).commands == [(2, []), (1, ["red"]), (1, ["ue"]), (1, ["ue", "red"])]


def test_it_reads_back_what_it_saved(tmp_path: Path) -> None:
    rhythm = Rhythm([1, 0, 2], [(2, ["ue", "red"]), (1, [])])
    rhythm.save(tmp_path / "rhythm.json")
    assert Rhythm.load(tmp_path / "rhythm.json") == rhythm
