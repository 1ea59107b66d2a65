import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pipeline.danmaku.drawing.comment import Layer, ScreenComment
from pipeline.danmaku.drawing.compositing import Planes
from pipeline.danmaku.drawing.layout import Layout, lay_out
from pipeline.danmaku.drawing.overlay import MAX_SMOOTH, Overlay
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.lettering.colors import Rgb
from pipeline.lettering.glyphs import Typeface
from pipeline.lettering.masks import TextMask
from pipeline.media.color_space import GBRA, rgb_picture, yuv

GOLDEN = Path(__file__).with_name("golden")

Picture = npt.NDArray[np.uint8]
SPACE = yuv("bt709", full_range=False)


def overlay(
    comments: list[ScreenComment],
    size: tuple[int, int] = (320, 180),
    aspect: Fraction = Fraction(1),
    settings: LayoutSettings = LayoutSettings(),  # noqa: B008
    marks: dict[Layer, Rgb] | None = None,
    typeface: Typeface | None = None,
) -> Overlay:
    typeface = typeface or Typeface()
    layout = placed(comments, size, aspect, settings)
    return Overlay(layout, typeface, size[1], aspect, SPACE, marks)


def placed(
    comments: list[ScreenComment],
    size: tuple[int, int] = (320, 180),
    aspect: Fraction = Fraction(1),
    settings: LayoutSettings = LayoutSettings(),  # noqa: B008
) -> Layout:
    width, height = size
    screen = Screen(float(1080 * width * aspect / height))
    return lay_out(comments, Typeface().width, screen, settings)


