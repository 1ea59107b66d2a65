"""Every phrase that a template or script uses is there, and every phrase is used."""

import re
from pathlib import Path
from typing import get_args

import pytest

from pipeline.danmaku.drawing.layout import Why
from pipeline.danmaku.evaluation.evaluation_file import MeasuredOn
from pipeline.danmaku.sections import data, model, run, watch
from pipeline.danmaku.sections.model.section import MEASURED_ON, SCORERS
from pipeline.danmaku.sections.run.section import HIDDEN
from pipeline.report import page
from pipeline.report.language import Phrases

PAGE = page.WEB
SECTIONS = [Path(str(package.__file__)).parent / "web" for package in (watch, model, data, run)]
_KEY = re.compile(r"""["']([a-z]+\.(?!js|css|html|sortable)\w+)["']""")
_MADE_OF_PARTS = re.compile(r"(?:t|label)\(\"([a-z]+\.\w*)\" ~")


def sources(folder: Path) -> str:
    """The text of all files that may use phrases: web/ and the modules beside it."""
    files = [path for path in folder.iterdir() if path.suffix in (".js", ".j2")]
    files += folder.parent.glob("*.py")
    return "\n".join(path.read_text("utf-8") for path in files)


@pytest.mark.parametrize("folder", [PAGE, *SECTIONS], ids=lambda path: path.parent.name)
def test_phrases_are_all_there_and_all_used(folder: Path) -> None:
    text = sources(folder)
    own = set(Phrases.load([folder]))
    known = own | set(Phrases.load([PAGE]))
    systems = {key.split(".")[0] for key in known}
    used = {key for key in _KEY.findall(text) if key.split(".")[0] in systems}
    beginnings = tuple(_MADE_OF_PARTS.findall(text))
    assert used - known - set(beginnings) == set()
    titles = {f"{folder.parent.name}.title", "watch.subtitle"}
    # Phrases of results are looked for in what stages wrote.
    unused = {k for k in own - used - titles if not k.startswith((*beginnings, "result."))}
    assert unused == set()


def test_values_that_files_hold_have_phrases() -> None:
    phrases = Phrases.load(SECTIONS)
    assert set(HIDDEN) == set(get_args(Why))
    assert set(MEASURED_ON) == set(get_args(MeasuredOn))
    assert {*HIDDEN.values(), *MEASURED_ON.values(), *SCORERS.values()} <= phrases.keys()
