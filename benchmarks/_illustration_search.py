"""Similar pictures: the same thing in another style, near duplicates, and the time of a query.

Measured on the emoji (``_emoji``), whose things are split: whitening is learned on pictures of
other things than those that are looked for, among all things of the other style. Near duplicates
are planted among animals and food, of which no thing mirrors another as a left arrow does a right
one: encoded again at three quarters of the size, cut to 95 % of width and height, or mirrored.
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import permutations
from pathlib import Path
from statistics import median

import numpy as np
import torch
from PIL import Image, ImageOps

from benchmarks._command_line import run_verb
from benchmarks._emoji import COLOUR_STYLES, EMOJI, read_things
from benchmarks._measure import interleaved, timed
from pipeline.illustrations.duplicates.finding import aligned_pairs, shrunk
from pipeline.illustrations.search.exact import products
from pipeline.illustrations.vectors.bit_codes import bit_codes, random_planes
from pipeline.illustrations.vectors.values import read_values
from pipeline.illustrations.vectors.whitening import Whitening, unit
from pipeline.media.stills import read_square, read_still
from pipeline.pictures.frames_file import Frames, read_names
from pipeline.runtime.arrays import Bools, Float32s, Int64s, UInt8s

_FOLDS = 5
_SEED = 2017
_TAPS = ("pooled", "stride16")
_VECTORS, _CHANNELS = 100_000, 1280
_PLANTED = 150  # of each kind
_GROUPS = ("animals-nature", "food-drink")
_SIZE = 224
_LIMIT = 12.0  # as the stage's setting


def measure(folder: Path, settings: str) -> dict[str, float]:
    """Print how well pictures are found and how fast; return the figures."""
    workdir = folder / "workdir"
    run_verb("features", workdir, pictures=EMOJI, settings=settings)
    figures = same_thing(workdir / EMOJI.name) | query_time() | duplicates()
    for name, figure in figures.items():
        print(f"{name:22} {figure:.3f}")
    return figures


def same_thing(album: Path) -> dict[str, float]:
    """How often the most similar picture of another colour style shows the same thing.

    By vectors as the search has them, by their codes of 4096 bits, and by the plain cosines of the
    values of ``pooled``.
    """
    rows, count = _rows(album), len(read_things())
    values = read_values(album / "features.h5", _TAPS, rows.ravel())
    plain = unit(values[0].astype(np.float32))
    fold_of = np.random.default_rng(_SEED).permutation(count) % _FOLDS
    found: dict[str, list[float]] = defaultdict(list)
    for fold in range(_FOLDS):
        learned = np.tile(fold_of != fold, len(COLOUR_STYLES))
        vectors = Whitening.of([tap[learned] for tap in values])(values)
        ways = {"same_thing_hit1": vectors, "same_thing_hit1_codes": _signs(vectors)}
        for name, made in (ways | {"same_thing_hit1_raw": plain}).items():
            styles = made.reshape(len(COLOUR_STYLES), count, -1)
            pairs = permutations(styles, 2)
            found[name] += [_hit1(one, other, fold_of == fold) for one, other in pairs]
    return {name: float(np.mean(hits)) for name, hits in found.items()}


def query_time() -> dict[str, float]:
    """Milliseconds of a query in 100,000 vectors of 1,280 values, from a map opened anew."""
    draws = np.random.default_rng(_SEED)
    query = draws.standard_normal((1, _CHANNELS), np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "vectors")
        with path.open("wb") as file:
            for _ in range(100):
                part = draws.standard_normal((_VECTORS // 100, _CHANNELS), np.float32)
                file.write(part.astype(np.float16).tobytes())

        def ask() -> None:
            products(np.memmap(path, np.float16, "c", shape=(_VECTORS, _CHANNELS)), query)

        def ask_disk() -> None:
            _forget(path)
            ask()

        seconds = interleaved({"search_ms": timed(ask), "search_disk_ms": timed(ask_disk)})
    return {name: 1000 * median(rounds) for name, rounds in seconds.items()}


def duplicates() -> dict[str, float]:
    """How many planted duplicates are found, and how many pairs with one are of other things."""
    things = [thing for thing in read_things() if thing.group in _GROUPS]
    names = [name for thing in things for name in thing.pictures(COLOUR_STYLES)]
    planted = np.random.default_rng(_SEED).choice(len(names), 3 * _PLANTED, replace=False).tolist()
    originals = [shrunk(read_square(EMOJI / name, _SIZE).pixels) for name in names]
    copies = list(_changed([EMOJI / names[number] for number in planted]))
    pairs = aligned_pairs(np.stack([*originals, *copies]), _LIMIT)
    found = {(pair.one, pair.other) for pair in pairs}
    with_copies = [(one, other) for one, other in found if other >= len(names)]
    source = [*range(len(names)), *planted]
    thing = [Path(names[number]).stem for number in source]
    recalled = sum((one, len(names) + place) in found for place, one in enumerate(planted))
    false = sum(thing[one] != thing[other] for one, other in with_copies)
    return {
        "duplicates_recall": recalled / len(planted),
        "duplicates_false": false / max(1, len(with_copies)),
    }


def _rows(album: Path) -> Int64s:
    """(styles, things) the rows of the pictures in colour."""
    frame = {name: number for number, name in enumerate(read_names(album / "frames.h5"))}
    row = Frames.load(album / "frames.h5").row
    things = read_things()
    return np.array(
        [[row[frame[f"{s}/{thing.name}.png"]] for thing in things] for s in COLOUR_STYLES]
    )


def _signs(vectors: Float32s) -> Float32s:
    """−1 and 1 for the bits of codes, so that products count those that are equal."""
    codes = bit_codes(vectors, random_planes(vectors.shape[1], _SEED))
    return np.unpackbits(codes, axis=1).astype(np.float32) * 2 - 1


def _hit1(ones: Float32s, others: Float32s, asked: Bools) -> float:
    """How often the most similar of ``others`` to one that is ``asked`` for is the same thing."""
    cosines = torch.from_numpy(ones[asked]) @ torch.from_numpy(others).T
    return float(np.mean(cosines.argmax(1).numpy() == np.flatnonzero(asked)))


def _changed(files: Sequence[Path]) -> Iterator[UInt8s]:
    """Copies of pictures, in turn encoded again, cut, and mirrored."""
    draws = np.random.default_rng(_SEED)
    for number, path in enumerate(files):
        picture = Image.fromarray(read_still(path).pixels)
        width, height = picture.size
        if number % 3 == 0:
            file = BytesIO()
            picture.resize((width * 3 // 4, height * 3 // 4)).save(file, "JPEG", quality=50)
            picture = Image.open(file)
        elif number % 3 == 1:
            left, top = draws.integers(0, [width // 20 + 1, height // 20 + 1]).tolist()
            picture = picture.crop((left, top, left + width * 19 // 20, top + height * 19 // 20))
        else:
            picture = ImageOps.mirror(picture)
        square = picture.convert("RGB").resize((_SIZE, _SIZE), Image.Resampling.BICUBIC)
        yield shrunk(np.asarray(square))


def _forget(path: Path) -> None:
    """Let the next reader of a file wait for the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
