"""Every plot of the statistics can be drawn, also of very little."""

import warnings

import pytest

from pipeline.danmaku.sections.data import plots
from pipeline.danmaku.sections.data.section import WEB
from pipeline.report.language import LANGUAGES, Language, Phrases
from pipeline.report.plots import Drawing, svg


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "drawing",
    [
        plots.rank_frequency([(1, 5), (2, 1)]),
        plots.rank_frequency([(1, 1)]),
        plots.comments_per_second([1, 2]),
        plots.comments_per_second([0]),
        plots.delays([(0, 0.5), (500, 0.5)]),
        plots.delays([(0, 1.0)]),
    ],
)
def test_every_plot_is_drawn(drawing: Drawing, language: Language) -> None:
    phrases = Phrases.load([WEB])
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is only a warning
        assert svg(drawing, lambda key: phrases.text(key, language)).rstrip().endswith("</svg>")
