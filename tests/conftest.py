"""One browser for all tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.report import browser
from tests.report.browser import Visit, Visits

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser.browser() as started:
        yield started


@pytest.fixture
def visits(chromium: Browser) -> Iterator[Visits]:
    opened: list[Visit] = []

    def visit(folder: Path, name: str = "report.html", **options: Any) -> Visit:
        page = chromium.new_context(**{"locale": "en-US", **options}).new_page()
        page.set_default_timeout(10_000)
        opened.append(Visit(page, folder))
        opened[-1].open(name)
        return opened[-1]

    yield visit
    for one in opened:
        one.page.context.close()
    assert [wrong for one in opened for wrong in one.wrongs] == []
