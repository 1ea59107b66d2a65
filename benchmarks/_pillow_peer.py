"""Comments drawn the plain way: every text with Pillow, on every picture, in RGB."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.danmaku.drawing.layout import Layout, Placed
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.media.codecs import Codec
from pipeline.media.encode import VideoFormat, encoder
from pipeline.media.ffmpeg import ffmpeg_path
from pipeline.media.probe import VideoInfo
from pipeline.runtime.paths import JAPANESE_FONT


def render_with_pillow(video: VideoInfo, layout: Layout, target: Path, codec: Codec) -> None:
    """Write ``target``, without sound."""
    decoding = [ffmpeg_path(), "-v", "error", "-i", str(video.path), "-map", "0:v:0"]
    shape = video.height, video.width, 3
    picture = np.empty(shape, np.uint8)
    with (
        subprocess.Popen(
            [*decoding, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], stdout=subprocess.PIPE
        ) as source,
        encoder(
            target,
            VideoFormat(
                size=(video.width, video.height), rate=video.rate, pixel_format="rgb24", codec=codec
            ),
        ) as sink,
    ):
        assert source.stdout is not None
        number = 0
        while source.stdout.readinto(picture.data.cast("B")):  # type: ignore[attr-defined]
            now = number / video.rate
            image = Image.fromarray(picture)
            for placed in layout.placed:
                if placed.motion.start <= now < placed.motion.end:
                    _draw(image, placed, now)
            sink.write(np.asarray(image))
            number += 1


def _draw(image: Image.Image, placed: Placed, now: Fraction) -> None:
    scale = image.height / STAGE_HEIGHT
    font = ImageFont.truetype(JAPANESE_FONT, placed.block.glyph * scale)
    ImageDraw.Draw(image).text(
        (placed.motion.x(float(now)) * scale, (placed.y + placed.block.baseline) * scale),
        placed.text,
        fill=placed.style.color,
        font=font,
        anchor="ls" if "\n" not in placed.text else None,
        stroke_width=max(1, round(placed.block.outline * scale)),
        stroke_fill=(0, 0, 0),
    )