class RecordingTypeface(Typeface):
    """Remembers which texts were drawn, and by how many pixels they were shifted."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[tuple[str, float]] = []

    def draw(self, text: str, *, shift: float = 0.0, **measures: Any) -> TextMask:
        self.drawn.append((text, shift))
        return super().draw(text, shift=shift, **measures)


def grey(size: tuple[int, int] = (320, 180), luma: int = 110) -> Picture:
    width, height = (side + side % 2 for side in size)
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    picture[:height] = luma
    return picture


def drawn(made: Overlay, time: Fraction, size: tuple[int, int] = (320, 180)) -> Picture:
    picture = grey(size)
    made.draw(Planes.yuv(picture), time)
    return picture


def rgb(picture: Picture) -> Picture:
    return rgb_picture(picture, SPACE, (picture.shape[1], picture.shape[0] * 2 // 3))


SCENE = [
    ScreenComment(2000, "ここすき", ()),
    ScreenComment(2100, "うおおおお", ("big", "red")),
    ScreenComment(2200, "ｗｗｗｗｗ Wow", ("small", "green")),
    ScreenComment(2300, "作画が\nやばい", ("cyan", "_live")),
    ScreenComment(1500, "【上】ここから本編", ("ue", "yellow")),
    ScreenComment(1700, "黒い文字", ("shita", "black")),
    ScreenComment(1800, "下の二行目", ("shita", "small", "#3399ff")),
]
COLOURS = [
    *("white", "red", "pink", "orange", "yellow", "green", "cyan", "blue", "purple", "black"),
    *("white2", "red2", "pink2", "orange2", "yellow2", "green2", "cyan2", "blue2", "purple2"),
    *("black2", "#f80", "#80ff00"),
]
EVERY_COLOUR = [
    ScreenComment(2400 if place == "naka" else 1000, color, (place, "small", color, "@9"))
    for place, some in (("ue", COLOURS[:8]), ("shita", COLOURS[8:16]), ("naka", COLOURS[16:]))
    for color in some
]
SIZES = [
    ScreenComment(2800 if place == "naka" else 1000, f"{size} あｗ", (size, place))
    for place in ("naka", "ue", "shita")
    for size in ("big", "medium", "small")
]
SHRINKING = [
    ScreenComment(1000, "\n".join("五行で縮む"), ()),
    ScreenComment(2800, "\n".join("五行縮まぬ"), ("ender",)),
    ScreenComment(1000, "四対三の幅に収まるまで小さくなる上のコメント", ("ue",)),
    ScreenComment(1000, "全幅なら大きいままの上のコメント", ("ue", "full")),
    ScreenComment(1000, "明朝と", ("shita", "mincho")),
    ScreenComment(1000, "見えない", ("shita", "invisible")),
    ScreenComment(1000, "/script", ()),
    ScreenComment(1000, "パティシエ 184", ("shita", "patissier", "184", "small")),
    ScreenComment(1000, "短い @1", ("shita", "@1", "small")),
]
LAYERS = [
    ScreenComment(1000, "視聴者のコメント", (), "viewer"),
    ScreenComment(1000, "投稿者コメント", ("red",), "owner"),
    ScreenComment(1000, "生成コメント", ("small",), "generated"),
    ScreenComment(1000, "下", ("shita",), "generated"),
]
WIDE, NARROW, TALL = (320, 180), (240, 180), (180, 320)
FLASH = LayoutSettings(rules="flash")
SIMPLE = LayoutSettings(rules="simple")
FAINT = LayoutSettings(scale=1.4, opacity=0.6, outline=2)
SAFE = LayoutSettings(safe_area=0.25, collide="all")


@pytest.mark.parametrize(
    ("name", "scene", "size", "settings", "time"),
    [
        ("places_sizes_colors", SCENE, WIDE, LayoutSettings(), 3),
        ("four_by_three", SCENE, NARROW, LayoutSettings(), 3),
        ("vertical", SCENE, TALL, LayoutSettings(), 3),
        ("flash", SCENE, WIDE, FLASH, 3),
        ("flash_four_by_three", SCENE, NARROW, FLASH, 3),
        ("flash_vertical", SCENE, TALL, FLASH, 3),
        ("simple", SCENE, WIDE, SIMPLE, 3),
        ("every_colour", EVERY_COLOUR, WIDE, LayoutSettings(), 2),
        ("every_colour_flash", EVERY_COLOUR, WIDE, FLASH, 2),
        ("sizes", SIZES, (640, 360), LayoutSettings(), 2),
        ("sizes_flash", SIZES, (640, 360), FLASH, 2),
        ("shrinking", SHRINKING, (640, 360), LayoutSettings(), 2),
        ("shrinking_flash", SHRINKING, (640, 360), FLASH, 2),
        ("safe_area_and_layers", LAYERS, WIDE, SAFE, 2),
        ("large_faint_and_thick", SCENE, WIDE, FAINT, 3),
        ("without_outline", SCENE, WIDE, LayoutSettings(outline=0), 3),
    ],
)
def test_golden_pictures(
    tmp_path: Path,
    name: str,
    scene: list[ScreenComment],
    size: tuple[int, int],
    settings: LayoutSettings,
    time: int,
) -> None:
    picture = grey(size)
    picture[: size[1]] = np.linspace(60, 200, size[0])
    overlay(scene, size, settings=settings).draw(Planes.yuv(picture), Fraction(time))
    shown, made, golden = rgb(picture), tmp_path / f"{name}.png", GOLDEN / f"{name}.png"
    Image.fromarray(shown).save(made, optimize=True)
    hint = f"look at {made}; if it is right, copy it to {golden}"
    assert golden.exists(), hint
    difference = np.abs(shown.astype(int) - np.asarray(Image.open(golden)))
    # FreeType's versions differ in how they round the edges of glyphs.
    assert difference.mean() < 1.0, hint
    assert (difference.max(axis=-1) > 48).mean() < 0.01, hint


def test_a_picture_depends_on_its_time_alone() -> None:
    forwards, backwards = overlay(SCENE), overlay(SCENE)
    times = [Fraction(n, 5) for n in range(40)]
    ahead = {time: drawn(forwards, time) for time in times}
    back = {time: drawn(backwards, time) for time in reversed(times)}
    assert all(np.array_equal(ahead[time], back[time]) for time in times)


def test_only_what_is_on_screen_is_drawn_and_kept() -> None:
    typeface = RecordingTypeface()
    comments = [ScreenComment(n * 1000, f"{n}", ("ue",)) for n in range(60)]
    made = overlay(comments, typeface=typeface)

    def count(second: int) -> int:
        return made.draw(Planes.yuv(grey()), Fraction(second))

    counts = [count(second) for second in range(70)]
    assert counts[:4] == [1, 2, 3, 3]
    assert counts[62:] == [0] * 8
    # Each is kept while it is on screen, and drawn once.
    texts = [text for text, _ in typeface.drawn]
    assert texts == [f"{n}" for n in range(60)]
    # None is kept longer: it has to be drawn again.
    assert count(0) == 1
    assert typeface.drawn[60:] == [("0", 0.0)]


def test_no_comments_leave_the_picture_as_it_was() -> None:
    assert np.array_equal(drawn(overlay([]), Fraction(1)), grey())


def test_blank_comments_draw_nothing() -> None:
    comments = [ScreenComment(1000, text, ()) for text in ("", " \n　", "\u200b")]
    assert np.array_equal(drawn(overlay(comments), Fraction(1)), grey())


def test_where_there_is_no_text_the_picture_stays_as_it_was() -> None:
    """Bit for bit, on a picture of noise."""
    noise = np.random.default_rng(0).integers(0, 256, (270, 320)).astype(np.uint8)
    picture = noise.copy()
    overlay([ScreenComment(0, "上だけ", ("ue",))]).draw(Planes.yuv(picture), Fraction(1))
    height = 180
    below = 2 * round(height * 95.5 / 1080 / 2) + 2
    assert not np.array_equal(picture[:below], noise[:below])
    assert np.array_equal(picture[below:height], noise[below:height])
    before, after = (p[height:].reshape(2, height // 2, -1) for p in (noise, picture))
    assert np.array_equal(before[:, below // 2 :], after[:, below // 2 :])


def test_letters_keep_their_shape_on_wide_pixels() -> None:
    """A square letter is as wide as high on the display, whatever the pixels' shape."""

    def extent(size: tuple[int, int], aspect: Fraction) -> tuple[int, int]:
        picture = drawn(
            overlay([ScreenComment(0, "回", ("ue", "big"))], size, aspect), Fraction(1), size
        )
        bright = picture[: size[1]] > 200
        columns, rows = (np.flatnonzero(bright.any(axis=axis)) for axis in (0, 1))
        assert abs(columns[0] + columns[-1] + 1 - size[0]) <= 3
        return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1

    width, height = extent((720, 480), Fraction(1))
    squeezed, same = extent((540, 480), Fraction(4, 3))
    assert same == height
    assert abs(squeezed - width * 3 / 4) <= 2


