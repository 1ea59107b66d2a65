"""What more pictures bring, in figures and pictures."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from pipeline.__main__ import APPLICATION
from pipeline.engine.application import Call
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources import translation_sizes
from pipeline.sources.translation_sizes import TRANSLATION_SIZES
from pipeline.translation.evaluation_file import Evaluation
from pipeline.translation.samples import SampleSheet
from pipeline.translation.sizes import Size, write_sizes
from tests.translation import toys
from tests.translation.measured import evaluation, near, scores, training

SHARES = (Fraction(1, 4), Fraction(1))


def sizes(**changes: Any) -> Sequence[Size]:
    """Two translators, of which the second is the better one."""
    height, width = toys.SIZE + 4, 3 * (3 * toys.SIZE + 4)
    sheet = np.random.default_rng(0).integers(0, 256, (4 * height, width, 3), np.uint8)
    return [
        Size(
            share,
            training(),
            evaluation(scores=evaluation().scores | {"model": scores(target, 0.8, 0.1, 0.1)})
            if not changes
            else evaluation(**changes),
            SampleSheet(sheet, domains=3, epochs=[1, 2, 3]),
        )
        for share, target in zip(SHARES, (0.7, 0.9), strict=True)
    ]


def test_curves_stand_above_the_same_pictures_and_figures_beside_them(tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        write_sizes(folder, sizes())
    for name in ("sizes.png", "sizes.svg", "sizes.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    width, height = Image.open(tmp_path / "one" / "sizes.png").size
    assert width > 900 and height > 280 + 6 * 160  # three plots, two translations of three pictures
    small, whole = msgspec.json.decode((tmp_path / "one" / "sizes.json").read_bytes())
    assert (small["share"], whole["share"], whole["pictures"]) == (0.25, 1, 12)
    assert small["judge_share"] < whole["judge_share"] < 1
    assert whole["measures"]["l1"]["mean"] == 0.1


def test_without_pairs_only_the_judge_is_drawn(tmp_path: Path) -> None:
    bare = {
        name: msgspec.structs.replace(one, all=msgspec.structs.replace(one.all, l1=None, ssim=None))
        for name, one in evaluation().scores.items()
    }
    write_sizes(tmp_path, sizes(scores=bare, judge=near(0.9)))
    text = (tmp_path / "sizes.svg").read_text("utf-8")
    assert text.count('id="axes_') == 1


def test_what_was_not_measured_is_told(tmp_path: Path) -> None:
    Evaluation.of_nothing(toys.DOMAINS, "none").save(tmp_path / "evaluation.json")
    with pytest.raises(PipelineError, match="no picture was held out") as caught:
        Size.load(Fraction(1), tmp_path)
    assert caught.value.code == ExitCode.NOTHING_USABLE


def called(
    monkeypatch: pytest.MonkeyPatch,
    workdir: Path,
    code: ExitCode,
    calls: list[Call],
    *,
    measured: bool = True,
) -> ExitCode:
    """Run the verb, and note its ``calls`` of other verbs, each of which ends with ``code``."""

    def run(call: Call) -> ExitCode:
        calls.append(call)
        return code

    application = replace(APPLICATION, run=run)
    monkeypatch.setattr(translation_sizes, "_draw", lambda call, sizes: None)
    if measured:
        monkeypatch.setattr(Size, "load", lambda share, folder: sizes()[0])
    else:
        folder = workdir / "models" / "translation" / "mine-1-16"
        folder.mkdir(parents=True)
        Evaluation.of_nothing(toys.DOMAINS, "none").save(folder / "evaluation.json")
    words = ["translation-sizes", "--pictures", "food", "--workdir", str(workdir)]
    words += ["--model", "mine", "--set", "translation.train.schedule.epochs=10"]
    options = application.command_line().parse(words)
    return TRANSLATION_SIZES.run(Call(application, options))


def test_each_size_is_a_model_that_learns_in_equally_many_steps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[Call] = []
    assert called(monkeypatch, tmp_path, ExitCode.OK, calls) == ExitCode.OK
    assert [call.settings.general.model for call in calls] == ["mine-1-16", "mine-1-4", "mine"]
    assert {tuple(call.stages) for call in calls} == {("translation-evaluate",)}
    trainings = [msgspec.to_builtins(call.settings.stages["translation-train"]) for call in calls]
    assert [one["share"] for one in trainings] == [1 / 16, 1 / 4, 1]
    assert [one["schedule"]["epochs"] for one in trainings] == [160, 40, 10]


def test_the_first_size_that_fails_is_the_last(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[Call] = []
    assert called(monkeypatch, tmp_path, ExitCode.DIVERGED, calls) == ExitCode.DIVERGED
    assert len(calls) == 1


def test_where_nothing_is_held_out_the_first_size_is_the_last(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[Call] = []
    with pytest.raises(PipelineError, match="no picture was held out"):
        called(monkeypatch, tmp_path, ExitCode.OK, calls, measured=False)
    assert len(calls) == 1
