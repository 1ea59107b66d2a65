"""The page of a ranking: pictures by the scores of their best faces, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.faces.crops.crops_file import read_crops
from pipeline.faces.page.likeness import most_alike
from pipeline.faces.page.said import FaceBox, FacePicture, FacesOnPage, peoples, ratings_of
from pipeline.faces.page.writing import write_face_page
from pipeline.faces.ranking.ranks import Ranked
from pipeline.faces.scores.scores_file import Scored
from pipeline.faces.scores.settings import Best
from pipeline.labels.record import Label
from pipeline.pictures.frames_file import Frames, read_names, read_shapes
from pipeline.report.picture_grid import NumberColumn, Tile, address_of

_FACTS: Final = (NumberColumn("score"), NumberColumn("low"), NumberColumn("high"))
_MOST: Final = 2_000
"""Pictures on a page."""


@dataclass(frozen=True)
class RankedItem:
    """What is known of a collection or video beside its scores."""

    frames: Path
    features: Path
    """Of its pictures; those of crops lie in the folder ``crops`` beside."""
    pictures: Path | None
    """The folder of the originals; None for a video."""
    labels: Sequence[Label] = ()

    @property
    def crops(self) -> Path:
        """The table of crops."""
        return self.frames.with_name("faces") / "crops.jsonl"

    @property
    def crop_features(self) -> Path:
        """What the network sees of crops."""
        return self.frames.with_name("crops") / "features.h5"


def write_ranking_page(
    page: Path,
    item: RankedItem,
    ranked: Sequence[Ranked],
    scores: Sequence[Scored],
    scale: tuple[float, float],
    best: Best,
) -> None:
    """Write ``page`` with the sheets of pictures beside it.

    It goes to the folder ``ranking`` beside ``item.frames``. ``scale`` are the least and the
    greatest score.
    """
    shown, said = ranked[:_MOST], peoples(item.labels)
    faces = FacesOnPage(
        key=Frames.load(item.frames).fingerprint,
        label="",
        correct=False,
        threshold=0,
        scale=scale,
        best=best,
        pictures=_pictures(shown, scores, said, item),
        kept=said,
    )
    tiles = _tiles(shown, _alike(shown, item), item)
    places = np.array([one.best.frame for one in shown], np.int64)
    title = item.frames.parent.name
    write_face_page(page, title, faces, tiles, _FACTS, item.frames, places, len(ranked))


def _pictures(
    ranked: Sequence[Ranked], scores: Sequence[Scored], said: Sequence[Label], item: RankedItem
) -> list[FacePicture]:
    """What is known of the faces of ranked pictures; the best face comes first."""
    rows = Frames.load(item.frames).row[[one.best.frame for one in ranked]]
    faces: dict[str, list[FaceBox]] = {}
    for scored in scores:
        if scored.box is not None:
            faces.setdefault(scored.picture, []).append(FaceBox(scored.box))
    crops = read_crops(item.crops) if faces else ()
    windows, rated = {crop.file: crop.window for crop in crops}, ratings_of(said)
    return [
        FacePicture(
            size=size,
            boxes=sorted(faces.get(one.best.picture, []), key=lambda b: b.box != one.best.box),
            rated=rated.get(one.best.picture, []),
            window=windows.get(one.best.crop),
            why=one.best.why,
        )
        for one, size in zip(ranked, read_shapes(item.frames, rows), strict=True)
    ]


def _tiles(
    ranked: Sequence[Ranked], near: Sequence[list[tuple[int, float]]], item: RankedItem
) -> list[Tile]:
    folder = item.frames.with_name("ranking")
    return [
        Tile(
            one.best.picture,
            address_of(item.pictures / one.best.picture, folder) if item.pictures else "",
            [one.best.score, one.best.low, one.best.high],
            near=alike,
            tags=[f"{like.score:g} ★ ≈ {like.example}" for like in one.best.alike],
        )
        for one, alike in zip(ranked, near, strict=True)
    ]


def _alike(ranked: Sequence[Ranked], item: RankedItem) -> list[list[tuple[int, float]]]:
    """Which of the ranked pictures have the most similar best faces, or are most similar."""
    if not any(one.best.crop for one in ranked):
        rows = Frames.load(item.frames).row
        return most_alike(item.features, rows[[one.best.frame for one in ranked]])
    frames = item.crop_features.with_name("frames.h5")
    place = {name: frame for frame, name in enumerate(read_names(frames))}
    rows = Frames.load(frames).row
    return most_alike(item.crop_features, rows[[place[one.best.crop] for one in ranked]])
