"""What all tests share: one thread a worker, folders that are made once, and a browser."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.report.browser import Visit, Visits

# There is a worker for each core. Read when numpy and torch load, so nothing above imports them.
os.environ["OMP_NUM_THREADS"] = "1"

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of the code's
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Several in each worker would only wait for one another, in all tests that follow."""
    yield
    torch = sys.modules.get("torch")
    assert getattr(torch, "get_num_threads", lambda: 1)() == 1


MakeOnce = Callable[[str, Callable[[Path], object]], Path]
"""From a name and what fills an empty folder to that folder, filled once for all workers."""


@pytest.fixture(scope="session")
def make_once(tmp_path_factory: pytest.TempPathFactory) -> MakeOnce:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder = shared / name
        with (shared / f"{name}.lock").open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.seek(0)
            if not lock.read():
                folder.mkdir()
                fill(folder)
                lock.write("filled")
        return folder

    return make


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    from tests.report import browser

    with browser.browser() as started:
        yield started


@pytest.fixture
def visits(chromium: Browser) -> Iterator[Visits]:
    from tests.report.browser import Visit

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
    assert [problem for one in opened for problem in one.problems] == []
