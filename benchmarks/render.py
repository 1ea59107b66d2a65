"""Rendering: an episode with its own comments beside encoding alone.

``render_over_encode`` is what remains of the encoder's speed when comments are drawn;
``render_over_finished`` takes the encoder's speed over pictures on which they are drawn
already, the ceiling of any drawing, since text is hard on the encoder. All pictures come
from memory and go to H.264 as ``render`` makes it, without sound.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
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
from pipeline.comments.reading import read_comments
from pipeline.drawing.overlay import Overlay, ScreenComment
from pipeline.media.decode import Picture, planar_pictures
from pipeline.media.encode import encoder
from pipeline.media.probe import VideoInfo, probe
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from stages.render import Config

EPISODE = EpisodeSpec(seconds=12)
CONFIG = Config()

Draw = Callable[[Picture, int], object]
"""Changes a picture, given its number."""


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video = probe(make_episode(folder, EPISODE))
        overlay = Overlay(_comments(video.path.with_suffix(".xml")), video)
        bare = [picture.copy() for picture in planar_pictures(video)]
        drawn = [picture.copy() for picture in bare]

        def draw(picture: Picture, number: int) -> int:
            return overlay.draw(picture, number / video.rate)

        visible = [draw(picture, number) for number, picture in enumerate(drawn)]
        target = folder / "annotated.mp4"
        seconds = interleaved(
            {
                "render": timed(lambda: _encode(target, video, bare, draw)),
                "encode": timed(lambda: _encode(target, video, bare, _leave)),
                "encode_finished": timed(lambda: _encode(target, video, drawn, _leave)),
                "draw": timed(lambda: _draw_each(bare, draw)),
            }
        )
    encoding = ("render", "encode", "encode_finished")
    report(
        "render",
        {
            **{f"{way}_pictures_per_s": per_second(len(bare), seconds[way]) for way in encoding},
            "render_over_encode": speed_ratio(seconds["render"], over=seconds["encode"]),
            "render_over_finished": speed_ratio(seconds["render"], over=seconds["encode_finished"]),
            "draw_ms_per_picture": milliseconds_each(len(bare), seconds["draw"]),
            "visible_comments": [float(np.mean(visible))],
        },
    )


def _encode(target: Path, video: VideoInfo, pictures: Sequence[Picture], draw: Draw) -> None:
    with encoder(
        target,
        size=(video.width, video.height),
        rate=video.rate,
        color_matrix=video.color_matrix,
        preset=CONFIG.preset,
        crf=CONFIG.crf,
    ) as sink:
        canvas = np.empty_like(pictures[0])
        for number, picture in enumerate(pictures):
            canvas[:] = picture
            draw(canvas, number)
            sink.write(canvas)


def _draw_each(pictures: Sequence[Picture], draw: Draw) -> None:
    canvas = np.empty_like(pictures[0])
    for number, picture in enumerate(pictures):
        canvas[:] = picture
        draw(canvas, number)


def _leave(picture: Picture, number: int) -> None:
    """Draw nothing."""


def _comments(path: Path) -> list[ScreenComment]:
    return [
        ScreenComment(comment.time_ms, comment.text, tuple(comment.commands))
        for comment in read_comments(path)
    ]


if __name__ == "__main__":
    main()
