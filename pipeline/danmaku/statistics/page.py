"""The statistics page: one file without scripts that opens offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from pipeline.danmaku.statistics import plots
from pipeline.danmaku.statistics.counting import Statistics
from pipeline.report.data_url import jpeg_url

_TEMPLATE = Path(__file__).with_suffix(".html.j2")


def statistics_page(statistics: Statistics, thumbnails: Sequence[bytes]) -> str:
    """The page as HTML; equal inputs give equal text. ``thumbnails``: JPEGs of busiest frames."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    delay = statistics.delay
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        statistics=statistics,
        thumbnails=[jpeg_url(jpeg) for jpeg in thumbnails],
        rank_frequency=plots.rank_frequency(statistics.words.rank_frequency),
        comments_per_second=plots.comments_per_second(statistics.per_second),
        delays=plots.delays(delay.distribution) if delay.estimated else None,
    )
