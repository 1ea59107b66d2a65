from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.drawing.overlay import Overlay, ScreenComment
from pipeline.media.probe import VideoInfo

GOLDEN = Path(__file__).with_name("golden") / "places_sizes_colors.png"

Picture = npt.NDArray[np.uint8]


def video(
    width: int = 320, height: int = 180, aspect: Fraction = Fraction(1), matrix: str = "bt709"
) -> VideoInfo:
    return VideoInfo(
        path=Path("video.mp4"),
        width=width,
        height=height,
        sample_aspect=aspect,
        rate=Fraction(25),
        duration=Fraction(60),
        frame_count=1500,
        color_matrix=matrix,
        full_range=False,
        sound_codecs=(),
    )


def grey(info: VideoInfo, luma: int = 110) -> Picture:
    height, width = info.height + info.height % 2, info.width + info.width % 2
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    picture[:height] = luma
    return picture


def rgb(picture: Picture) -> Picture:
    """BT.709, limited range."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    luma = (picture[:height].astype(float) - 16) * 255 / 219
    halves = picture[height:].reshape(2, height // 2, width // 2).astype(float)
    cb, cr = (halves.repeat(2, axis=1).repeat(2, axis=2) - 128) * 255 / 224
    channels = (luma + 1.5748 * cr, luma - 0.1873 * cb - 0.4681 * cr, luma + 1.8556 * cb)
    return np.stack(channels, axis=-1).round().clip(0, 255).astype(np.uint8)


SCENE = [
    ScreenComment(2000, "ここすき", ()),
    ScreenComment(2100, "うおおおお", ("big", "red")),
    ScreenComment(2200, "ｗｗｗｗｗ Wow", ("small", "green")),
    ScreenComment(2300, "作画が\nやばい", ("cyan", "_live")),
    ScreenComment(1500, "【上】ここから本編", ("ue", "yellow")),
    ScreenComment(1700, "黒い文字", ("shita", "black")),
    ScreenComment(1800, "下の二行目", ("shita", "small", "#3399ff")),
]


def test_the_golden_picture(tmp_path: Path) -> None:
    info = video()
    picture = grey(info)
    picture[: info.height] = np.linspace(60, 200, info.width)
    assert Overlay(SCENE, info).draw(picture, Fraction(3)) == len(SCENE)
    drawn, made = rgb(picture), tmp_path / GOLDEN.name
    Image.fromarray(drawn).save(made, optimize=True)

    difference = np.abs(drawn.astype(int) - np.asarray(Image.open(GOLDEN)))
    hint = f"look at {made}; if it is right, copy it to {GOLDEN}"
    # FreeType's versions differ in how they round the edges of glyphs.
    assert difference.mean() < 1.0, hint
    assert (difference.max(axis=-1) > 48).mean() < 0.01, hint


def test_a_picture_depends_on_its_time_alone() -> None:
    info = video()
    forwards, backwards = Overlay(SCENE, info), Overlay(SCENE, info)
    times = [Fraction(n, 5) for n in range(40)]
    ahead: dict[Fraction, Picture] = {}
    back: dict[Fraction, Picture] = {}
    for time in times:
        forwards.draw(ahead.setdefault(time, grey(info)), time)
    for time in reversed(times):
        backwards.draw(back.setdefault(time, grey(info)), time)
    assert all(np.array_equal(ahead[time], back[time]) for time in times)


def test_only_what_is_on_screen_is_drawn_and_kept() -> None:
    info = video()
    overlay = Overlay([ScreenComment(n * 1000, f"{n}", ("ue",)) for n in range(60)], info)
    counts = [overlay.draw(grey(info), Fraction(second)) for second in range(70)]
    assert counts[:4] == [1, 2, 3, 3]
    assert counts[62:] == [0] * 8

    for second in range(60):
        overlay.draw(grey(info), Fraction(second))
        assert len(overlay._sprites) <= 3


def test_no_comments_leave_the_picture_as_it_was() -> None:
    picture = grey(video())
    assert Overlay([], video()).draw(picture, Fraction(1)) == 0
    assert np.array_equal(picture, grey(video()))


def test_blank_comments_draw_nothing() -> None:
    picture = grey(video())
    Overlay([ScreenComment(1000, text, ()) for text in ("", " \n　", "\u200b")], video()).draw(
        picture, Fraction(1)
    )
    assert np.array_equal(picture, grey(video()))


def test_letters_keep_their_shape_on_wide_pixels() -> None:
    """A square letter is as wide as high on the display, whatever the pixels' shape."""

    def extent(info: VideoInfo) -> tuple[int, int]:
        picture = grey(info)
        Overlay([ScreenComment(0, "回", ("ue", "big"))], info).draw(picture, Fraction(1))
        bright = picture[: info.height] > 200
        columns, rows = (np.flatnonzero(bright.any(axis=axis)) for axis in (0, 1))
        assert abs(columns[0] + columns[-1] + 1 - info.width) <= 3
        return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1

    width, height = extent(video(720, 480, Fraction(1)))
    squeezed, same = extent(video(540, 480, Fraction(4, 3)))
    assert same == height
    assert abs(squeezed - width * 3 / 4) <= 2


def test_odd_sizes_are_drawn_to_the_edges() -> None:
    info = video(321, 181)
    overlay = Overlay([ScreenComment(0, "流れる文字" * 3, ()) for _ in range(12)], info)
    for step in range(-20, 60):
        overlay.draw(grey(info), Fraction(step, 10))


def test_missing_characters_are_known_before_anything_is_drawn() -> None:
    overlay = Overlay([ScreenComment(0, "あ\U000e0fff", ())], video())
    assert overlay.missing == {"\U000e0fff"}
    assert overlay.draw(grey(video()), Fraction(0)) == 1


def test_text_is_as_high_as_niconicos() -> None:
    """Glyphs of a medium comment are 75.9 of 1080 lines high, in a box of 95.5."""
    info = video(1920, 1080)
    picture = grey(info)
    Overlay([ScreenComment(0, "国", ("ue",))], info).draw(picture, Fraction(1))
    rows = np.flatnonzero((picture[:1080] > 200).any(axis=1))
    assert 0.85 * 75.9 < np.ptp(rows) < 75.9
    assert rows[0] > 5
    assert rows[-1] < 95.5 - 3
