"""Lay similar pictures close together, with the pictures as points, on an offline page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.illustrations.map.map_file import PictureMap
    from pipeline.illustrations.map.points import Points
    from pipeline.runtime.arrays import Float16s


class Config(StageConfig, frozen=True):
    """What lies on the map, where, and in which groups."""

    method: Literal["tsne", "pca"] = "tsne"
    """``tsne`` needs the extra ``map``; ``pca`` is quick and shows little but the main trend."""
    perplexity: Annotated[float, Meta(gt=1)] = 30.0
    """About how many neighbours of each picture t-SNE tries to keep."""
    tap: str | None = None
    """The layer of the network whose values are compared; null takes the first vector. Of a grid
    the mean over positions counts."""
    tags_from: Literal["labels", "tags"] = "labels"
    """Whose tags colour pictures and name clusters: those of ``labels.jsonl``, or of a tagger in
    ``tags.jsonl``."""
    clusters: Annotated[int, Meta(ge=1)] | None = None
    """How many (k-means); null takes the dense regions that there are (HDBSCAN)."""
    video: Literal["scenes", "pictures"] = "scenes"
    """What of a video becomes a point: the middle of each scene, or every distinct picture."""
    max_points: Annotated[int, Meta(ge=2, le=50_000)] = 20_000
    """Of more pictures as many are taken, spread evenly."""
    poster: Literal["free", "grid"] = "free"
    """How map.png and map.svg place pictures: by similarity, or in a grid without overlap."""
    poster_pixels: Annotated[int, Meta(ge=500, le=12_000)] = 4800
    """The longer side of map.png."""
    seed: Seed = 2017


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError NOT_INSTALLED if t-SNE is wanted and not there."""
    from importlib.util import find_spec

    from pipeline.runtime.errors import ExitCode, PipelineError
    from pipeline.runtime.extras import how_to_install

    if config.method == "tsne" and find_spec("openTSNE") is None:
        raise PipelineError(
            ExitCode.NOT_INSTALLED,
            "t-SNE is not installed, with which illustrations-map lays pictures out",
            f"Install it, `{how_to_install('map')}`, or add SET=illustrations.map.method=pca,"
            " whose map keeps far less of what is similar",
        )


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``map/`` with its page, ``map.json``, ``map.png`` and ``map.svg``."""
    from functools import partial

    import numpy as np

    from pipeline.illustrations.map.distortion import NEAR
    from pipeline.illustrations.map.facts import gather_facts
    from pipeline.illustrations.map.making import MapSettings, make_map
    from pipeline.illustrations.map.points import choose_points
    from pipeline.illustrations.map.poster import fitted, plan_poster, write_png, write_svg
    from pipeline.illustrations.map.section import map_sections
    from pipeline.illustrations.map.vectors import directions, nearest
    from pipeline.pictures.frames_file import read_thumbnails
    from pipeline.report.language import Message
    from pipeline.report.page import page_html
    from pipeline.report.picture_grid import address_in
    from pipeline.report.section import Page
    from pipeline.report.tile_sheets import TILES
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.sources.pointers import pictures_folder

    points = choose_points(inputs["frames"], config.video, config.max_points)
    facts = gather_facts(points, _tags(inputs, config), inputs.get("labels"))
    tap, vectors = _vectors(inputs, points, config.tap)
    full = directions(vectors)
    near, distances = nearest(full, NEAR)
    settings = MapSettings(
        method=config.method,
        perplexity=config.perplexity,
        clusters=config.clusters,
        seed=config.seed,
    )
    made = make_map(full, near, points, facts, settings, tap)
    thumbnails = read_thumbnails(inputs["frames"], points.rows, TILES.tile)
    page = outputs["page"]
    source_of = partial(address_in, pictures_folder(inputs.get("stills")), page.parent)
    with published_folder(page.parent) as folder:
        made.save(folder / outputs["map"].name)
        poster = plan_poster(made, config.poster, config.poster_pixels)
        pictures = fitted(poster, thumbnails)
        write_png(folder / "map.png", poster, pictures)
        write_svg(folder / "map.svg", poster, pictures)
        similarities = 1 - distances**2 / 2  # cosines, as vectors are of length 1
        sections = map_sections(
            folder, made, facts, (near, np.asarray(similarities)), thumbnails, source_of
        )
        key = "map.subtitle" if points.are_stills else "map.subtitle_video"
        subtitle = Message(key, {"n": f"{len(points):,}"})
        html = page_html(Page(inputs["frames"].parent.name, subtitle, sections))
        (folder / page.name).write_text(html, encoding="utf-8")
    return _summary(made)


def _tags(inputs: Files, config: Config) -> Path | None:
    """The file of tags, if a tagger's are wanted."""
    return inputs.get("named") if config.tags_from == "tags" else None


def _vectors(inputs: Files, points: Points, tap: str | None) -> tuple[str, Float16s]:
    """The tap that is taken, and its values (n, c) for each point."""
    from pipeline.pictures.feature_bank import FeatureBank
    from pipeline.pictures.features_file import FeatureStore, caveat
    from pipeline.runtime.errors import ExitCode, PipelineError
    from pipeline.runtime.logs import log

    with FeatureStore(inputs["features"]) as store:
        if tap is not None and tap not in store.taps:
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"illustrations: map: tap: {tap} is not among the layers that were kept:"
                f" {', '.join(store.taps)}",
                "Choose one of these, or add it to features: taps:",
            )
        taken = tap or store.tap_for(grid=False)
        if warning := caveat(store.weights):
            log.warning("the map shows little of what pictures show%s", warning)
    return taken, FeatureBank([inputs["features"]], taken).means[points.rows]


def _summary(made: PictureMap) -> str:
    from pipeline.runtime.quantities import counted

    parts = [f"{counted(len(made.points), 'picture')} in {counted(len(made.clusters), 'cluster')}"]
    if len(made.points) < made.of:
        parts.append(f"of {made.of:,}, spread evenly: see illustrations: map: max_points:")
    if kept := made.distortion.kept:
        share, count = f"{100 * kept.mean:.0f} %", made.distortion.neighbours
        parts.append(f"{share} of the {count} most similar are among the {count} nearest")
    return "; ".join(parts)


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    points = min(amounts["pictures"], config.max_points)
    return Expected(
        seconds=points * (8e-3 if config.method == "tsne" else 3e-3) + points**2 * 2e-8,
        startup=6,
        bytes=points * 8e3 + config.poster_pixels**2,
        kind=config.method,
    )


STAGE = Stage(
    inputs={"frames": "{item}/frames.h5", "features": "{item}/features.h5"},
    optional={
        "stills": "{item}/source.stills.json",
        "labels": "{item}/labels.jsonl",
        "named": "{item}/{tags_from}.jsonl",
    },
    outputs={"map": "{item}/map/map.json", "page": "{item}/map/index.html"},
    config=Config,
    run=run,
    extra="learn",
    check=check,
    expect=expect,
    memory_mb=4000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