def test_odd_sizes_are_drawn_to_the_edges() -> None:
    made = overlay([ScreenComment(0, "流れる文字" * 3, ()) for _ in range(12)], (321, 181))
    for step in range(-20, 60):
        drawn(made, Fraction(step, 10), (321, 181))


def test_text_is_as_high_as_niconicos() -> None:
    """Glyphs of a medium comment are 75.9 of 1080 lines high, in a box of 95.5."""
    size = 1920, 1080
    picture = drawn(overlay([ScreenComment(0, "国", ("ue",))], size), Fraction(1), size)
    rows = np.flatnonzero((picture[:1080] > 200).any(axis=1))
    assert 0.85 * 75.9 < np.ptp(rows) < 75.9
    assert rows[0] > 5
    assert rows[-1] < 95.5 - 3


def test_text_moves_evenly_by_less_than_a_pixel() -> None:
    comments = [ScreenComment(0, "速", ("@30",))]  # 8 pixels in a second
    made = overlay(comments)
    moments = [Fraction(14) + Fraction(n, 100) for n in range(40)]
    places = []
    for moment in moments:
        picture = grey(luma=16)  # on which a black outline cannot be seen
        made.draw(Planes.yuv(picture), moment)
        brightness = picture[:180].sum(axis=0) - 16.0 * 180
        places.append(float(brightness @ np.arange(320) / brightness.sum()))
    (motion,) = [each.motion for each in placed(comments).placed]
    expected = [motion.x(float(moment)) / 6 for moment in moments]
    assert np.ptp(np.subtract(places, expected)) < 0.3


def test_in_a_crowd_text_moves_by_whole_pixels() -> None:
    def shifts(count: int) -> set[float]:
        typeface = RecordingTypeface()
        comments = [ScreenComment(0, f"{n}", ("@30",)) for n in range(count)]
        made = overlay(comments, typeface=typeface)
        for step in range(16):
            drawn(made, Fraction(14) + Fraction(step, 50))
        return {shift for _, shift in typeface.drawn}

    assert shifts(MAX_SMOOTH) == {0, 1 / 4, 1 / 2, 3 / 4}
    assert shifts(MAX_SMOOTH + 1) == {0}


def test_marked_layers_have_one_colour() -> None:
    red = ScreenComment(0, "国国国", ("ue", "red"), "generated")
    picture = rgb(drawn(overlay([red], marks={"generated": (0, 255, 0)}), Fraction(1)))
    strongest = picture[picture.max(axis=-1) > 200].mean(axis=0)
    assert strongest[1] > 2 * strongest[0]


def test_the_uploaders_comments_lie_over_the_others() -> None:
    both = [
        ScreenComment(0, "■■■", ("ue", "green"), "owner"),
        ScreenComment(0, "■■■", ("ue", "red"), "viewer"),
    ]
    middle = rgb(drawn(overlay(both), Fraction(1)))[8, 160]
    assert middle[1] > 200 > 60 > middle[0]


def test_a_comment_of_a_thousand_letters_is_made_ready_in_parts() -> None:
    made = overlay([ScreenComment(0, "ｗ" * 1024, ())], (1280, 720))
    canvas = grey((1280, 720))
    times = [Fraction(step, 20) for step in range(-20, 60)]
    made.draw(Planes.yuv(canvas), times[0])  # its mask is drawn as a whole
    tracemalloc.start()
    try:
        for time in times:
            made.draw(Planes.yuv(canvas), time)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    pixels = 1024 * 50 * 64  # of the whole comment
    assert kept < pixels
    assert peak < 2 * pixels


def test_on_a_clear_picture_only_text_is_opaque() -> None:
    typeface = Typeface()
    layout = lay_out([ScreenComment(0, "■■", ("ue", "red"))], typeface.width)
    planes = Planes(np.zeros((4, 180, 320), np.uint8), np.empty((0, 90, 160), np.uint8))
    Overlay(layout, typeface, 180, Fraction(1), GBRA).draw(planes, Fraction(1))
    green, blue, red, alpha = planes.full
    assert alpha.max() == 255
    assert (alpha > 0).mean() < 0.02
    assert red[alpha == 255].min() == 255
    assert max(green.max(), blue.max()) == 0
