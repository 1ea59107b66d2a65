"""Which files a model learns from where the settings and the command line name some."""

from pathlib import Path

import pytest
from PIL import Image

from pipeline.__main__ import APPLICATION
from pipeline.engine.application import Call
from pipeline.engine.catalog import configured_stages
from pipeline.sources.pointers import LABELS_POINTER, LabelSources


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A file that lists pictures to learn from, with labels that lie elsewhere."""
    (tmp_path / "album").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "album" / "a.png")
    for name in ("listed.csv", "given.csv"):
        (tmp_path / name).write_text("image,caption\na.png,a cat\n")
    written = tmp_path / "settings.yaml"
    written.write_text("videos: {train: [{pictures: album, labels: listed.csv}]}\n")
    return written


@pytest.mark.parametrize(
    ("given", "used"), [(["--labels", "given.csv"], "given.csv"), ([], "listed.csv")]
)
def test_labels_of_the_command_line_win_over_those_of_the_settings(
    settings: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], used: str
) -> None:
    monkeypatch.chdir(settings.parent)
    words = ["captions-write", "--config", settings.name, "--pictures", "album", *given]
    call = Call(APPLICATION, APPLICATION.command_line().parse([*words, "--workdir", "workdir"]))
    stages = configured_stages(call.settings)
    wanted = [stages[name] for name in call.stages]
    APPLICATION.items.select(call.workspace, call.settings, wanted, set())
    found = LabelSources.load(Path("workdir", "album", LABELS_POINTER))
    assert [Path(file.path).name for file in found.files] == [used]
