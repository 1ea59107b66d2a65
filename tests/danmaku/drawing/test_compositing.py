"""Integer blending, in YUV 4:2:0 and with alpha, against the same thing in floating point."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.danmaku.drawing.compositing import OUTLINE_OPACITY, TILE, Planes, Sprite
from pipeline.lettering.colors import BLACK, WHITE, Rgb
from pipeline.lettering.masks import PHASES, TextMask
from pipeline.media.color_space import GBRA, ColorSpace, space_of, yuv
from pipeline.media.colors import Color
from pipeline.media.light import pq_light, pq_signal
from pipeline.runtime.arrays import Float64s

HEIGHT, WIDTH = 18, 22  # a quarter plane of 9 × 11 does not fill whole rows of the picture

Picture = npt.NDArray[np.unsignedinteger[Any]]

Space = tuple[str, bool, Literal[8, 10]]

matrices = st.sampled_from(["bt709", "bt470bg", "bt2020nc"])
spaces = st.tuples(matrices, st.booleans(), st.sampled_from([8, 10]))
colors = st.tuples(*[st.integers(0, 255)] * 3)
masks = st.tuples(st.integers(1, 15), st.integers(1, 15)).flatmap(
    lambda shape: st.builds(
        TextMask,
        arrays(np.uint8, shape),
        arrays(np.uint8, shape),
        st.integers(-3, 3),
        st.integers(-3, 3),
        st.one_of(st.none(), arrays(np.uint8, (*shape, 4))),
    )
)


def noise(bits: int = 8) -> Picture:
    values = np.random.default_rng(0).integers(0, 1 << bits, (HEIGHT * 3 // 2, WIDTH))
    return values.astype(np.uint8) if bits == 8 else values.astype(np.uint16)


def planes(picture: Picture) -> tuple[Picture, Picture, Picture]:
    flat, quarter = picture.reshape(-1), HEIGHT * WIDTH // 4
    luma, cb, cr = np.split(flat, [4 * quarter, 5 * quarter])
    half = (HEIGHT // 2, WIDTH // 2)
    return luma.reshape(HEIGHT, WIDTH), cb.reshape(half), cr.reshape(half)


def sprite(
    mask: TextMask, fill: Rgb, outline: Rgb, opacity: float, space: ColorSpace, tile: int = TILE
) -> Sprite:
    return Sprite(lambda phase: mask, fill, outline, opacity, space, tile)


def reference_yuv(rgb: npt.ArrayLike, space: Space) -> Float64s:
    """(3, …) of (…, 3)."""
    red, green, blue = np.moveaxis(np.asarray(rgb, np.float64), -1, 0) / 255
    matrix, full_range, bits = space
    of_red, of_blue = {
        "bt709": (0.2126, 0.0722),
        "bt470bg": (0.299, 0.114),
        "bt2020nc": (0.2627, 0.0593),
    }[matrix]
    y = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    cb, cr = (blue - y) / (2 - 2 * of_blue), (red - y) / (2 - 2 * of_red)
    if full_range:
        span, middle = (1 << bits) - 1, 1 << bits - 1
        return np.array([span * y, middle + span * cb, middle + span * cr])
    eight = np.array([16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr])
    return eight * (1 << bits - 8)


def reference_ink(
    mask: TextMask,
    x: int,
    y: int,
    fill: Float64s,
    outline: Float64s,
    colors: Float64s,
    opacity: float,
) -> tuple[Float64s, Float64s]:
    """Alpha (h, w) and premultiplied values (planes, h, w) of a whole picture."""
    alpha = np.zeros((HEIGHT, WIDTH))
    values = np.zeros((len(fill), HEIGHT, WIDTH))
    for row, column in np.ndindex(mask.fill.shape):
        at = y + mask.top + row, x + mask.left + column
        if 0 <= at[0] < HEIGHT and 0 <= at[1] < WIDTH:
            face = mask.fill[row, column] / 255 * opacity
            around = mask.outline[row, column] / 255 * OUTLINE_OPACITY * opacity
            around *= 1 - mask.fill[row, column] / 255
            alpha[at], values[:, *at] = face + around, face * fill + around * outline
            if mask.colors is not None:
                own = mask.colors[row, column, 3] / 255 * opacity
                alpha[at] = alpha[at] * (1 - own) + own
                values[:, *at] = values[:, *at] * (1 - own) + own * colors[:, row, column]
    return alpha, values


def reference_blend(
    picture: Picture,
    mask: TextMask,
    x: int,
    y: int,
    colors: tuple[Rgb, Rgb],
    opacity: float,
    space: Space,
) -> list[Float64s]:
    """The three planes after blending at full size and in floating point."""
    fill, outline = (reference_yuv(color, space) for color in colors)
    own = None if mask.colors is None else mask.colors[..., :3]
    pixels = reference_yuv(np.zeros((1, 1, 3)) if own is None else own, space)
    alpha, values = reference_ink(mask, x, y, fill, outline, pixels, opacity)
    result = []
    for plane, value in zip(planes(picture), values, strict=True):
        a, v = alpha, value
        if plane.shape != a.shape:
            a, v = (m.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3)) for m in (a, v))
        result.append(plane * (1 - a) + v)
    return result


@settings(deadline=None, max_examples=150)
@given(
    masks,
    st.integers(-20, WIDTH + 5),
    st.integers(-20, HEIGHT + 5),
    st.tuples(colors, colors),
    st.sampled_from([1.0, 0.5]),
    spaces,
)
def test_blending_agrees_with_floating_point(
    mask: TextMask, x: int, y: int, both: tuple[Rgb, Rgb], opacity: float, space: Space
) -> None:
    picture = noise(space[2])
    expected = reference_blend(picture, mask, x, y, both, opacity, space)
    sprite(mask, *both, opacity, yuv(*space)).blend(Planes.yuv(picture), PHASES * x, y)
    for plane, wanted in zip(planes(picture), expected, strict=True):
        assert np.abs(plane - wanted).max() <= 1.5


@settings(deadline=None)
@given(masks, st.integers(-20, WIDTH + 5), st.integers(-20, HEIGHT + 5))
def test_nothing_changes_outside_of_the_box(mask: TextMask, x: int, y: int) -> None:
    before, after = noise(), noise()
    sprite(mask, WHITE, BLACK, 1.0, yuv("bt709", False)).blend(Planes.yuv(after), PHASES * x, y)
    top, left = y + mask.top, x + mask.left
    bottom, right = top + mask.fill.shape[0], left + mask.fill.shape[1]
    for scale, old, new in zip((1, 2, 2), planes(before), planes(after), strict=True):
        outside = np.ones(old.shape, bool)
        rows = slice(max(0, top // scale), max(0, -(-bottom // scale)))
        columns = slice(max(0, left // scale), max(0, -(-right // scale)))
        outside[rows, columns] = False
        assert np.array_equal(old[outside], new[outside])


@pytest.mark.parametrize("matrix", ["bt709", "bt470bg"])
@pytest.mark.parametrize(("full_range", "black", "white"), [(False, 16, 235), (True, 0, 255)])
def test_a_white_face_raises_luma_and_a_black_outline_lowers_it(
    matrix: str, full_range: bool, black: int, white: int
) -> None:
    fill = np.zeros((8, 8), np.uint8)
    fill[2:6, 2:6] = 255
    mask = TextMask(fill, np.full((8, 8), 255, np.uint8), 0, 0, None)
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    sprite(mask, WHITE, BLACK, 1.0, yuv(matrix, full_range)).blend(
        Planes.yuv(picture), PHASES * 4, 4
    )
    luma, cb, cr = planes(picture)
    assert (luma[6:10, 6:10] == white).all()
    assert luma[4, 4] == round(0.6 * 128 + 0.4 * black)
    assert luma[3, 4] == 128
    assert (cb == 128).all()
    assert (cr == 128).all()


@pytest.mark.parametrize(("transfer", "signal"), [(16, 0.58), (18, 0.75)])
def test_white_over_hdr_is_graphics_white(transfer: int, signal: float) -> None:
    solid = TextMask(np.full((4, 4), 255, np.uint8), np.zeros((4, 4), np.uint8), 0, 0, None)
    space = space_of(Color("bt2020nc", False, 9, transfer, bits=10))
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 512, np.uint16)
    sprite(solid, WHITE, BLACK, 1.0, space).blend(Planes.yuv(picture), 0, 0)
    luma, cb, cr = planes(picture)
    assert abs((luma[0, 0] - 64) / 876 - signal) < 0.002
    assert (cb[0, 0], cr[0, 0]) == (512, 512)


def test_the_outline_darkens_hdr_as_much_as_other_pictures() -> None:
    nothing, around = np.zeros((4, 4), np.uint8), np.full((4, 4), 255, np.uint8)
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 64 + round(876 * float(pq_signal(203))), np.uint16)
    space = space_of(Color("bt2020nc", False, 9, 16, bits=10))
    sprite(TextMask(nothing, around, 0, 0, None), WHITE, BLACK, 1.0, space).blend(
        Planes.yuv(picture), 0, 0
    )
    left = pq_light((planes(picture)[0][0, 0] - 64) / 876) / 203
    assert abs(left - (1 - OUTLINE_OPACITY) ** 2.4) < 0.01


def test_saturated_colors_keep_within_a_byte() -> None:
    solid = TextMask(np.full((4, 4), 255, np.uint8), np.zeros((4, 4), np.uint8), 0, 0, None)
    for color, expected in (((0, 0, 255), (18, 255, 116)), ((255, 255, 255), (255, 128, 128))):
        picture = np.full((HEIGHT * 3 // 2, WIDTH), 255, np.uint8)
        sprite(solid, color, BLACK, 1.0, yuv("bt709", True)).blend(Planes.yuv(picture), 0, 0)
        assert tuple(plane[0, 0] for plane in planes(picture)) == expected


def test_a_picture_that_cannot_be_drawn_upon_is_refused() -> None:
    with pytest.raises(ValueError, match="contiguous"):
        Planes.yuv(noise()[:, ::2])


@settings(deadline=None, max_examples=60)
@given(
    masks,
    st.integers(-20, WIDTH + 5),
    st.integers(-20, HEIGHT + 5),
    st.tuples(colors, colors),
)
def test_long_texts_are_the_same_in_tiles(
    mask: TextMask, x: int, y: int, both: tuple[Rgb, Rgb]
) -> None:
    whole, tiled = noise(), noise()
    space = yuv("bt709", False)
    sprite(mask, *both, 1.0, space).blend(Planes.yuv(whole), PHASES * x, y)
    tiles = sprite(mask, *both, 1.0, space, tile=4)
    for moved in (x + 9, x + 3, x, x - 2):  # tiles come into view and leave it
        tiles.blend(Planes.yuv(noise()), PHASES * moved, y)
    tiles.blend(Planes.yuv(tiled), PHASES * x, y)
    assert np.array_equal(whole, tiled)


def test_a_part_of_a_picture_is_drawn_upon_alone() -> None:
    every = np.full((4, 8), 255, np.uint8)
    solid = TextMask(every, every, 0, 0, None)
    picture, before = noise(), noise()
    right = Planes.yuv(picture).columns(12, WIDTH)
    sprite(solid, WHITE, BLACK, 1.0, yuv("bt709", False)).blend(right, PHASES * -2, 2)
    for scale, old, new in zip((1, 2, 2), planes(before), planes(picture), strict=True):
        assert np.array_equal(old[:, : 12 // scale], new[:, : 12 // scale])
        assert (
            old[4 // scale, 12 // scale :][: 6 // scale]
            != new[4 // scale][12 // scale :][: 6 // scale]
        ).any()


@settings(deadline=None, max_examples=60)
@given(masks, st.integers(-9, WIDTH), st.integers(-9, HEIGHT), st.tuples(colors, colors))
def test_on_a_clear_picture_alpha_is_what_the_text_covers(
    mask: TextMask, x: int, y: int, both: tuple[Rgb, Rgb]
) -> None:
    clear = np.zeros((4, HEIGHT, WIDTH), np.uint8)
    nothing = np.empty((0, HEIGHT // 2, WIDTH // 2), np.uint8)
    sprite(mask, *both, 1.0, GBRA).blend(Planes(clear, nothing), PHASES * x, y)

    def gbra(rgb: npt.ArrayLike) -> Float64s:
        red, green, blue = np.moveaxis(np.asarray(rgb, np.float64), -1, 0)
        return np.stack([green, blue, red, np.full_like(red, 255)])

    own = np.zeros((1, 1, 3)) if mask.colors is None else mask.colors[..., :3]
    alpha, values = reference_ink(mask, x, y, gbra(both[0]), gbra(both[1]), gbra(own), 1.0)
    assert np.abs(clear - values).max() <= 1.5
    assert np.abs(clear[3] - 255 * alpha).max() <= 1.5


def test_parts_of_a_pixel_choose_the_mask_and_halved_planes_the_nearest_column() -> None:
    drawn = []

    def mask(phase: int) -> TextMask:
        drawn.append(phase)
        every = np.full((2, 2), 255 - phase, np.uint8)
        return TextMask(every, every, 0, 0, None)

    text = Sprite(mask, WHITE, BLACK, 1.0, yuv("bt709", True))
    for x in range(4 * PHASES, 5 * PHASES):
        picture = np.zeros((HEIGHT * 3 // 2, WIDTH), np.uint8)
        text.blend(Planes.yuv(picture), x, 4)
        luma, cb, _ = planes(picture)
        assert set(np.flatnonzero(luma[4])) == {4, 5}
        nearest = round(x / PHASES + 0.01)
        assert set(np.flatnonzero(cb[2])) == ({2} if nearest == 4 else {2, 3})
    assert sorted(drawn) == list(range(PHASES))
