"""Link the faces of pictures that follow each other into tracks, scene by scene."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.faces.tracks.likeness import CropVectors, likeness
from pipeline.faces.tracks.showings import Showing
from pipeline.faces.tracks.tracks_file import Held, Track
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float32s
from pipeline.runtime.clock import MILLISECONDS


@dataclass(eq=False)
class _Open:
    """A track that may go on."""

    look: Float32s
    """(c,) the sum of its vectors."""
    faces: list[Held] = field(default_factory=list)


def link_faces(
    shown: Iterable[Showing],
    frames: Frames,
    vectors: CropVectors,
    *,
    least: float,
    longest_gap: float,
) -> list[Track]:
    """The tracks of a video, in the order in which they begin.

    Each picture's faces are assigned to the tracks before so that their likeness is the largest in
    all (Kuhn 1955). Below ``least`` a face begins a track. One that was lost goes on within
    ``longest_gap`` seconds, but not beyond a cut.
    """
    found: list[tuple[int, list[Held]]] = []

    def scene_of(showing: Showing) -> int:
        return int(np.searchsorted(frames.cuts, showing.start_frame, side="right")) + 1

    for scene, of_scene in groupby(shown, scene_of):
        found += [
            (scene, track) for track in _in_scene(of_scene, frames, vectors, least, longest_gap)
        ]
    found.sort(key=lambda one: (one[1][0].frame, one[1][0].box))
    edges = np.append(frames.times.pts, frames.times.end) * float(frames.times.time_base)
    return [
        Track(
            number=number,
            scene=scene,
            start_ms=round(float(edges[faces[0].frame]) * MILLISECONDS),
            end_ms=round(float(edges[faces[-1].end_frame]) * MILLISECONDS),
            seconds=round(float(sum(edges[one.end_frame] - edges[one.frame] for one in faces)), 3),
            faces=faces,
        )
        for number, (scene, faces) in enumerate(found, 1)
    ]


def _in_scene(
    shown: Iterable[Showing],
    frames: Frames,
    vectors: CropVectors,
    least: float,
    longest_gap: float,
) -> Iterator[list[Held]]:
    going: list[_Open] = []
    for showing in shown:
        start = frames.times.seconds(showing.start_frame)
        lost = [
            one
            for one in going
            if start - frames.times.seconds(one.faces[-1].end_frame - 1) > longest_gap
        ]
        yield from (one.faces for one in lost)
        going = [one for one in going if one not in lost]
        _take(showing, going, vectors, least)
    yield from (one.faces for one in going)


def _take(showing: Showing, going: list[_Open], vectors: CropVectors, least: float) -> None:
    """Let tracks go on with the faces of a picture, or begin with them."""
    frame = showing.start_frame
    faces = [
        Held(frame=frame, end_frame=showing.end_frame, box=box, crop=vectors.file_of(frame, box))
        for box in showing.faces.boxes
    ]
    looks = vectors.of([face.crop for face in faces])
    before = list(going)
    tracks: dict[int, _Open] = {}
    if before:
        alike = likeness(
            np.array([face.box for face in faces], np.float32),
            np.array([one.faces[-1].box for one in before], np.float32),
            looks,
            np.stack([one.look for one in before]),
        )
        pairs = zip(*linear_sum_assignment(alike, maximize=True), strict=True)
        tracks = {face: before[track] for face, track in pairs if alike[face, track] >= least}
    for number, face in enumerate(faces):
        if number not in tracks:
            tracks[number] = _Open(np.zeros_like(looks[number]))
            going.append(tracks[number])
        tracks[number].faces.append(face)
        tracks[number].look = tracks[number].look + looks[number]
