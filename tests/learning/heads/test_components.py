import numpy as np

from pipeline.learning.heads.components import Components
from tests.danmaku.rate.synthetic import CHANNELS, known, nearly_constant


def test_channels_that_are_constant_up_to_rounding_are_ignored() -> None:
    """They are not scaled up to the spread of those that vary."""
    still = nearly_constant()
    assert len(Components.fit(still, 32).axes) == 0
    half = np.where(np.arange(CHANNELS) < 3, known(480).picture, still)
    components = Components.fit(half, 32)
    assert np.abs(components.axes[:, :3]).max() > 0.1
    moved = components.project(half + np.float32(1e-6)) - components.project(half)
    assert np.abs(moved).max() < 1e-4
