"""Integer blending in YUV 4:2:0 against the same thing said in floating point."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.drawing.compositing import OUTLINE_OPACITY, Sprite, YuvSpace
from pipeline.drawing.glyphs import TextMask
from pipeline.drawing.style import BLACK, WHITE, Rgb

HEIGHT, WIDTH = 18, 22  # a quarter plane of 9 × 11 does not fill whole rows of the picture

Floats = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]

spaces = st.builds(YuvSpace, st.sampled_from(["bt709", "bt470bg"]), st.booleans())
colors = st.tuples(*[st.integers(0, 255)] * 3)
masks = st.tuples(st.integers(1, 15), st.integers(1, 15)).flatmap(
    lambda shape: st.builds(
        TextMask,
        arrays(np.uint8, shape),
        arrays(np.uint8, shape),
        st.integers(-3, 3),
        st.integers(-3, 3),
    )
)


def noise(seed: int = 0) -> Picture:
    values = np.random.default_rng(seed).integers(0, 256, (HEIGHT * 3 // 2, WIDTH))
    return values.astype(np.uint8)


def planes(picture: Picture) -> tuple[Picture, Picture, Picture]:
    flat, quarter = picture.reshape(-1), HEIGHT * WIDTH // 4
    luma, cb, cr = np.split(flat, [4 * quarter, 5 * quarter])
    half = (HEIGHT // 2, WIDTH // 2)
    return luma.reshape(HEIGHT, WIDTH), cb.reshape(half), cr.reshape(half)


def reference_yuv(rgb: Rgb, space: YuvSpace) -> Floats:
    red, green, blue = np.array(rgb) / 255
    if space.matrix == "bt709":
        y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        cb, cr = (blue - y) / 1.8556, (red - y) / 1.5748
    else:
        y = 0.299 * red + 0.587 * green + 0.114 * blue
        cb, cr = (blue - y) / 1.772, (red - y) / 1.402
    if space.full_range:
        return np.array([255 * y, 128 + 255 * cb, 128 + 255 * cr])
    return np.array([16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr])


def reference_blend(
    picture: Picture,
    mask: TextMask,
    x: int,
    y: int,
    colors: tuple[Rgb, Rgb],
    opacity: float,
    space: YuvSpace,
) -> list[Floats]:
    """The three planes after blending at full size and in floating point."""
    face, around = np.zeros((2, HEIGHT, WIDTH))
    for row, column in np.ndindex(mask.fill.shape):
        at = y + mask.top + row, x + mask.left + column
        if 0 <= at[0] < HEIGHT and 0 <= at[1] < WIDTH:
            face[at] = mask.fill[row, column] / 255
            around[at] = mask.outline[row, column] / 255
    around = around * (1 - face) * OUTLINE_OPACITY * opacity
    face = face * opacity
    fill, outline = (reference_yuv(color, space) for color in colors)
    result = []
    for plane, value, under in zip(planes(picture), fill, outline, strict=True):
        a, b = face, around
        if plane.shape != a.shape:
            a, b = (m.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3)) for m in (a, b))
        result.append(plane * (1 - a - b) + value * a + under * b)
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
    mask: TextMask, x: int, y: int, both: tuple[Rgb, Rgb], opacity: float, space: YuvSpace
) -> None:
    picture = noise()
    expected = reference_blend(picture, mask, x, y, both, opacity, space)
    Sprite(mask, *both, opacity, space).blend(picture, x, y)
    for plane, wanted in zip(planes(picture), expected, strict=True):
        assert np.abs(plane - wanted).max() <= 1.5


@settings(deadline=None)
@given(masks, st.integers(-20, WIDTH + 5), st.integers(-20, HEIGHT + 5))
def test_nothing_changes_outside_of_the_box(mask: TextMask, x: int, y: int) -> None:
    before, after = noise(), noise()
    Sprite(mask, WHITE, BLACK, 1.0, YuvSpace("bt709", False)).blend(after, x, y)
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
    mask = TextMask(fill, np.full((8, 8), 255, np.uint8), 0, 0)
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    Sprite(mask, WHITE, BLACK, 1.0, YuvSpace(matrix, full_range)).blend(picture, 4, 4)
    luma, cb, cr = planes(picture)
    assert (luma[6:10, 6:10] == white).all()
    assert luma[4, 4] == round(0.6 * 128 + 0.4 * black)
    assert luma[3, 4] == 128
    assert (cb == 128).all()
    assert (cr == 128).all()


def test_saturated_colors_keep_within_a_byte() -> None:
    solid = TextMask(np.full((4, 4), 255, np.uint8), np.zeros((4, 4), np.uint8), 0, 0)
    for color, expected in (((0, 0, 255), (18, 255, 116)), ((255, 255, 255), (255, 128, 128))):
        picture = np.full((HEIGHT * 3 // 2, WIDTH), 255, np.uint8)
        Sprite(solid, color, BLACK, 1.0, YuvSpace("bt709", True)).blend(picture, 0, 0)
        assert tuple(plane[0, 0] for plane in planes(picture)) == expected


def test_a_picture_that_cannot_be_drawn_upon_is_refused() -> None:
    every = np.full((4, 4), 255, np.uint8)
    solid = TextMask(every, every, 0, 0)
    sprite = Sprite(solid, WHITE, BLACK, 1.0, YuvSpace("bt709", False))
    with pytest.raises(ValueError, match="contiguous"):
        sprite.blend(noise()[:, ::2], 0, 0)
