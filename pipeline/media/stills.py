"""One picture out of a file of stills, as people see it: upright, in sRGB, over white."""

from __future__ import annotations

import importlib
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from pipeline.media.pixels import Picture
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.extras import how_to_install

Fit: TypeAlias = Literal["squeeze", "pad", "crop"]
"""How a picture becomes a square: by changing its aspect, with white borders, or cut off."""

MAX_PIXELS = 200_000_000
"""Of a picture, as large phones and scanners make them; more is refused unread."""

_FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
_DAMAGE = (SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error)
"""What Pillow raises, beside OSError, for files that end early or are damaged: it indexes into
palettes and tables as the file gives them."""
_ORIENTATION = 0x0112  # EXIF's tag
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.createProfile("sRGB")
_WHITE = (255, 255, 255)


def can_be_read(name: str) -> bool:
    """Whether what reads files of this ending is installed."""
    return Path(name).suffix.lower() not in (".heic", ".heif") or "HEIF" in _formats()


class Still(NamedTuple):
    """A picture, and the size that it has in its file."""

    pixels: Picture
    """(height, width, 3) RGB."""
    shape: tuple[int, int]
    """Width and height in the file, upright, in pixels."""


def read_still(path: Path, frame: int = 0) -> Still:
    """The picture in a file at its full size; ``frame`` is which of an animated one.

    Raises PipelineError: NOT_A_VIDEO for what is no file, has no picture or too large a one,
    VIDEO_TRUNCATED for a file that ends early, VIDEO_MISSING.
    """
    with _opened(path, frame) as image:
        shape = _upright_shape(image)
        return Still(np.asarray(_as_seen(image)), shape)


def read_xmp(path: Path) -> bytes:
    """The XMP packet in a file: XML that says something about the picture; empty without one.

    Raises PipelineError as ``read_still``.
    """
    with _opened(path, 0) as image:
        packet = image.info.get("xmp", b"")
        return packet.encode() if isinstance(packet, str) else bytes(packet)


def read_square(path: Path, size: int, fit: Fit = "squeeze", frame: int = 0) -> Still:
    """The picture in a file as a square of ``size`` pixels; otherwise as ``read_still``.

    A JPEG is decoded at no more than the resolution that this needs.
    """
    with _opened(path, frame) as image:
        return _still(image, size, fit)


def read_squares(path: Path, size: int, fit: Fit = "squeeze") -> Iterator[tuple[int | None, Still]]:
    """Each picture of an animated file with its number, from 0, and a lone one with None.

    The file is read once, a picture at a time. Otherwise as ``read_square``.
    """
    with _opened(path, 0) as image:
        if not getattr(image, "is_animated", False):
            yield None, _still(image, size, fit)
            return
        for frame in count():
            try:
                image.seek(frame)
            except EOFError:
                return
            yield frame, _still(image, size, fit)


def _still(image: ImageFile.ImageFile, size: int, fit: Fit) -> Still:
    shape = _upright_shape(image)
    shorter = min(shape)
    if shorter > 2 * size:  # never fewer than twice the pixels that are wanted
        scale = 2 * size / shorter
        image.draft(None, (round(image.width * scale), round(image.height * scale)))
    return Still(np.asarray(_square(_as_seen(image), size, fit)), shape)


def _square(image: Image.Image, size: int, fit: Fit) -> Image.Image:
    how = Image.Resampling.BICUBIC
    if fit == "pad":
        return ImageOps.pad(image, (size, size), how, color=_WHITE)
    if fit == "crop":
        return ImageOps.fit(image, (size, size), how)
    return image.resize((size, size), how, reducing_gap=2.0)


