from pathlib import Path
from typing import Any

import pytest

from tests.report.browser import Visit, Visits


@pytest.fixture
def visits(visits: Visits) -> Visits:
    """Pages on which viewers' comments are shown as well, as they are not at first."""

    def visit(folder: Path, name: str = "report.html", **options: Any) -> Visit:
        opened = visits(folder, name, **options)
        if opened.page.locator("#viewers[aria-pressed=false]:visible").count():
            opened.press("v")
        return opened

    return visit
