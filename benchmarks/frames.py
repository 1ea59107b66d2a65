"""Decoding: the pictures that ``frames`` reads, beside ffmpeg alone and beside imageio.

ffmpeg making the same 224-pixel RGB pictures and throwing them away is the ceiling: what is
missing to it is the pipe, the times and Python. imageio's iteration is the plain way to read
a video in Python; it hands out pictures of the video's own size, as its users take them.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterable
from pathlib import Path

import imageio.v3 as iio

from benchmarks._measure import interleaved, per_second, report, speed_ratio, timed
from pipeline.media.decode import scaled_pictures
from pipeline.media.ffmpeg import finish, running
from pipeline.media.probe import probe
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec

SIZE = 224
EPISODE = EpisodeSpec(seconds=20, width=1280, height=720)


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as folder:
        video = probe(make_episode(Path(folder), EPISODE))
        seconds = interleaved(
            {
                "decode": timed(lambda: _exhaust(scaled_pictures(video, SIZE))),
                "ffmpeg": timed(lambda: _ffmpeg_alone(video.path)),
                "imageio": timed(lambda: _exhaust(iio.imiter(video.path, plugin="FFMPEG"))),
            }
        )
    rates = {
        f"{name}_frames_per_s": per_second(EPISODE.frame_count, spent)
        for name, spent in seconds.items()
    }
    ratios = {
        f"decode_over_{name}": speed_ratio(seconds["decode"], over=seconds[name])
        for name in ("ffmpeg", "imageio")
    }
    report("frames", rates | ratios)


def _ffmpeg_alone(video: Path) -> None:
    arguments = [
        *("-i", str(video), "-map", "0:v:0", "-fps_mode", "passthrough"),
        *("-vf", f"scale={SIZE}:{SIZE}:flags=area", "-pix_fmt", "rgb24", "-f", "null", "-"),
    ]
    with running(arguments) as (process, said):
        finish(process, said, "decoding to nowhere")


def _exhaust(pictures: Iterable[object]) -> None:
    deque(pictures, maxlen=0)


if __name__ == "__main__":
    main()
