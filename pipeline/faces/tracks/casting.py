"""From tracks to the cast: tracks whose faces are alike, through all scenes.

n  tracks with crops
c  coordinates of a vector
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from pipeline.faces.tracks.cast_file import Member
from pipeline.faces.tracks.likeness import CropVectors
from pipeline.faces.tracks.tracks_file import Track
from pipeline.pictures.clusters.finding import linked
from pipeline.runtime.arrays import Bools, Float32s

_SHOWN = 8  # crops of each


def cast_of(
    tracks: Iterable[Track],
    vectors: CropVectors,
    seconds: float,
    names: Mapping[str, str],
    k: int | None,
) -> list[Member]:
    """The cast of a video of ``seconds``, the one that is longest on screen first.

    The vector of a track is the mean of its crops'; tracks without crops are in no cluster. Two
    that are seen at once are never one. ``k`` is how many clusters there are; None finds it out.
    ``names`` are of crops: their clusters are called so, and clusters of one name are one.
    """
    known = [one for one in tracks if any(face.crop for face in one.faces)]
    means = np.stack([_vectors(one, vectors).mean(0) for one in known])
    clusters: dict[int, list[Track]] = defaultdict(list)
    for one, number in zip(known, linked(means, _seen_at_once(known), k).tolist(), strict=True):
        clusters[number].append(one)
    called = {number: _name(some, names) or number for number, some in clusters.items()}
    groups: dict[str | int, list[Track]] = defaultdict(list)
    for number, some in clusters.items():
        groups[called[number]] += some
    order = sorted(groups, key=lambda who: (-_seconds(groups[who]), groups[who][0].number))
    return [
        Member(
            number=place,
            name=who if isinstance(who, str) else "",
            seconds=round(_seconds(groups[who]), 3),
            share=round(_seconds(groups[who]) / seconds, 4),
            scenes=len({one.scene for one in groups[who]}),
            tracks=sorted(one.number for one in groups[who]),
            crops=_typical(groups[who], vectors),
        )
        for place, who in enumerate(order, 1)
    ]


def _name(tracks: Sequence[Track], names: Mapping[str, str]) -> str:
    """What most of their crops that have a name are called."""
    given = Counter(names[face.crop] for one in tracks for face in one.faces if face.crop in names)
    return next((name for name, _ in given.most_common(1)), "")


def _seconds(tracks: Sequence[Track]) -> float:
    return sum(one.seconds for one in tracks)


def _vectors(track: Track, vectors: CropVectors) -> Float32s:
    """(crops, c) of a track."""
    return vectors.of([face.crop for face in track.faces if face.crop])


def _seen_at_once(tracks: Sequence[Track]) -> Bools:
    """(n, n) which pairs of tracks have a picture in common."""
    frames = [{face.frame for face in one.faces} for one in tracks]
    apart = np.zeros((len(tracks), len(tracks)), bool)
    for one in range(len(tracks)):
        for other in range(one):
            # Only tracks of one scene can meet.
            if tracks[one].scene == tracks[other].scene:
                apart[one, other] = apart[other, one] = not frames[one].isdisjoint(frames[other])
    return apart


def _typical(tracks: Sequence[Track], vectors: CropVectors) -> list[str]:
    """Of each track the crop nearest to its mean, those of long tracks first."""
    found = []
    for one in sorted(tracks, key=lambda track: (-track.seconds, track.number))[:_SHOWN]:
        files = [face.crop for face in one.faces if face.crop]
        own = _vectors(one, vectors)
        found.append(files[int(np.linalg.norm(own - own.mean(0), axis=1).argmin())])
    return found
