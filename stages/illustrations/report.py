"""Show the tags of a collection on a page that opens offline: a gallery, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.illustrations.duplicates.duplicates_file import Duplicate
    from pipeline.illustrations.map.map_file import PictureMap
    from pipeline.illustrations.map.points import Points
    from pipeline.illustrations.picture_tags import PictureTags
    from pipeline.illustrations.sections.pictures import Near
    from pipeline.illustrations.sections.summary import TagsSummary

_MOST = 20_000
"""Pictures on the page."""
_NEAR = 8
"""Similar pictures that are shown of each."""


def run(inputs: Files, outputs: Files, config: object) -> str:
    """Write ``illustrations/index.html`` with all that it shows, and its figures."""
    from functools import partial

    from pipeline.engine.versions import versions
    from pipeline.illustrations.duplicates.duplicates_file import read_duplicates
    from pipeline.illustrations.map.map_file import PictureMap
    from pipeline.illustrations.map.points import choose_points
    from pipeline.illustrations.picture_tags import read_picture_tags
    from pipeline.illustrations.sections.beside import (
        doubles_section,
        making_section,
        map_section,
    )
    from pipeline.illustrations.sections.measures import measures_section
    from pipeline.illustrations.sections.pictures import choices, pictures_section
    from pipeline.illustrations.sections.summary import WEB
    from pipeline.illustrations.sections.verdict import findings
    from pipeline.illustrations.tag_probabilities import read_tag_probabilities
    from pipeline.pictures.frames_file import read_thumbnails
    from pipeline.report.history import history
    from pipeline.report.page import page_html
    from pipeline.report.picture_grid import address_in
    from pipeline.report.section import Page
    from pipeline.report.summary import save_summary
    from pipeline.report.tile_sheets import TILES
    from pipeline.report.verdict import verdict_section
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.sources.pointers import pictures_folder

    points = choose_points(inputs["frames"], "pictures", _MOST)
    tags = read_picture_tags(inputs["list"])
    by_frame = {one.frame: one for one in tags}
    made = PictureMap.load(inputs["map"])
    duplicates = inputs.get("duplicates")
    doubles = read_duplicates(duplicates) if duplicates else []
    summary = _summary(inputs, tags, doubles if duplicates else None, made)
    found, groups = findings(summary), choices(tags)
    thumbnails = read_thumbnails(inputs["frames"], points.rows, TILES.tile)
    page = outputs["page"]
    with published_folder(page.parent) as folder:
        sections = [
            verdict_section(WEB, found),
            pictures_section(
                folder,
                points,
                by_frame,
                groups,
                read_tag_probabilities(inputs["tags"]),
                _near(inputs, points),
                doubles,
                thumbnails,
                partial(address_in, pictures_folder(inputs.get("stills")), page.parent),
            ),
            measures_section(folder, summary, groups),
            map_section(folder, inputs["map"].with_name("map.png"), made),
        ]
        if summary.doubles:
            place = {name: number for number, name in enumerate(points.names)}
            sections.append(doubles_section(doubles, place, summary.doubles))
        runs = history(path.parent for path in inputs.all())
        sections.append(making_section(runs, versions()))
        (folder / "poster.jpg").write_bytes(thumbnails[0])
        html = page_html(Page(summary.collection, summary.subtitle, sections))
        (folder / page.name).write_text(html, encoding="utf-8")
    save_summary(outputs["figures"], summary, found)
    return summary.headline


def _summary(
    inputs: Files,
    tags: Sequence[PictureTags],
    doubles: Sequence[Duplicate] | None,
    made: PictureMap,
) -> TagsSummary:
    from pipeline.illustrations.collection_evaluation import CollectionEvaluation
    from pipeline.illustrations.sections.summary import Doubles, TagsSummary
    from pipeline.illustrations.tagger_record import TaggerRecord

    found = None
    if doubles is not None:
        found = Doubles(len(doubles), len({one.group for one in doubles}))
    return TagsSummary(
        collection=inputs["frames"].parent.name,
        tagger=TaggerRecord.load(inputs["tagger"]),
        evaluation=CollectionEvaluation.load(inputs["evaluation"]),
        pictures=len(tags),
        untagged=sum(not one.tags for one in tags),
        tags=len({tag.name for one in tags for tag in one.tags}),
        doubles=found,
        distortion=made.distortion,
    )


def _near(inputs: Files, points: Points) -> Near:
    """The most similar pictures on the page, by the vectors that the search compares."""
    import numpy as np

    from pipeline.illustrations.map.vectors import nearest
    from pipeline.illustrations.vectors.vectors_file import read_vectors

    found = read_vectors(inputs["vectors"])
    near, distances = nearest(found.vectors[np.searchsorted(found.frame, points.frames)], _NEAR)
    return near, np.asarray(1 - distances**2 / 2)  # cosines, as vectors are of length 1


def expect(amounts: Amounts, config: object, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    pictures = min(amounts["pictures"], _MOST)
    return Expected(
        seconds=pictures * 3e-3 + pictures**2 * 5e-8, startup=4, bytes=1e6 + pictures * 8e3
    )


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "tags": "{item}/tags.h5",
        "list": "{item}/tags.jsonl",
        "tagger": "{item}/tagger.json",
        "evaluation": "{item}/tags.evaluation.json",
        "vectors": "{item}/vectors.npz",
        "map": "{item}/map/map.json",
    },
    optional={
        "stills": "{item}/source.stills.json",
        "duplicates": "{item}/duplicates.jsonl",
    },
    outputs={
        "figures": "{item}/illustrations.report.json",
        "page": "{item}/illustrations/index.html",
    },
    run=run,
    extra="learn",
    expect=expect,
    memory_mb=4000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
