"""Find clusters of a collection's pictures, and say which pictures shall be learned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.pictures.clusters.clusters_file import Clusters, Member
    from pipeline.report.picture_grid import Tile
    from pipeline.runtime.arrays import Float32s, Int64s

_NEAR = 6.0  # grey levels by which blocks of pictures differ that nearly equal each other
_MOST_ON_PAGE = 20_000  # pictures


class Config(StageConfig, frozen=True):
    """How clusters are found, and which of them are kept."""

    method: Literal["kmeans", "hdbscan"] = "kmeans"
    """``hdbscan`` finds dense regions, each of at least a hundredth of the pictures, and calls
    what lies between them 0."""
    k: Annotated[int, Meta(ge=1, le=500)] | None = 8
    """How many k-means finds; null takes the number from 2 to 20 with the greatest silhouette."""
    tap: str | None = None
    """The layer of the network whose values are compared; null takes the first vector. Of a grid
    the mean over positions counts."""
    keep: tuple[int, ...] = ()
    """Numbers of clusters to keep; with none, all that are not dropped."""
    drop: tuple[int, ...] = ()
    """Numbers of clusters to drop."""
    confidence: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """Pictures are dropped, too, if a head gives their own domain less probability."""
    seed: Seed = 2017


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError INVALID_SETTING for a cluster that is to be kept and dropped."""
    from pipeline.runtime.errors import ExitCode, PipelineError

    if both := sorted(set(config.keep) & set(config.drop)):
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"`clusters:` keeps and drops {', '.join(map(str, both))}",
            "List a cluster in `keep:` or in `drop:`",
        )


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``keep.jsonl``, and ``clusters/`` with its records, sheets and page."""
    from pipeline.labels.keeping import dropped_pictures, write_keep_labels
    from pipeline.pictures.clusters.making import Cleaning, ClusterSettings, Collected
    from pipeline.pictures.duplicates_report import earlier_equals
    from pipeline.pictures.frames_file import Frames, read_block_colours, read_names
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.runtime.json_lines import write_lines

    names, rows = read_names(inputs["frames"]), Frames.load(inputs["frames"]).row
    like = earlier_equals(names, rows.tolist(), read_block_colours(inputs["frames"]), _NEAR)
    tap, points = _points(inputs, rows, config)
    cleaning = Cleaning(
        points,
        Collected(names=names, rows=rows, domains=_domains(inputs, names), like=like),
        ClusterSettings(
            method=config.method,
            k=config.k,
            keep=config.keep,
            drop=config.drop,
            confidence=config.confidence,
            seed=config.seed,
        ),
    )
    write_keep_labels(outputs["keep"], names, cleaning.kept.tolist())
    dropped = dropped_pictures(outputs["keep"], inputs.get("labels"))
    made = cleaning.record(tap, len(dropped.intersection(names)))
    members = list(cleaning.members(dropped))
    with published_folder(outputs["page"].parent) as folder:
        made.save(folder / outputs["figures"].name)
        write_lines(folder / outputs["members"].name, members)
        _write_sheets(folder, inputs["frames"], made, dict(zip(names, rows.tolist(), strict=True)))
        _write_page(folder, inputs, outputs["page"], made, members)
    return _summary(made)


def _points(inputs: Files, rows: Int64s, config: Config) -> tuple[str, Float32s]:
    """The tap that is taken, and principal vectors of the pictures by it."""
    from pipeline.pictures.clusters.making import COMPONENTS
    from pipeline.pictures.clusters.vectors import principal_vectors
    from pipeline.pictures.feature_bank import FeatureBank
    from pipeline.pictures.features_file import FeatureStore, caveat
    from pipeline.runtime.logs import log

    with FeatureStore(inputs["features"]) as store:
        tap = store.tap_named(config.tap) if config.tap else store.tap_for(grid=False)
        if warning := caveat(store.weights):
            log.warning("clusters show little of what pictures show%s", warning)
    bank = FeatureBank([inputs["features"]], tap)
    return tap, principal_vectors(bank, rows, COMPONENTS, config.seed)


def _domains(inputs: Files, names: Sequence[str]) -> list[str]:
    """The domain of each picture, as labels or else folders say.

    All are empty unless there are two, and where pictures may be in several, as with attributes.
    """
    from pipeline.labels.folder_domains import folder_domains
    from pipeline.labels.labels_file import read_labels_file

    path = inputs.get("labels")
    said = [x for x in read_labels_file(path) if x.kind == "domain"] if path else []
    said = said or list(folder_domains(names))
    domains = {label.picture: label.value for label in said}
    found = [domains.get(name, "") for name in names]
    is_one_of_several = len(domains) == len(said) and len({*found} - {""}) > 1
    return found if is_one_of_several else [""] * len(names)


def _write_sheets(folder: Path, frames: Path, made: Clusters, row_of: Mapping[str, int]) -> None:
    """Write a contact sheet for each cluster, and one of all."""
    import numpy as np

    from pipeline.pictures.clusters.contact_sheets import SIDE, write_overview, write_sheet
    from pipeline.pictures.frames_file import read_thumbnails

    shown = [name for one in made.clusters for name in (*one.nearest, *one.farthest)]
    rows = np.array([row_of[name] for name in shown], np.int64)
    thumbnails = dict(zip(shown, read_thumbnails(frames, rows, SIDE), strict=True))
    write_overview(folder / "clusters.png", made.clusters, thumbnails)
    for cluster in made.clusters:
        write_sheet(folder / f"{cluster.number:02}.png", cluster, thumbnails)


def _write_page(
    folder: Path, inputs: Files, page: Path, made: Clusters, members: Sequence[Member]
) -> None:
    """Write ``index.html`` with the small pictures that it shows."""
    import numpy as np

    from pipeline.pictures.frames_file import Frames, read_thumbnails
    from pipeline.report.clusters.section import Decided, cluster_sections
    from pipeline.report.language import Message
    from pipeline.report.page import page_html
    from pipeline.report.section import Page
    from pipeline.report.tile_sheets import TILES
    from pipeline.sources.pointers import open_stills

    shown = _shown(members)
    pictures = open_stills(inputs["stills"]).path
    rows = Frames.load(inputs["frames"]).row[np.array(shown)]
    sections = cluster_sections(
        folder,
        made,
        Decided(
            names=[one.picture for one in members],
            cluster=[one.cluster for one in members],
            dropped=[place for place, one in enumerate(members) if not one.keep],
            tiles=shown,
        ),
        [_tile(members[place], pictures, page.parent) for place in shown],
        read_thumbnails(inputs["frames"], rows, TILES.tile),
    )
    counts = {"n": f"{made.pictures:,}", "clusters": f"{len(made.clusters):,}"}
    subtitle = Message("clusters.subtitle", counts)
    html = page_html(Page(inputs["frames"].parent.name, subtitle, sections))
    (folder / page.name).write_text(html, encoding="utf-8")


def _shown(members: Sequence[Member]) -> list[int]:
    """What the page shows, by cluster and rank: of too many all doubtful ones, and others evenly.

    Doubtful is an outlier, what equals another one, and what looks like another domain's.
    """
    import numpy as np

    doubtful = [bool(m.outlier or m.like or _is_elsewhere(m)) for m in members]
    order = sorted(range(len(members)), key=lambda n: (members[n].cluster, members[n].rank))
    if len(order) <= _MOST_ON_PAGE:
        return order
    others = [place for place in order if not doubtful[place]]
    room = min(len(others), max(0, _MOST_ON_PAGE - sum(doubtful)))
    chosen = {others[place] for place in np.linspace(0, len(others) - 1, room).astype(int).tolist()}
    return [place for place in order if doubtful[place] or place in chosen]


def _is_elsewhere(member: Member) -> bool:
    """Whether a head takes it for another domain's."""
    return member.likeliest not in ("", member.domain)


