"""Which results a comparison takes, and which it refuses."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.comparison.compared import NEEDED
from pipeline.danmaku.evaluation.values_file import Values, digest_of_comments
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.comparing import chosen, readable, require_current
from tests.aligned import aligned
from tests.danmaku.comparison.made_up import FRAMES, SECONDS, model


@pytest.fixture
def results(tmp_path: Path) -> dict[str, Path]:
    """Whole ones of two models, and half of those of a third."""
    folders = {"a": tmp_path, "b": tmp_path / "b", "half": tmp_path / "half"}
    for name, folder in folders.items():
        folder.mkdir(exist_ok=True)
        for file in NEEDED[: 1 if name == "half" else None]:
            (folder / file).touch()
    return folders


def test_those_that_are_named_are_compared_in_their_order(results: dict[str, Path]) -> None:
    assert list(chosen(results, "b, a", "ep1", [])) == ["b", "a"]
    del results["half"]
    assert list(chosen(results, "", "ep1", [])) == ["a", "b"]


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ("a", "a comparison takes two models, and ep1 has results of a and b and half"),
        ("a,c", "c has not commented on ep1.*`make report VIDEO=… MODEL=c`"),
        ("a,d", "d has not commented on ep1.*There is no such model"),
        ("a,half", "the results of half on ep1 lack explained.h5 and evaluation.json and"),
    ],
)
def test_others_are_refused_with_a_remedy(
    results: dict[str, Path], wanted: str, problem: str
) -> None:
    with pytest.raises(PipelineError, match=problem) as error:
        chosen(results, wanted, "ep1", {"a", "c"})
    assert error.value.code == ExitCode.NO_MODEL


def comments(word: str) -> Aligned:
    number = list(range(SECONDS))
    return aligned(
        time_ms=[1000 * n for n in number],
        words=[[word] for _ in number],
        frame=number,
        picture=[0] * SECONDS,
        frames=SECONDS,
        duration_ms=1000 * SECONDS,
    )


def test_results_on_what_the_video_no_longer_is_are_refused() -> None:
    measured = comments("a")
    digest = digest_of_comments(measured, np.arange(SECONDS))
    here = model("a", 1, basis={"comments": digest})
    require_current("ep1", here, FRAMES, measured)
    elsewhere = model("a", 1, basis={"comments": digest, "frames": "other"})
    stale = [
        ("another version of the video", elsewhere, measured),
        ("other comments than there are now", here, comments("b")),
    ]
    for problem, one, now in stale:
        with pytest.raises(PipelineError, match=problem):
            require_current("ep1", one, FRAMES, now)


def test_damaged_results_are_refused_by_whose_they_are(tmp_path: Path) -> None:
    (tmp_path / "evaluation.h5").write_text("no HDF5")
    refused = pytest.raises(PipelineError, match="the results of a cannot be read")
    with refused as error, readable("the results of a"):
        Values.load(tmp_path / "evaluation.h5")
    assert error.value.code == ExitCode.BAD_ARTIFACT
