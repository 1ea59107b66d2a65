"""The contract that every stage keeps, a new one too."""

import os
import re
import shlex
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.engine.catalog import (
    all_stages,
    configured_stages,
    reads,
    shared_inputs,
    stage_configs,
)
from pipeline.engine.graph import Graph
from pipeline.engine.items import Bindings, Selection
from pipeline.engine.settings import Settings, load_settings, section
from pipeline.engine.settings_file import Assignment, read
from pipeline.engine.stage import Stage
from pipeline.engine.stage_process import run_from_command_line
from pipeline.runtime.errors import ExitCode
from pipeline.sources.settings import TopLevel

ROOT = Path(__file__).parents[2]
HEAVY = {
    *("torch", "torchvision", "onnxruntime", "h5py", "av", "numpy", "PIL", "lxml", "natto"),
    "snakemake",
}
NONE = Path(os.devnull)
each_stage = pytest.mark.parametrize("stage", all_stages().values(), ids=all_stages())


def load(path: Path, *assignments: str) -> Settings:
    return load_settings(path, stage_configs(), TopLevel(), map(Assignment.parse, assignments))


@each_stage
def test_help_names_its_files_and_what_it_does(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        run_from_command_line(stage, ["--help"])
    output = capsys.readouterr().out
    for name in [*stage.inputs, *stage.outputs]:
        assert name in output
    summary = (sys.modules[stage.run.__module__].__doc__ or "").strip()
    assert summary[:30] in output


@each_stage
def test_a_wrong_command_line_is_a_usage_error(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_from_command_line(stage, ["--no-such-option"]) == ExitCode.USAGE
    assert "--help" in capsys.readouterr().err


def test_a_stage_is_a_program() -> None:
    """What the two tests above ask of all in this process, of one as users start it."""
    command = [sys.executable, "-m", "stages.pictures.frames", "--no-such-option"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.startswith("frames: error: ")
    assert "--help" in done.stderr
    assert "Traceback" not in done.stderr


def test_importing_stages_stays_light() -> None:
    """The graph imports every stage at each call; `import torch` alone takes a second."""
    program = f"""
import importlib, sys
for module in {[stage.module for stage in all_stages().values()]!r}:
    importlib.import_module(module)
    heavy = {HEAVY!r}.intersection(sys.modules)
    assert not heavy, f"{{module}} imports {{heavy}}"
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


@each_stage
def test_its_name_is_its_file_and_its_settings_have_defaults(stage: Stage) -> None:
    _, system, name = stage.module.split(".")
    assert stage.name in (name, f"{system}-{name}")
    assert stage.config() == msgspec.convert({}, stage.config)


def test_every_input_is_made_by_a_stage_or_the_user() -> None:
    made = {path for stage in all_stages().values() for path in stage.outputs.values()}
    settings = load(NONE)
    for stage in configured_stages(settings).values():
        for path in stage.inputs.values():
            own = path.replace("{train}", "{item}")
            assert own in made or Path(path).name.startswith("source."), path


@each_stage
def test_snakemake_has_no_other_use_for_the_names_of_its_files(stage: Stage) -> None:
    """Its lists of files are lists: ``count`` and ``index`` are their methods."""
    assert [name for name in (*stage.inputs, *stage.outputs) if hasattr(list, name)] == []


def test_no_two_stages_write_one_file() -> None:
    outputs = [path for stage in all_stages().values() for path in stage.outputs.values()]
    assert len(outputs) == len(set(outputs))


def test_products_are_what_people_open() -> None:
    named = {stage.name for stage in all_stages().values() if stage.product}
    assert named == {"render", "report", "captions-report"}


def test_the_default_settings_file_says_what_the_code_does() -> None:
    path = ROOT / "configs" / "default"
    assert load(path) == load(NONE)
    listed, _ = read(path)
    shared = {"seed", "layout", "learn_from", "sees"}
    for name, kind in stage_configs().items():
        own = listed
        for key in section(name):
            own = own[key]
        assert set(own) == set(kind.__struct_fields__) - shared, name
    assert set(listed["layout"]) == set(LayoutSettings.__struct_fields__)


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_settings_file_loads(path: Path) -> None:
    load(path)


def test_a_graph_expands_training_videos_and_the_model() -> None:
    bindings: dict[str, Bindings] = {"danmaku": {"model": "mine", "train": ["a", "b"]}}
    graph = Graph({name: {} for name in all_stages()}, bindings)
    train = all_stages()["train"]
    assert graph.inputs(train)["frames"] == ["a/frames.h5", "b/frames.h5"]
    assert graph.outputs(train)["model"] == "models/danmaku/mine/model.safetensors"
    assert graph.outputs(all_stages()["frames"]) == {"frames": "{item}/frames.h5"}


def test_a_stage_of_several_processes_is_started_by_torchrun() -> None:
    settings = load(NONE, "train.processes=2")
    graph = Graph.of(settings, Selection(work_on={}))
    train, frames = all_stages()["train"], all_stages()["frames"]
    started = graph.command(train)({}, {"features": "a"}, {"model": "b"})
    assert started.startswith("-m torch.distributed.run --standalone --nproc-per-node 2 -m stages")
    assert graph.command(frames)({}, {}, {}).startswith("-m stages.pictures.frames")
    assert (graph.processes(train), graph.processes(frames)) == (2, 1)


def test_every_stage_keeps_its_log_in_the_folder_of_its_item_or_model() -> None:
    graph = Graph.of(load(NONE), Selection(work_on={}))
    for name, stage in all_stages().items():
        command = shlex.split(graph.command(stage)({"item": "ep1"}, {}, {}))
        expected = f"models/{stage.system}/{{model}}" if stage.shared else "ep1"
        assert command[command.index("--folder") + 1] == expected, name


def test_settings_may_make_inputs_needless_at_any_distance() -> None:
    own, published = (
        configured_stages(load(NONE, f"illustrations.tags.tagger={tagger}"))["illustrations-tags"]
        for tagger in ("own", "./wd")
    )
    assert reads(own, "{train}")
    assert not reads(published, "{train}")
    assert not shared_inputs([published], "{model}")
    for tags, learns in ((own, True), (published, False)):
        later = replace(tags, inputs={"tags": "{item}/tags.h5"}, without=None)
        assert reads(later, "{train}") == learns


def test_a_stage_s_settings_may_name_its_files() -> None:
    settings = load(NONE, "export.format=niconico.xml", "export.target=generated")
    export = configured_stages(settings)["export"]
    assert export.inputs["comments"] == "{item}/generated.jsonl"
    assert export.outputs["export"] == "{item}/generated.niconico.xml"


def test_every_exit_code_is_explained_and_every_explained_one_exists() -> None:
    """With cause and remedy, once each."""
    text = (ROOT / "docs" / "errors.md").read_text()
    rows = re.findall(r"^\| (\d+) \| (\w+) \| (.+?) \| (.*?) ?\|$", text, re.M)
    assert [(int(code), name) for code, name, _, _ in rows] == [(c.value, c.name) for c in ExitCode]
    assert all(remedy for code, _, _, remedy in rows if code != "0")


def test_a_document_names_every_verb() -> None:
    verbs = (ROOT / "docs" / "verbs.md").read_text()
    for name in [*all_stages(), "all", "fetch", "plan", "doctor", "models", "clean", "demo"]:
        assert f"`make {name}" in verbs, name


def test_links_in_the_documents_lead_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\((?!http)([^)]+)\)", document.read_text()):
            name, _, heading = link.partition("#")
            target = document.parent / name if name else document
            assert target.exists(), f"{document.name}: {link}"
            assert not heading or heading in anchors(target), f"{document.name}: {link}"


def anchors(document: Path) -> set[str]:
    """What a link may name behind ``#``: the headings of a document, as GitHub writes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_stage
def test_it_states_what_it_expects_to_take(stage: Stage) -> None:
    sections = {name: msgspec.to_builtins(kind()) for name, kind in stage_configs().items()}
    assert stage.expect is not None
    nothing = stage.expect(defaultdict(lambda: 0.0), stage.config(), sections)
    much = stage.expect(defaultdict(lambda: 1000.0), stage.config(), sections)
    assert 0 <= nothing.seconds <= much.seconds
    assert 0 <= nothing.bytes <= much.bytes
    assert much.bytes > 0
    assert nothing.kind == much.kind
    assert bool(much.amounts) == (stage.measure is not None)