def _tile(member: Member, pictures: Path, page: Path) -> Tile:
    """The picture of a member on the page in the folder ``page``."""
    from pipeline.report.clusters.section import FLAGS
    from pipeline.report.picture_grid import Tile, address_of

    is_elsewhere = _is_elsewhere(member)
    holds = (not member.keep, member.outlier, bool(member.like), is_elsewhere)
    told = [member.domain, f"→ {member.likeliest}" * is_elsewhere, f"≈ {member.like}"]
    return Tile(
        member.picture,
        address_of(pictures / member.picture, page),
        [member.cluster, member.distance, member.own],
        flags=[flag for flag, held in zip(FLAGS, holds, strict=True) if held],
        tags=[text for text in told if text not in ("", "≈ ")],
    )


def _summary(made: Clusters) -> str:
    from pipeline.runtime.quantities import counted

    mean = sum(made.stability) / len(made.stability)
    parts = [
        f"{counted(made.pictures, 'picture')} in {counted(len(made.clusters), 'cluster')}",
        f"stability {mean:.2f}",
        f"{counted(made.outliers, 'outlier')}",
        f"{made.duplicates:,} that nearly equal others",
    ]
    if made.recognition:
        share = 100 * made.recognition.accuracy.mean
        parts.append(f"a head tells {share:.0f} % of the domains")
    return "; ".join([*parts, f"{made.dropped:,} dropped"])


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    pictures = amounts["pictures"]
    return Expected(
        seconds=2 + pictures * 3e-3, startup=3, bytes=pictures * 8e3, kind=config.method
    )


STAGE = Stage(
    inputs={
        "stills": "{item}/source.stills.json",
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
    },
    optional={"labels": "{item}/labels.jsonl"},
    outputs={
        "keep": "{item}/keep.jsonl",
        "figures": "{item}/clusters/clusters.json",
        "members": "{item}/clusters/clusters.jsonl",
        "page": "{item}/clusters/index.html",
    },
    config=Config,
    run=run,
    check=check,
    expect=expect,
    editable=("keep",),
    extra="learn",
    whole_machine=True,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
