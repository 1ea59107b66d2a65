"""Results of another model, and features of another network, replace none that are there."""

import json
import re
import shutil
from pathlib import Path

import msgspec
import pytest

from pipeline.engine.catalog import configured_stages, stage_configs
from pipeline.engine.graph import Graph
from pipeline.engine.items import Bindings, Selection
from pipeline.engine.settings import StageConfig, load_settings
from pipeline.engine.settings_file import Assignment
from pipeline.engine.stage_record import StageRecord
from pipeline.runtime.errors import ExitCode
from pipeline.runtime.paths import DEFAULTS
from pipeline.sources.comparing import results_by_model
from pipeline.sources.places import places
from pipeline.sources.settings import TopLevel
from tests.engine.project import ANNOTATE, MODEL, TRAIN, Project

OTHER = "other"


@pytest.fixture(scope="module")
def both(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A finished project in which another model, which was copied here, has commented too."""
    project = finished.copy_to(tmp_path_factory.mktemp("both") / "project")
    models = project.workdir / "models" / "danmaku"
    shutil.copytree(models / MODEL, models / OTHER)
    project.made("generate", "--model", OTHER, "--set", "generate.seed=5")
    return project


def test_results_of_the_first_model_stay(both: Project, finished: Project) -> None:
    assert both.results() == finished.results()
    assert both.plan("generate") == set()


def test_those_of_another_one_lie_beside_with_their_logs(both: Project) -> None:
    beside = both.workdir / ANNOTATE / "models" / OTHER
    first = both.workdir / ANNOTATE / "generated.jsonl"
    assert (beside / "generated.jsonl").read_bytes() != first.read_bytes()
    assert json.loads((beside / "logs" / "generate.json").read_bytes())["settings"]["seed"] == 5


def test_where_no_model_was_before_another_one_is_the_first(both: Project) -> None:
    films = [str(both.show / f"{name}.mp4") for name in (TRAIN, ANNOTATE)]
    said = both.made("plan", "generate", *films, "--model", OTHER, "--set", "generate.seed=5")
    assert f"missing: {TRAIN}/generated.jsonl" in said
    assert "1 jobs to run" in said


def test_a_copy_without_hidden_files_knows_whose_results_it_has(
    both: Project, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(both.workdir, copy, ignore=shutil.ignore_patterns(".*"))
    found = {MODEL: copy / ANNOTATE, OTHER: copy / ANNOTATE / "models" / OTHER}
    assert results_by_model(copy, ANNOTATE) == found


def test_a_comparison_finds_both(both: Project) -> None:
    folder = both.workdir / ANNOTATE
    found = {MODEL: folder, OTHER: folder / "models" / OTHER}
    assert results_by_model(both.workdir, ANNOTATE) == found
    refused = both.run("compare", "--video", str(both.show / f"{ANNOTATE}.mp4"))
    assert refused.returncode == ExitCode.NO_MODEL
    assert f"the results of {OTHER} on {ANNOTATE} lack explained.h5" in refused.stderr


def test_what_is_edited_of_another_one_is_kept(both: Project, tmp_path: Path) -> None:
    project = both.copy_to(tmp_path / "project")
    edited = project.workdir / ANNOTATE / "models" / OTHER / "generated.jsonl"
    edited.write_text(text := edited.read_text().replace("time_ms", "time_ms", 1) + "\n")
    said = project.made("plan", "generate", "--model", OTHER)
    assert f"models/{OTHER}/generated.jsonl was edited by hand and is kept" in said
    assert edited.read_text() == text


def test_a_model_goes_with_its_results_and_they_with_it(both: Project, tmp_path: Path) -> None:
    project = both.copy_to(tmp_path / "project")
    film = str(project.show / f"{ANNOTATE}.mp4")
    refused = project.run("clean", "--video", film, "--model", OTHER)
    assert refused.returncode == ExitCode.USAGE
    project.made("clean", "--model", OTHER)
    assert not (project.workdir / "models" / "danmaku" / OTHER).exists()
    assert not (project.workdir / ANNOTATE / "models" / OTHER).exists()
    assert (project.workdir / ANNOTATE / "generated.jsonl").exists()


def test_a_model_that_is_only_completed_is_not_set_aside(both: Project, tmp_path: Path) -> None:
    project = both.copy_to(tmp_path / "project")
    models = project.workdir / "models" / "danmaku"
    (models / MODEL / "corpus.h5").unlink()
    assert "as it was before" not in project.made("corpus")
    assert (models / MODEL / "corpus.h5").exists()
    assert not (models / f"{MODEL}-previous").exists()


def test_what_cannot_be_compared_is_refused(both: Project, tmp_path: Path) -> None:
    film = str(both.show / f"{ANNOTATE}.mp4")
    another = shutil.copy(both.show / f"{TRAIN}.mp4", tmp_path / f"{ANNOTATE}.mp4")
    for words, code, problem in [
        (["--video", film, "--model", OTHER], ExitCode.USAGE, "MODEL= means nothing to compare"),
        (["--video", str(another)], ExitCode.NAME_TAKEN, "differ and have one name"),
        (["--video", film.replace("-0", "-")], ExitCode.VIDEO_MISSING, "Did you mean"),
        (["--video", str(both.show / f"{TRAIN}.mp4")], ExitCode.NO_MODEL, "results of no model"),
        (["--video", str(both.show)], ExitCode.NO_MODEL, f"results of {OTHER} on {ANNOTATE} lack"),
        ([], ExitCode.NO_MODEL, f"results of {OTHER} on {ANNOTATE} lack"),
    ]:
        refused = both.run("compare", *words)
        assert refused.returncode == code, refused.stderr
        assert problem in refused.stderr


def network(*assignments: str) -> StageConfig:
    """The settings of ``features``."""
    written = [Assignment.parse(f"features.{word}") for word in assignments]
    return load_settings(DEFAULTS, stage_configs(), TopLevel(), written).stages["features"]


def features_go_to(workdir: Path, config: StageConfig) -> str:
    return places(workdir, [], config, MODEL, ["ep1"]).get("features", {}).get("ep1", "")


def test_features_of_another_network_lie_beside_those_that_are_there(tmp_path: Path) -> None:
    vgg = network("backbone=vgg19", "taps=[conv5_3]")
    assert features_go_to(tmp_path, vgg) == ""
    logs = tmp_path / "ep1" / "logs"
    logs.mkdir(parents=True)
    (logs.parent / "features.h5").touch()
    record = StageRecord(0, "", False, "", 0, 0, 0, 0, settings=msgspec.to_builtins(vgg))
    record.save(logs, "features")
    assert features_go_to(tmp_path, vgg) == ""
    assert features_go_to(tmp_path, network("backbone=vgg19", "taps=[conv5_3]", "batch=1")) == ""
    beside = features_go_to(tmp_path, network())
    assert re.fullmatch(r"features/efficientnet_lite0-[0-9a-f]{6}", beside)
    random = features_go_to(tmp_path, network("weights=random"))
    assert re.fullmatch(r"features/efficientnet_lite0-random-[0-9a-f]{6}", random)
    assert features_go_to(tmp_path, network("weights=random", "seed=1")) != random


def test_stages_read_what_lies_beside() -> None:
    settings = load_settings(DEFAULTS, stage_configs(), TopLevel())
    stages = configured_stages(settings)
    apart = {"features": {"ep1": "features/vgg", "ep2": ""}, "generate": {"ep1": "models/b"}}
    bindings: dict[str, Bindings] = {"danmaku": {"model": "b", "train": ["ep1", "ep2"]}}
    graph = Graph.of(settings, Selection(work_on={}, bindings=bindings, places=apart))
    read = graph.inputs(stages["evaluate"], "ep1")
    assert read["features"] == "{item}/features/vgg/features.h5"
    assert read["generated"] == "{item}/models/b/generated.jsonl"
    assert read["aligned"] == "{item}/aligned.h5"
    made = graph.outputs(stages["evaluate"], "ep1")["evaluation"]
    assert made == "{item}/evaluation.json"
    learned = graph.inputs(stages["train"])["features"]
    assert learned == ["ep1/features/vgg/features.h5", "ep2/features.h5"]
