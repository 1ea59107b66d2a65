"""The manual page."""

from pathlib import Path

from pipeline.__main__ import APPLICATION
from pipeline.engine.commands.manual import manual
from pipeline.runtime.paths import DOCS


def test_the_page_is_what_the_verb_prints() -> None:
    page = "".join(f"{line}\n" for line in manual(APPLICATION.command_line()))
    fresh = "python -m pipeline manual > docs/yajiuma.1"
    assert Path(DOCS, "yajiuma.1").read_text(encoding="utf-8") == page, fresh


def test_every_verb_and_option_is_on_the_page() -> None:
    line = APPLICATION.command_line()
    page = list(manual(line))
    for verb in line.verbs:
        assert any(text.split()[:2] == [".B", verb.replace("-", r"\-")] for text in page)
    for option in ("video", "of", "json", "url"):
        assert any(text.startswith(rf".BI \-\-{option} ") for text in page)


def test_nothing_in_a_text_is_taken_for_a_request() -> None:
    page = list(manual(APPLICATION.command_line()))
    assert [line for line in page if line.startswith("'")] == []
    requests = {line.split()[0] for line in page if line.startswith(".")}
    assert requests == {".TH", ".SH", ".B", ".BI", ".TP", ".nf", ".fi", ".br"}
