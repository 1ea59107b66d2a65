"""The page as people see and use it, on a desk and on a phone."""

import pytest

from tests.danmaku.sections import made_up
from tests.report.browser import DESKTOP, PHONE, Pixels, Visit

BOTH = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
TEXTS = [comment.text for comment in made_up.ordinary().comments]


def without_comments(visit: Visit) -> Pixels:
    """The picture without comments; they are shown again afterwards."""
    visit.press("g")
    visit.press("v")
    pixels = visit.stage()
    visit.press("g")
    visit.press("v")
    return pixels
