"""A browser that opens report pages from disk and collects whatever goes wrong."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, sync_playwright
from playwright.sync_api import Error as BrowserError

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
for_everybody = pytest.mark.parametrize(
    ("device", "scheme", "locale"),
    [
        (DESKTOP, "light", "en-US"),
        (DESKTOP, "dark", "ja-JP"),
        (PHONE, "light", "ja-JP"),
        (PHONE, "dark", "en-US"),
    ],
)
"""Both widths, themes and languages, each pair of them once."""

Pixels = npt.NDArray[np.int16]
"""(height, width, 3)."""


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own; skips where there is none."""
    with sync_playwright() as playwright:
        started = _start(playwright)
        yield started
        started.close()


def _start(playwright: Playwright) -> Browser:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    try:
        return playwright.chromium.launch(executable_path=path, args=arguments)
    except BrowserError as error:
        pytest.skip(f"no Chromium starts here: {str(error).splitlines()[0]}")


@dataclass
class Visit:
    """An open page, and what went wrong on it."""

    page: Page
    folder: Path
    problems: list[str] = field(default_factory=list)
    """Console warnings and errors, exceptions, dialogs, and requests that leave the folder."""

    def __post_init__(self) -> None:
        page, add = self.page, self.problems.append
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: add(f"raised: {error}"))
        page.on("dialog", lambda dialog: add(f"dialog: {dialog.message}"))
        page.on("request", self._on_request)
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', (event) =>"
            " console.error('blocked ' + event.violatedDirective + ' ' + event.blockedURI))"
        )

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"logged: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.folder.as_uri()}/", "data:,")):
            self.problems.append(f"fetched: {request.url}")

    def open(self, name: str = "report.html") -> None:
        """Open a page of the folder and wait until its video can be played, or cannot."""
        self.page.goto(f"{self.folder.as_uri()}/{name}")
        self.until(
            "() => { const video = document.getElementById('video');"
            " return !video || video.readyState >= 2 || video.error }"
        )

    def until(self, condition: str, argument: object = None) -> None:
        """Wait for a JavaScript function to hold."""
        self.page.wait_for_function(condition, arg=argument, timeout=10_000)

    def seek(self, seconds: float) -> None:
        """Go to a time by the seek bar, and wait for the picture."""
        self.page.evaluate(
            "(t) => { const bar = document.getElementById('seek'); bar.value = t;"
            " bar.dispatchEvent(new Event('input')) }",
            seconds,
        )
        self.settle()
        assert abs(self.time - seconds) < 0.01

    def settle(self) -> None:
        """Wait until the video has arrived where it was sent, and that was painted."""
        self.until("() => !document.getElementById('video').seeking")
        self.page.evaluate("() => new Promise((r) => requestAnimationFrame(() => setTimeout(r)))")

    @property
    def time(self) -> float:
        """Of the video, in seconds."""
        return float(self.page.evaluate("document.getElementById('video').currentTime"))

    def stage(self) -> Pixels:
        """The picture and the comments over it, as painted."""
        box = cast(Any, self.page.locator("#stage").bounding_box())
        self.page.locator("#stage").scroll_into_view_if_needed()
        png = self.page.locator("#stage").screenshot(scale="css")
        pixels = np.asarray(Image.open(BytesIO(png)).convert("RGB"), np.int16)
        assert abs(pixels.shape[1] - box["width"]) <= 2
        return pixels

    def rows(self) -> list[str]:
        """Texts of the comments in the list."""
        return self.page.locator("#rows bdi").all_inner_texts()

    def press(self, key: str) -> None:
        """Press a key, wherever the focus is."""
        self.page.keyboard.press(key)


Visits = Callable[..., Visit]
"""From a folder and options of a browser context to a visit, which ends with the test."""


def changed(before: Pixels, after: Pixels) -> npt.NDArray[np.bool_]:
    """(height, width): where two pictures clearly differ."""
    return np.asarray(np.abs(before - after).max(axis=2) > 40)


def extent(mask: npt.NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is set, as shares of the whole."""
    rows, columns = np.nonzero(mask)
    height, width = mask.shape
    return (
        columns.min() / width,
        rows.min() / height,
        (columns.max() + 1) / width,
        (rows.max() + 1) / height,
    )
