"""Rendering: an episode with its own comments, beside its ceiling and its peers.

``over_finished_encode`` takes the speed of one ffmpeg that decodes the video and encodes
pictures on which the comments are drawn already, with the same settings: what is left of that is
the price of drawing and of passing pictures on. ``over_libass`` takes ffmpeg's own filter for
subtitles, which draws the exported ASS, and ``over_pillow`` a loop that draws every text on every
picture with Pillow. All read the same file and write H.264 as ``render`` does, without sound.
``ten_bit_…`` are of its first seconds in HEVC of ten bits, read and written.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks._measure import (
    interleaved,
    milliseconds_each,
    per_second,
    report,
    speed_ratio,
    timed,
)
from benchmarks._pillow_peer import render_with_pillow
from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.screen import screen_comment
from pipeline.danmaku.comments.writing import write_comments
from pipeline.danmaku.drawing.layout import Layout, lay_out_with_fonts
from pipeline.danmaku.drawing.screen import screen_of
from pipeline.danmaku.video.annotated_video import AnnotatedVideo
from pipeline.danmaku.video.render import render
from pipeline.media.codecs import Codec, software_arguments
from pipeline.media.colors import Color, color_of
from pipeline.media.ffmpeg import ffmpeg_path
from pipeline.media.video_file import VideoFile
from pipeline.runtime.paths import JAPANESE_FONT
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from stages.danmaku.render import Config

EPISODE = EpisodeSpec(seconds=40, width=1280, height=720, comment_rate=6.3)
CONFIG = Config()
CODEC = Codec("h264", CONFIG.preset, CONFIG.crf)
TEN_BIT_CODEC = Codec("hevc", CONFIG.preset, CONFIG.crf)
TEN_BIT_SECONDS = 10


def main() -> None:
    """Measure and report."""
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        episode = make_episode(folder, EPISODE)
        comments = list(read_comments(episode.with_suffix(".xml")))
        video = _silent(options.video or episode, folder / "silent.mp4")
        screen = screen_of(video)
        layout = lay_out_with_fonts(list(map(screen_comment, comments)), screen, CONFIG.layout)
        subtitles = folder / "comments.ass"
        write_comments(subtitles, "ass", comments, screen)
        annotated, deep = AnnotatedVideo(video, [layout]), _deep(video, folder / "deep.mp4")
        deep_annotated = replace(annotated, video=deep, target_color=color_of(deep, 10))
        finished = folder / "finished.yuv"
        count = _draw_all(annotated, finished)
        target = folder / "annotated.mp4"
        bare = Layout([], [], screen)
        deep_count = _draw_all(deep_annotated, None)
        ways = {
            "render": lambda: render(annotated, target, CODEC, options.segments, _ignore),
            "finished": lambda: _encode_finished(video, finished, target),
            "libass": lambda: _burn(video, subtitles, target),
            "pillow": lambda: render_with_pillow(video, layout, target, CODEC),
            "bare": lambda: _ffmpeg("-i", video.path, *_ENCODING, target),
            "draw": lambda: _draw_all(annotated, None),
            "decode": lambda: _draw_all(replace(annotated, layouts=[bare]), None),
            "ten_bit_render": lambda: render(
                deep_annotated, target, TEN_BIT_CODEC, options.segments, _ignore
            ),
            "ten_bit_bare": lambda: _ffmpeg("-i", deep.path, *_DEEP_ENCODING, target),
            "ten_bit_draw": lambda: _draw_all(deep_annotated, None),
            "ten_bit_decode": lambda: _draw_all(replace(deep_annotated, layouts=[bare]), None),
        }
        seconds = interleaved({way: timed(work) for way, work in ways.items()}, options.rounds)
    encoding = ("render", "finished", "libass", "pillow", "bare")
    deep_encoding = ("ten_bit_render", "ten_bit_bare")
    report(
        "render",
        {
            **{f"{way}_pictures_per_s": per_second(count, seconds[way]) for way in encoding},
            "over_finished_encode": speed_ratio(seconds["render"], over=seconds["finished"]),
            "over_libass": speed_ratio(seconds["render"], over=seconds["libass"]),
            "over_pillow": speed_ratio(seconds["render"], over=seconds["pillow"]),
            "draw_ms_per_picture": milliseconds_each(
                count, list(np.subtract(seconds["draw"], seconds["decode"]))
            ),
            **{
                f"{way}_pictures_per_s": per_second(deep_count, seconds[way])
                for way in deep_encoding
            },
            "ten_bit_over_bare": speed_ratio(
                seconds["ten_bit_render"], over=seconds["ten_bit_bare"]
            ),
            "ten_bit_draw_ms_per_picture": milliseconds_each(
                deep_count, list(np.subtract(seconds["ten_bit_draw"], seconds["ten_bit_decode"]))
            ),
            "visible_comments": [_visible(layout, video)],
        },
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render", description=__doc__)
    parser.add_argument("--video", type=Path, help="another video than the show's episode")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--segments", type=int, default=1)
    return parser


_ENCODING = software_arguments(CODEC)
_DEEP_ENCODING = software_arguments(TEN_BIT_CODEC, Color(bits=10))


def _ffmpeg(*arguments: str | Path) -> None:
    command = [ffmpeg_path(), "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def _silent(video: Path, target: Path) -> VideoFile:
    """At most as long as the episode, which the comments are of."""
    _ffmpeg("-t", f"{EPISODE.seconds}", "-i", video, "-map", "0:v:0", "-c", "copy", target)
    return VideoFile.open(target)


def _deep(video: VideoFile, target: Path) -> VideoFile:
    """The first seconds in ten bits."""
    _ffmpeg("-t", f"{TEN_BIT_SECONDS}", "-i", video.path, *_DEEP_ENCODING, target)
    return VideoFile.open(target)


def _draw_all(annotated: AnnotatedVideo, target: Path | None) -> int:
    """Draw upon every picture, and write them all where there is a target."""
    count = 0
    with target.open("wb") if target else tempfile.TemporaryFile() as file:
        for _, picture in annotated.pictures():
            count += 1
            if target:
                file.write(picture.data)
    return count


def _encode_finished(video: VideoFile, finished: Path, target: Path) -> None:
    """Decode the video, as whoever draws must, and encode what is drawn already."""
    size = f"{video.width}x{video.height}"
    raw = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", str(video.rate))
    both = ("-i", video.path, *raw, "-i", finished)
    _ffmpeg(*both, "-map", "0:v", "-f", "null", "-", "-map", "1:v", *_ENCODING, target)


def _burn(video: VideoFile, subtitles: Path, target: Path) -> None:
    burning = f"ass={subtitles}:fontsdir={JAPANESE_FONT.parent}"
    _ffmpeg("-i", video.path, "-vf", burning, *_ENCODING, target)


def _visible(layout: Layout, video: VideoFile) -> float:
    """How many comments are on screen, on average."""
    end = float(video.duration)
    spans: Sequence[float] = [
        max(0.0, min(placed.motion.end, end) - max(placed.motion.start, 0.0))
        for placed in layout.placed
    ]
    return float(Fraction(sum(spans)) / video.duration)


def _ignore(amount: int) -> None:
    """Take the progress."""


if __name__ == "__main__":
    main()
