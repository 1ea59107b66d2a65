"""The pictures that a query names: those of collections, or any other file."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import h5py
import numpy as np

from pipeline.illustrations.search.answering import Place, QueryPicture
from pipeline.illustrations.search.collection import Collection
from pipeline.illustrations.search.network import seen_by_network
from pipeline.illustrations.search.query import Term
from pipeline.illustrations.vectors.values import read_values
from pipeline.media.picture_files import ENDINGS
from pipeline.media.pixels import Picture, resized
from pipeline.media.stills import Fit, read_square
from pipeline.pictures.frames_file import Frames, read_small_picture
from pipeline.pictures.thumbnail import thumbnail
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.spelling import did_you_mean, did_you_mean_file
from pipeline.sources.pointers import (
    STILLS_POINTER,
    VIDEO_POINTER,
    Source,
    StillsSource,
    open_video,
)

_MAX_TOLD = 5  # names that fit a word of the query


def query_picture(term: Term, collections: Sequence[Collection], fit: Fit) -> QueryPicture:
    """Find the picture, or look at it with the network that saw the first of the collections.

    ``fit`` says how it becomes a square. Raises PipelineError: USAGE for what is nowhere or in
    several places, and what reading a file and ``seen_by_network`` raise.
    """
    path = Path(term.text)
    place = _by_path(term, path, collections) if path.exists() else _by_name(term, collections)
    if place is not None:
        collection = collections[place.collection]
        frame = int(collection.vectors.frame[place.number])
        row = Frames.load(collection.folder / "frames.h5").row[frame]
        values = read_values(collection.features, collection.vectors.taps, np.array([row]))
        return QueryPicture(
            term, values, read_small_picture(collection.folder / "frames.h5", frame), place
        )
    first = collections[0]
    with h5py.File(first.folder / "frames.h5", "r") as file:
        size = file["pictures"].shape[1]
    square, shape = _read(term, path, size, fit)
    values = seen_by_network(first.features, square[None], first.vectors.taps)
    return QueryPicture(term, values, thumbnail(square, shape), None)


def _by_path(term: Term, path: Path, collections: Sequence[Collection]) -> Place | None:
    path = path.resolve()
    for index, collection in enumerate(collections):
        if collection.is_video:
            if Path(Source.load(collection.folder / VIDEO_POINTER).path) == path:
                return Place(index, _at(term, collection))
            continue
        folder = StillsSource.load(collection.folder / STILLS_POINTER).folder
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else None
        if name in collection.names:
            return Place(index, collection.names.index(name))
    return None


def _by_name(term: Term, collections: Sequence[Collection]) -> Place:
    """A video's name with a time, or a picture's name, whole or its end, with or without ending."""
    for index, collection in enumerate(collections):
        if collection.is_video and collection.name == term.text:
            return Place(index, _at(term, collection))
    stills = [
        (Place(index, number), name)
        for index, collection in enumerate(collections)
        if not collection.is_video
        for number, name in enumerate(collection.names)
    ]
    exact = [found for found in stills if found[1] == term.text]
    found = exact or [found for found in stills if _is_meant(term.text, found[1])]
    if len(found) == 1:
        return found[0][0]
    if found:
        names = ", ".join(name for _, name in found[:_MAX_TOLD])
        raise PipelineError(
            ExitCode.USAGE,
            f"QUERY=: {len(found)} pictures may be meant by {term.text}, such as {names}",
            "Write more of the name",
        )
    spelled = did_you_mean_file(Path(term.text), "")
    raise PipelineError(
        ExitCode.USAGE,
        f"QUERY=: there is no file {term.text}, and no picture of that name in"
        f" {', '.join(collection.name for collection in collections)}",
        spelled
        or did_you_mean(term.text, [name for _, name in stills], "Check the path")
        + "; + - > between pictures need spaces around them" * bool(set(term.text) & set("+>")),
    )


def _is_meant(text: str, name: str) -> bool:
    whole, end = f"/{name}", f"/{text}"
    return whole.endswith(end) or whole.rpartition(".")[0].endswith(end)


def _at(term: Term, collection: Collection) -> int:
    """The picture that a video shows at the time of ``term``. Raises USAGE without a time."""
    if term.seconds is None:
        raise _when(term)
    frames = Frames.load(collection.folder / "frames.h5")
    times = frames.times.milliseconds(np.arange(len(frames.row)))
    frame = max(0, int(np.searchsorted(times, 1000 * term.seconds, side="right")) - 1)
    return int(frames.row[frame])


def _read(term: Term, path: Path, size: int, fit: Fit) -> tuple[Picture, tuple[int, int]]:
    """A picture of no collection as a square of ``size``, and the width and height that it has."""
    if term.seconds is None and path.suffix.lower() in ENDINGS:
        still = read_square(path, size, fit)
        return still.pixels, still.shape
    video = open_video(path)
    if term.seconds is None:
        raise _when(term)
    picture = video.picture_at(Fraction(term.seconds).limit_denominator(1000))
    return resized(picture, (size, size)), (picture.shape[1], picture.shape[0])


def _when(term: Term) -> PipelineError:
    return PipelineError(
        ExitCode.USAGE,
        f"QUERY=: {term.text} is a video, and no time is named",
        f"Say when: {term.text}@1:23",
    )
