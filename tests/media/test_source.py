"""What every ``PictureSource`` promises; a new kind of source adds itself to ``KINDS``."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.media.picture_folder import PictureFolder
from pipeline.media.pixels import Picture
from pipeline.media.source import PictureSource
from pipeline.media.video_file import VideoFile
from pipeline.runtime.errors import ExitCode, PipelineError
from tests import clips


@dataclass(frozen=True)
class Kind:
    """One kind of source, and what is in the example that ``make`` writes below a folder.

    It has pictures of plain grey, each brighter than the one before, 64 × 48 pixels each.
    """

    make: Callable[[Path], Path]
    open: Callable[[Path], PictureSource]
    times: tuple[Fraction, ...]
    """Seconds at which its pictures begin."""
    end: Fraction
    """Seconds at which its last picture ends."""
    aspect: Fraction = Fraction(64, 48)
    missing: ExitCode = ExitCode.VIDEO_MISSING
    empty: ExitCode = ExitCode.NO_FRAMES


def _video(path: Path, *options: str) -> Path:
    # Each picture is 24 levels of luma brighter than the one before.
    grey = "geq=lum=16+24*N:cb=128:cr=128"
    source = f"color=s=64x48:r=5:d=1.6,format=yuv420p,{grey}"
    clips.ffmpeg("-f", "lavfi", "-i", source, *options, *clips.H264, path)
    return path


def _constant(folder: Path) -> Path:
    return _video(folder / "clip.mp4")


def _variable(folder: Path) -> Path:
    return _video(folder / "clip.mkv", "-vf", r"select=lt(n\,3)+gt(n\,5)", "-fps_mode", "vfr")


def _oblong(folder: Path) -> Path:
    return _video(folder / "clip.mp4", "-vf", "setsar=3/2")


def _folder(folder: Path) -> Path:
    album = folder / "album"
    for number in range(8):
        shade = 20 + 24 * number
        below = album / f"{number // 4}"
        below.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 48), (shade,) * 3).save(below / f"{number}.png")
    return album


FIFTHS = tuple(Fraction(n, 5) for n in range(8))
CONSTANT = Kind(_constant, VideoFile.open, FIFTHS, Fraction(8, 5))
KINDS = {
    "video": CONSTANT,
    "video of a variable rate": replace(CONSTANT, make=_variable, times=(*FIFTHS[:3], *FIFTHS[6:])),
    "video of oblong pixels": replace(CONSTANT, make=_oblong, aspect=Fraction(2)),
    "folder of pictures": Kind(
        _folder, PictureFolder.open, tuple(map(Fraction, range(8))), Fraction(8)
    ),
}


@pytest.fixture(params=list(KINDS.values()), ids=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture
def path(kind: Kind, tmp_path: Path) -> Path:
    return kind.make(tmp_path)


@pytest.fixture
def source(kind: Kind, path: Path) -> PictureSource:
    return kind.open(path)


def greys(source: PictureSource, size: int = 32) -> list[float]:
    return [grey(picture.pixels) for picture in source.scaled_pictures(size)]


def grey(picture: Picture) -> float:
    assert np.ptp(picture) < 12
    return float(picture.mean())


def test_times_are_exact_and_begin_with_the_source(kind: Kind, source: PictureSource) -> None:
    times = [picture.pts * picture.time_base for picture in source.scaled_pictures(32)]
    assert times == list(kind.times)


def test_one_time_base_serves_all(source: PictureSource) -> None:
    assert len({picture.time_base for picture in source.scaled_pictures(32)}) == 1


@pytest.mark.parametrize("size", [32, 57, 224])
def test_pictures_are_squeezed_to_any_square(source: PictureSource, size: int) -> None:
    for picture in source.scaled_pictures(size):
        assert picture.pixels.shape == (size, size, 3)
        assert picture.pixels.dtype == np.uint8
        assert picture.shape == (64, 48)


def test_pictures_come_in_order_and_none_is_missing(kind: Kind, source: PictureSource) -> None:
    shades = greys(source)
    assert len(shades) == len(kind.times)
    assert np.diff(shades).min() > 10


def test_pictures_can_be_asked_for_again(source: PictureSource) -> None:
    assert greys(source) == greys(source)


def test_the_iterator_can_be_left_early(source: PictureSource) -> None:
    pictures: Any = source.scaled_pictures(32)
    with closing(pictures):
        assert next(pictures).pts == 0
    assert list(pictures) == []


def test_forecasts_are_those_of_what_comes(kind: Kind, source: PictureSource) -> None:
    assert abs(source.pictures_end - kind.end) <= 1 / source.rate
    assert source.duration >= source.pictures_end > kind.times[-1]
    if source.counted:
        assert source.frame_count == len(kind.times)
    assert source.frame_count > 0
    assert source.rate > 0


def test_shapes_are_those_of_the_pictures_and_of_how_they_are_displayed(
    kind: Kind, source: PictureSource
) -> None:
    assert (source.width, source.height) == (64, 48)
    assert source.aspect == kind.aspect == source.width * source.sample_aspect / source.height


def test_each_picture_is_found_by_its_time(kind: Kind, source: PictureSource) -> None:
    ends = [*kind.times[1:], kind.end]
    for begin, end, shade in zip(kind.times, ends, greys(source), strict=True):
        for moment in (begin, (begin + end) / 2, end - Fraction(1, 1000)):
            assert grey(source.picture_at(moment, 32)) == pytest.approx(shade, abs=4)


def test_before_the_first_and_past_the_last_there_is_a_picture(source: PictureSource) -> None:
    shades = greys(source)
    assert grey(source.picture_at(Fraction(-1))) == pytest.approx(shades[0], abs=4)
    for late in (source.duration, Fraction(9999)):
        assert grey(source.picture_at(late)) == pytest.approx(shades[-1], abs=4)


def test_pictures_are_displayed_at_full_size_or_at_a_width(
    kind: Kind, source: PictureSource
) -> None:
    full = source.picture_at(Fraction(0))
    assert full.shape == (48, round(48 * kind.aspect), 3)
    assert full.dtype == np.uint8
    assert source.picture_at(Fraction(0), 30).shape == (round(30 / kind.aspect), 30, 3)


def test_it_is_called_as_its_path_is(path: Path, source: PictureSource) -> None:
    assert source.name == path.name


def test_the_fingerprint_is_that_of_the_content_alone(
    kind: Kind, path: Path, source: PictureSource
) -> None:
    before = source.fingerprint
    moved = path.rename(path.with_name(f"moved-{path.name}"))
    assert kind.open(moved).fingerprint == before
    changed = next(moved.rglob("*.png")) if moved.is_dir() else moved
    changed.write_bytes(changed.read_bytes() + b"\0" * 8)
    assert kind.open(moved).fingerprint != before


def test_what_is_not_there_is_an_error(kind: Kind, tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        kind.open(tmp_path / "nothing")
    assert caught.value.code == kind.missing


def test_what_is_empty_is_an_error(kind: Kind, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(PipelineError) as caught:
        kind.open(empty)
    assert caught.value.code == kind.empty