@contextmanager
def _opened(path: Path, frame: int) -> Iterator[ImageFile.ImageFile]:
    """An opened file, with what can be wrong with it said in one line."""
    try:
        if not path.is_file():
            raise _no_file(path)  # a pipe must not be opened: that waits for its writer
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # MAX_PIXELS is the limit; broken metadata is no harm
            with Image.open(path, formats=_formats()) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise _no_picture(
                        path, f"it claims to have {image.width:,} × {image.height:,} pixels"
                    )
                if frame:
                    image.seek(frame)
                yield image
    except FileNotFoundError:
        raise _no_file(path) from None
    except UnidentifiedImageError:
        raise _unknown(path) from None
    except Image.DecompressionBombError:
        raise _no_picture(path, f"it claims to have more than {MAX_PIXELS:,} pixels") from None
    except EOFError:
        raise _no_picture(path, f"it has no picture number {frame + 1}") from None
    except (OSError, *_DAMAGE) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise _unread(path, error) from None
        raise PipelineError(
            ExitCode.VIDEO_TRUNCATED,
            f"{path} is damaged or ends early ({error})",
            "Get the file once more, or leave it out",
        ) from None


def _no_file(path: Path) -> PipelineError:
    if path.exists():
        return PipelineError(ExitCode.NOT_A_VIDEO, f"{path} is no file", "Leave it out")
    why = "it is a link to nothing" if path.is_symlink() else "there is no such file"
    return PipelineError(
        ExitCode.VIDEO_MISSING, f"no picture at {path}: {why}", "Check the path", may_pass=True
    )


def _unread(path: Path, error: OSError) -> PipelineError:
    """The error for a file that may hold a picture, which does not come off the disk."""
    return PipelineError(
        ExitCode.NOT_A_VIDEO,
        f"{path} cannot be read: {error.strerror}",
        "Check its permissions, and the disk",
        may_pass=True,
    )


def _no_picture(path: Path, why: str) -> PipelineError:
    return PipelineError(
        ExitCode.NOT_A_VIDEO, f"{path} cannot be used as a picture: {why}", "Leave it out"
    )


def _unknown(path: Path) -> PipelineError:
    with path.open("rb") as file:
        head = file.read(64)
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheim"):
        return PipelineError(
            ExitCode.NOT_A_VIDEO,
            f"{path} cannot be read without pi-heif",
            f"Install it: `{how_to_install('heic')}`",
            may_pass=True,
        )
    why = "its content is of no kind of picture that is known" if head else "it is empty"
    return _no_picture(path, why)


@cache
def _formats() -> tuple[str, ...]:
    """The formats that can be read here; pi-heif only decodes, and so needs no GPL."""
    try:
        pi_heif = importlib.import_module("pi_heif")
    except ImportError:
        return _FORMATS
    pi_heif.register_heif_opener()
    return (*_FORMATS, "HEIF")


def _upright_shape(image: Image.Image) -> tuple[int, int]:
    turned = _orientation(image) in (5, 6, 7, 8)
    return (image.height, image.width) if turned else image.size


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (OSError, *_DAMAGE):
        return 1  # broken metadata says nothing


def _as_seen(image: Image.Image) -> Image.Image:
    """Eight bits, sRGB, over white, turned once."""
    orientation = _orientation(image)
    image.load()
    seen = _over_white(_in_srgb(_eight_bits(image)))
    turn = _TURNS.get(orientation)
    return seen if turn is None else seen.transpose(turn)


def _eight_bits(image: Image.Image) -> Image.Image:
    """A picture of 16 bits or of floats, brought to eight; others as they are."""
    if image.mode.startswith("I"):  # I;16, I;16B or I, which holds 16 bits as well
        return Image.fromarray(np.clip(np.asarray(image) / 257 + 0.5, 0, 255).astype(np.uint8))
    if image.mode == "F":
        values = np.nan_to_num(np.asarray(image))
        scale = 255.0 if values.max(initial=0) <= 1 else 1.0
        return Image.fromarray(np.clip(values * scale + 0.5, 0, 255).astype(np.uint8))
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours as the embedded profile means them; without one, or with a broken one, unchanged."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return image
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    opaque = image.convert(image.mode[:-1]) if alpha else image
    try:
        meant = ImageCms.profileToProfile(
            opaque, ImageCms.ImageCmsProfile(BytesIO(profile)), _SRGB, outputMode="RGB"
        )
    except (ImageCms.PyCMSError, ValueError, OSError):
        return image
    assert meant is not None
    if alpha:
        meant.putalpha(alpha)
    return meant


def _over_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        seen = image.convert("RGBA")
        white = Image.new("RGBA", seen.size, (*_WHITE, 255))
        return Image.alpha_composite(white, seen).convert("RGB")
    return image.convert("RGB")
