"""The engine knows items and shared folders, and no word of what they are in any system."""

import re
from pathlib import Path

import pytest

from pipeline.runtime.paths import PROJECT

DOMAIN = re.compile(
    r"(?i)(?<![a-z])(videos?|comments?|commented|models?|train(s|ed|ing)?)(?![a-z])"
)
FILES = [p for p in (PROJECT / "pipeline" / "engine").rglob("*") if p.suffix in ("", ".py")]


@pytest.mark.parametrize("path", [p for p in FILES if p.is_file()], ids=lambda path: path.name)
def test_the_engine_has_no_word_of_the_domain(path: Path) -> None:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    assert [f"{number}: {line.strip()}" for number, line in lines if DOMAIN.search(line)] == []
