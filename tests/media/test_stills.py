"""Still pictures of every kind look as a browser shows them, and bad ones are told apart."""

from __future__ import annotations

import base64
import os
import struct
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from pipeline.media import stills
from pipeline.media.stills import MAX_PIXELS, read_square, read_squares, read_still
from pipeline.runtime.errors import ExitCode, PipelineError

RED, WHITE = (255, 0, 0), (255, 255, 255)


def two_halves(left: Any, right: Any, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (40, 20), left)
    image.paste(right, (20, 0, 40, 20))
    return image


def saved(folder: Path, image: Image.Image, name: str = "a.png", **how: Any) -> Path:
    image.save(folder / name, **how)
    return folder / name


def corners(path: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    pixels = read_still(path).pixels
    return tuple(pixels[10, 5].tolist()), tuple(pixels[10, 35].tolist())


@pytest.mark.parametrize(
    ("image", "name", "left", "right"),
    [
        (two_halves((0, 0, 0, 0), (255, 0, 0, 255), "RGBA"), "a.png", WHITE, RED),
        (two_halves((9, 9, 9, 0), (255, 0, 0, 255), "RGBA"), "a.webp", WHITE, RED),
        (two_halves((0, 0), (0, 255), "LA"), "a.png", WHITE, (0, 0, 0)),
        (two_halves(0, 200, "L"), "a.png", (0, 0, 0), (200, 200, 200)),
        (two_halves(0, 65535, "I;16"), "a.png", (0, 0, 0), WHITE),
        (two_halves(0, 32896, "I;16"), "a.tif", (0, 0, 0), (128, 128, 128)),
        (two_halves(0.0, 1.0, "F"), "a.tif", (0, 0, 0), WHITE),
        (two_halves(0, 1, "1"), "a.png", (0, 0, 0), WHITE),
        (two_halves(RED, WHITE).convert("P", palette=Image.Palette.ADAPTIVE), "a.gif", RED, WHITE),
    ],
    ids=["rgba", "webp", "la", "grey", "16 bits", "16-bit tiff", "floats", "one bit", "palette"],
)
def test_every_mode_becomes_rgb_over_white(
    tmp_path: Path, image: Image.Image, name: str, left: Any, right: Any
) -> None:
    assert corners(saved(tmp_path, image, name, lossless=True)) == (left, right)


def test_a_transparent_colour_of_a_palette_is_white(tmp_path: Path) -> None:
    image = two_halves(0, 1, "P")
    image.putpalette([0, 0, 0, 255, 0, 0])
    assert corners(saved(tmp_path, image, "a.gif", transparency=0)) == (WHITE, RED)


def test_cmyk_without_a_profile_is_plain(tmp_path: Path) -> None:
    path = saved(tmp_path, two_halves((0, 0, 0, 0), (0, 0, 0, 255), "CMYK"), "a.jpg", quality=100)
    left, right = corners(path)
    assert min(left) > 250 and max(right) < 5


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_pictures_are_turned_once(tmp_path: Path, orientation: int, name: str) -> None:
    """As EXIF defines it: which corner of the stored picture is the upper left one."""
    upright = np.zeros((24, 40, 3), np.uint8)
    upright[:12, :20] = 255  # the upper left
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(np.ascontiguousarray(stored))
    still = read_still(saved(tmp_path, image, name, exif=exif))
    assert still.shape == (40, 24)
    assert still.pixels.shape == (24, 40, 3)
    assert np.abs(still.pixels.astype(int) - upright).mean() < 12
    assert read_square(tmp_path / name, 32).shape == (40, 24)


def test_colours_are_those_that_the_profile_means(tmp_path: Path) -> None:
    """Swapped primaries: what a profile calls red must come out as the green that it is."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = bytearray(profile)
    tags = {bytes(swapped[at : at + 4]): at for at in range(132, 132 + 12 * profile[131], 12)}
    red, green = (slice(tags[name] + 4, tags[name] + 12) for name in (b"rXYZ", b"gXYZ"))
    swapped[red], swapped[green] = swapped[green], swapped[red]
    path = saved(tmp_path, Image.new("RGB", (9, 9), RED), icc_profile=bytes(swapped))
    shade = read_still(path).pixels[4, 4]
    assert shade[1] > 250 and shade[0] < 10
    translucent = Image.new("RGBA", (9, 9), (*RED, 0))
    path = saved(tmp_path, translucent, "b.png", icc_profile=bytes(swapped))
    assert tuple(read_still(path).pixels[4, 4]) == WHITE
    path = saved(tmp_path, Image.new("RGB", (9, 9), RED), "c.png", icc_profile=b"no profile")
    assert tuple(read_still(path).pixels[4, 4]) == RED


def test_squares_are_squeezed_padded_or_cut(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (80, 40), RED))
    assert (read_square(path, 32).pixels == RED).all()
    padded = read_square(path, 32, "pad").pixels
    assert (
        (padded[:7] == WHITE).all() and (padded[9:23] == RED).all() and (padded[25:] == WHITE).all()
    )
    halves = saved(tmp_path, two_halves(RED, WHITE).resize((160, 40)), "b.png")
    assert abs(int((read_square(halves, 40, "crop").pixels[:, :, 1] == 0).sum()) - 800) < 100
    for fit in ("squeeze", "pad", "crop"):
        still = read_square(path, 48, fit)
        assert still.pixels.shape == (48, 48, 3)
        assert still.shape == (80, 40)


def test_a_large_jpeg_is_decoded_small_and_looks_the_same(tmp_path: Path) -> None:
    slope = np.linspace(0, 255, 1600).astype(np.uint8)
    image = Image.fromarray(np.stack([np.tile(slope, (1200, 1))] * 3, 2))
    small = read_square(saved(tmp_path, image, "a.jpg", quality=95), 64)
    exact = read_square(saved(tmp_path, image, "a.png"), 64)
    assert small.shape == exact.shape == (1600, 1200)
    assert np.abs(small.pixels.astype(int) - exact.pixels).max() <= 4


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_animated_files_give_any_of_their_pictures(tmp_path: Path, name: str) -> None:
    frames = [Image.new("RGB", (20, 20), (shade, shade, shade)) for shade in (0, 120, 240)]
    path = saved(tmp_path, frames[0], name, save_all=True, append_images=frames[1:], lossless=True)
    assert [number for number, _ in read_squares(path, 32)] == [0, 1, 2]
    squares = [still.pixels for _, still in read_squares(path, 32)]
    assert [int(square.mean()) for square in squares] == pytest.approx([0, 120, 240], abs=2)
    for number, square in enumerate(squares):
        np.testing.assert_array_equal(square, read_square(path, 32, frame=number).pixels)
    shades = [int(read_still(path, frame).pixels.mean()) for frame in range(3)]
    assert shades == pytest.approx([0, 120, 240], abs=2)
    assert code_of(lambda: read_still(path, 3)) == ExitCode.NOT_A_VIDEO


def test_a_still_has_one_picture_without_a_number(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (9, 9)))
    assert [number for number, _ in read_squares(path, 32)] == [None]


def test_what_is_no_file_is_told_and_a_pipe_does_not_hold_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    for name, told in {
        "pipe.jpg": "is no file",
        "folder.png": "is no file",
        "loop.png": "a link to nothing",
        "gone.png": "a link to nothing",
    }.items():
        with pytest.raises(PipelineError, match=told):
            read_still(tmp_path / name)


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(5, "I/O error")]
)
def test_a_file_that_the_disk_does_not_give_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    path = saved(tmp_path, Image.new("RGB", (9, 9)))

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(PipelineError, match=f"cannot be read: {error.strerror}") as caught:
        read_still(path)
    assert caught.value.may_pass


def code_of(work: Callable[[], object]) -> ExitCode:
    with pytest.raises(PipelineError) as caught:
        work()
    return caught.value.code


def test_half_a_picture_is_refused_and_not_grey(tmp_path: Path) -> None:
    noise = Image.effect_noise((300, 300), 80).convert("RGB")
    for name in ("a.jpg", "a.png", "a.webp", "a.gif", "a.tif"):
        path = saved(tmp_path, noise, name)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        assert code_of(lambda path=path: read_still(path)) in {  # type: ignore[misc]
            ExitCode.VIDEO_TRUNCATED,
            ExitCode.NOT_A_VIDEO,
        }, name


def test_what_is_no_picture_is_said(tmp_path: Path) -> None:
    for name, content in {
        "text.jpg": b"these are words\n" * 9,
        "empty.png": b"",
        "page.png": b"<html><svg></svg></html>",
        "film.mp4": b"\0\0\0\x18ftypisom" + bytes(99),
    }.items():
        (tmp_path / name).write_bytes(content)
        assert code_of(lambda name=name: read_still(tmp_path / name)) == ExitCode.NOT_A_VIDEO  # type: ignore[misc]
    assert code_of(lambda: read_still(tmp_path / "none.png")) == ExitCode.VIDEO_MISSING


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has one row of data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("side", [60_000, 2**31 - 1, 15_000])
def test_a_bomb_is_refused_unread(tmp_path: Path, side: int) -> None:
    assert side * side > MAX_PIXELS
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(side, side))
    assert code_of(lambda: read_still(path)) == ExitCode.NOT_A_VIDEO
    assert code_of(lambda: read_square(path, 32)) == ExitCode.NOT_A_VIDEO


def test_broken_metadata_does_no_harm(tmp_path: Path) -> None:
    image = Image.new("RGB", (30, 20), RED)
    buffer = BytesIO()
    image.save(buffer, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12")
    (tmp_path / "a.jpg").write_bytes(buffer.getvalue())
    assert read_still(tmp_path / "a.jpg").shape == (30, 20)


HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA"
    "AAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAAEgAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEA"
    "GEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAA"
    "AwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAAB"
    "AAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAFBt"
    "ZGF0AAAARCgBrxOA9SeBP//YlR/+3Pnh93Z8xP/7k66P5wfH/4fI3bgMOuHoSA2InH37tZw8y4OzWfFXc/6Zp6oO+gBR"
    "9dgi51y6"
)
"""64 × 48 pixels, red on the left and blue on the right."""


def test_heic_is_read_with_its_extra(tmp_path: Path) -> None:
    pytest.importorskip("pi_heif")
    (tmp_path / "a.heic").write_bytes(HEIC)
    still = read_still(tmp_path / "a.heic")
    assert still.shape == (64, 48)
    assert np.abs(still.pixels[24, 8].astype(int) - (200, 40, 40)).max() < 25
    assert np.abs(still.pixels[24, 56].astype(int) - (40, 40, 200)).max() < 25
    (tmp_path / "half.heic").write_bytes(HEIC[: len(HEIC) - 40])
    assert code_of(lambda: read_still(tmp_path / "half.heic")) == ExitCode.VIDEO_TRUNCATED


def test_without_the_extra_heic_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.heic").write_bytes(HEIC)
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    stills._formats.cache_clear()
    monkeypatch.setattr(Image, "OPEN", {k: v for k, v in Image.OPEN.items() if k != "HEIF"})
    with pytest.raises(PipelineError, match=r"without pi-heif. Install it: `.*\[heic\]'`"):
        read_still(tmp_path / "a.heic")
    stills._formats.cache_clear()


@pytest.mark.parametrize("ending", ["gif", "png", "jpg", "webp", "bmp", "tiff"])
def test_files_that_end_anywhere_are_read_or_refused(tmp_path: Path, ending: str) -> None:
    """Pillow raises errors of many kinds for them; a GIF cut off in a palette an IndexError."""
    noise = [Image.effect_noise((24, 24), 80).convert("RGB") for _ in range(2)]
    path = tmp_path / f"a.{ending}"
    more: dict[str, Any] = (
        {"save_all": True, "append_images": noise[1:]} if ending in ("gif", "webp") else {}
    )
    noise[0].save(path, **more)
    whole = path.read_bytes()
    for length in {*range(0, len(whole), max(1, len(whole) // 150)), *range(1, 40)}:
        path.write_bytes(whole[:length])
        try:
            for _, still in read_squares(path, 16):
                assert still.pixels.shape == (16, 16, 3)
        except PipelineError as error:
            assert error.code in (ExitCode.NOT_A_VIDEO, ExitCode.VIDEO_TRUNCATED)
