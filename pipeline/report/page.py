"""The page about one annotated video, as a folder that opens from disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from PIL import Image

from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.drawing.quality import measure_quality
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.danmaku.video.annotated_video import AnnotatedVideo
from pipeline.danmaku.video.stills import annotated_picture, crowded_moments
from pipeline.engine.versions import versions
from pipeline.media.video_file import VideoFile
from pipeline.media.web import web_container, write_for_web
from pipeline.report.content import Player
from pipeline.report.gallery import write_gallery
from pipeline.report.heat_sheets import write_heat
from pipeline.report.html import page
from pipeline.report.material import Material
from pipeline.report.player import explanations, spoken, write_learned
from pipeline.report.plots import write_plots

SCRIPTS = (
    "theme.js",
    "tables.js",
    "choice.js",
    "sprites.js",
    "overlay.js",
    "timeline.js",
    "player.js",
    "keys.js",
    "comments.js",
    "heat.js",
    "words.js",
    "explain.js",
    "watch.js",
)
"""In the order in which they need one another."""
_POSTER_WIDTH = 640  # pixels
_POSTER_QUALITY = 85
_MOST_FREQUENT = 12


def write_page(folder: Path, material: Material, encoded: Callable[[int], object]) -> None:
    """Write ``index.html`` and all that it shows to ``folder``.

    A thread calls ``encoded`` with how many more pictures of the video are done.
    Raises PipelineError as ``write_for_web`` and the decoding of pictures do.
    """
    video, summary, explained = material.video, material.summary, material.explained
    generated, viewers = material.generated, material.viewers
    media = f"episode.{web_container(video)}"
    write_for_web(video, folder / media, encoded)
    _write_poster(folder / "poster.jpg", video, generated.layout)
    write_plots(folder, summary.training, summary.evaluation, material.statistics)

    why = explanations(explained)
    comments = spoken(generated.comments, generated.layout, why)
    if viewers is not None:
        comments += spoken(viewers.comments, viewers.layout)
    by_time = sorted(range(len(comments)), key=lambda number: comments[number].time)
    player = Player(
        video=video.path.name,
        media=media,
        seconds=summary.seconds,
        frame=summary.seconds / summary.frames,
        stage=(generated.layout.screen.width, STAGE_HEIGHT),
        comments=[comments[number] for number in by_time],
        learned=write_learned(folder, explained),
        heat=write_heat(folder, explained),
    )
    layouts = {"generated": generated.layout} | ({"viewers": viewers.layout} if viewers else {})
    text = page(
        "report.html.j2",
        SCRIPTS,
        player,
        summary=summary,
        gallery=write_gallery(folder, material, why),
        places={number: place for place, number in enumerate(by_time)},
        most_frequent=Counter(c.text for c in generated.comments).most_common(_MOST_FREQUENT),
        statistics=material.statistics,
        absent=material.absent,
        history=material.history,
        versions=versions(),
        layouts={name: measure_quality(layout) for name, layout in layouts.items()},
    )
    (folder / "index.html").write_text(text, encoding="utf-8")


def _write_poster(target: Path, video: VideoFile, layout: Layout) -> None:
    """The moment at which most comments are on screen."""
    moments = crowded_moments(layout, video, 1) if layout.placed else [Fraction(0)]
    _, picture = annotated_picture(AnnotatedVideo(video, [layout]), moments[0], _POSTER_WIDTH)
    Image.fromarray(picture).save(target, quality=_POSTER_QUALITY)
