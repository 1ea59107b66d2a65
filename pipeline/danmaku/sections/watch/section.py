"""The section with the player, and the files beside the page that it plays and shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.danmaku.sections.episode import Episode
from pipeline.danmaku.sections.watch.comments import (
    explanations,
    timed_comments,
    write_training_pictures,
)
from pipeline.danmaku.sections.watch.content import Player, Previews, Shape, TagTimes
from pipeline.danmaku.sections.watch.heat_sheets import write_heat
from pipeline.danmaku.video.annotated_video import AnnotatedVideo
from pipeline.danmaku.video.stills import annotated_picture, crowded_moments
from pipeline.media.video_file import VideoFile
from pipeline.media.web import web_container, write_for_web
from pipeline.pictures.heat import palette
from pipeline.report.section import Section
from pipeline.report.tile_sheets import Size, write_sheets
from pipeline.runtime.clock import MILLISECONDS

WEB = Path(__file__).parent / "web"

_SCRIPTS = (
    "keys.js",
    "saving.js",
    "tile_sheets.js",
    "choice.js",
    "sprites.js",
    "overlay.js",
    "timeline.js",
    "tag_lane.js",
    "loop.js",
    "player.js",
    "player_keys.js",
    "tuning.js",
    "preview.js",
    "comments.js",
    "heat.js",
    "words.js",
    "explain.js",
    "watch.js",
)
_PREVIEWS = Size("previews", 160, 4)
_MAX_PREVIEWS = 128
_POSTER_WIDTH = 640  # pixels
_POSTER_QUALITY = 85


def watch_section(folder: Path, episode: Episode, on_progress: Callable[[int], object]) -> Section:
    """Write the video, a poster, heat maps and training pictures below ``folder``.

    A thread calls ``on_progress`` with how many more pictures of the video are done.
    Raises PipelineError as ``write_for_web`` and the decoding of pictures do.
    """
    return player_section(_write_player(folder, episode, on_progress))


def player_section(player: Player) -> Section:
    """The section of a player whose files lie beside the page."""
    return Section(
        name="watch",
        folder=WEB,
        template="watch.html.j2",
        values={"stops": _colour_bar()},
        scripts=_SCRIPTS,
        styles=["watch.css"],
        data=player,
        is_heading_seen=False,
    )


def _colour_bar() -> list[tuple[float, str, float]]:
    """Stops of a gradient from cold to hot: share of the way, colour, opacity."""
    return [
        (place / 255, "#{:02x}{:02x}{:02x}".format(*rgb), round(alpha / 255, 3))
        for place in range(0, 256, 17)
        for *rgb, alpha in [palette()[place].tolist()]
    ]


def _write_player(folder: Path, episode: Episode, on_progress: Callable[[int], object]) -> Player:
    video, layout = episode.video, episode.generated.layout
    media = f"episode.{web_container(video)}"
    write_for_web(video, folder / media, on_progress)
    _write_poster(folder / "poster.jpg", video, layout, episode.poster_at)

    shapes: dict[Shape, int] = {}
    explained = explanations(episode.explained, episode.named)
    comments = timed_comments(episode.generated, shapes, explained)
    if episode.viewers is not None:
        comments += timed_comments(episode.viewers, shapes)
    seconds = float(episode.frames.times.duration)
    return Player(
        media=media,
        seconds=seconds,
        frame=seconds / len(episode.frames.row),
        stage=(layout.screen.width, STAGE_HEIGHT),
        shapes=list(shapes),
        comments=[comments[place] for place in episode.playing_order()],
        training_pictures=write_training_pictures(folder, episode.explained),
        heat=write_heat(folder, episode.explained),
        tags=_longest_first(episode.tags),
        previews=_write_previews(folder, episode),
    )


def _write_previews(folder: Path, episode: Episode) -> Previews:
    """Write small pictures to ``previews/`` below ``folder``, evenly spaced over the video."""
    times = episode.frames.times
    duration = float(times.duration)
    between = max(1.0, duration / _MAX_PREVIEWS)
    frames = times.frames_at((MILLISECONDS * np.arange(0, duration, between)).astype(np.int64))
    thumbnails = map(episode.thumbnail_of, frames.tolist())
    return Previews(write_sheets(folder, thumbnails, _PREVIEWS), between)


def _longest_first(tags: Mapping[str, Sequence[tuple[float, float]]]) -> list[TagTimes]:
    times = [TagTimes(name, list(spans)) for name, spans in tags.items()]
    return sorted(times, key=lambda tag: -sum(end - start for start, end in tag.spans))


def _write_poster(target: Path, video: VideoFile, layout: Layout, at: Fraction | None) -> None:
    """Write the moment ``at``, or that at which most comments are on screen."""
    if at is None:
        at = crowded_moments(layout, video, 1)[0] if layout.placed else Fraction(0)
    _, picture = annotated_picture(AnnotatedVideo(video, [layout]), at, _POSTER_WIDTH)
    Image.fromarray(picture).save(target, quality=_POSTER_QUALITY)
