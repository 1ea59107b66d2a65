"""ASS as libass draws it, beside what `make render` draws."""

import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writing import write_comments
from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.layout import lay_out
from pipeline.lettering.glyphs import Typeface
from pipeline.media.ffmpeg import ffmpeg_path
from pipeline.runtime.paths import JAPANESE_FONT

WIDTH, HEIGHT = 960, 540
COMMENTS = [
    Comment(time_ms=2000, text="流れる文字"),
    Comment(time_ms=2000, text="上の赤\n二行目", commands=["ue", "red"]),
    Comment(time_ms=2000, text="下 big", commands=["shita", "big", "#00ff00"]),
    Comment(time_ms=2000, text="small", commands=["small", "cyan"]),
]
AT = 2.5


def has_libass() -> bool:
    listed = subprocess.run([ffmpeg_path(), "-filters"], capture_output=True, text=True)
    return " ass " in listed.stdout


def drawn(subtitles: Path) -> npt.NDArray[np.uint8]:
    """(height, width, 3) RGB of a grey picture under the subtitles, AT seconds in."""
    fonts = JAPANESE_FONT.parent
    command = [
        *(ffmpeg_path(), "-v", "error", "-f", "lavfi"),
        *("-i", f"color=0x808080:size={WIDTH}x{HEIGHT}:rate=10,format=rgb24"),
        *("-vf", f"ass={subtitles}:fontsdir={fonts}", "-ss", str(AT), "-frames:v", "1"),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    assert not done.stderr, done.stderr
    return np.frombuffer(done.stdout, np.uint8).reshape(HEIGHT, WIDTH, 3)


@pytest.mark.skipif(not has_libass(), reason="this ffmpeg has no libass")
def test_libass_draws_each_comment_where_niconico_does(tmp_path: Path) -> None:
    path = tmp_path / "out.ass"
    write_comments(path, "ass", COMMENTS)
    picture = drawn(path).astype(int)
    on_screen = [ScreenComment(c.time_ms, c.text, tuple(c.commands)) for c in COMMENTS]
    for placed in lay_out(on_screen, Typeface().width).placed:
        color = np.array(placed.style.color)
        ys, xs = np.nonzero((np.abs(picture - color) < 48).all(axis=2))
        left = placed.motion.x(AT) * WIDTH / 1920
        right = left + placed.block.width * WIDTH / 1920
        top, bottom = placed.y / 2, (placed.y + placed.block.height) / 2
        assert len(xs) > 100, placed.text
        assert left - 3 < xs.min() < left + 12, placed.text
        assert right - 12 < xs.max() < right + 3, placed.text
        assert top < ys.min() < ys.max() < bottom, placed.text
