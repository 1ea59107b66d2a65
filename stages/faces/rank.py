"""Rank pictures by their scores: a table, sheets of the best, and a page, each picture once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.faces.ranking.ranks import Ranked
    from pipeline.faces.scores.scores_file import Scored
    from pipeline.faces.scores.taste_file import TasteCard
    from pipeline.media.pixels import Picture
    from pipeline.media.source import PictureSource


class Config(StageConfig, frozen=True):
    """How many pictures are shown, and which count as one."""

    top: Annotated[int, Meta(ge=1, le=1000)] = 24
    """Pictures on the sheets."""
    same: Annotated[float, Meta(ge=0, le=100)] = 6.0
    """Grey levels by which the mean colour of no block of 14×14 differs where two pictures count as
    one, of which the best is ranked."""
    why: bool = False
    """Whether those parts of faces glow on the sheets that speak for the score."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write the folder ``ranking``: ``ranking.csv``, sheets of the best, and a page of all."""
    from PIL import Image

    from pipeline.faces.ranking.ranks import near_groups, ranking, write_ranking
    from pipeline.faces.scores.scores_file import read_scores
    from pipeline.faces.scores.taste_file import Taste
    from pipeline.lettering.sheets import contact_sheets
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.runtime.quantities import counted
    from pipeline.sources.pointers import open_source

    card, scores = Taste.load(inputs["taste"]).card, read_scores(inputs["scores"])
    ranked = ranking(scores, near_groups(inputs["frames"], config.same), card.best)
    source, target = open_source(inputs.one_of("source", "stills")), outputs["ranking"]
    with published_folder(target.parent) as folder:
        write_ranking(folder / target.name, ranked)
        cards = _cards(source, inputs["frames"], ranked[: config.top], why=config.why)
        for number, sheet in enumerate(contact_sheets(cards), 1):
            Image.fromarray(sheet).save(folder / f"best-{number:03}.png")
        _write_page(folder / outputs["page"].name, inputs, ranked, scores, card)
    repeats = sum(len(one.repeats) for one in ranked)
    left = f"; {counted(repeats, 'picture')} nearly equal a better one" if repeats else ""
    return f"{counted(len(ranked), 'picture')} ranked in {target.parent}{left}"


def _cards(
    source: PictureSource, frames_file: Path, ranked: Sequence[Ranked], *, why: bool
) -> Iterator[Picture]:
    from pipeline.faces.ranking.cards import draw_card
    from pipeline.lettering.lettering import Lettering
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.progress import track

    times, lettering = Frames.load(frames_file).times, Lettering()
    for rank, one in enumerate(track(ranked, len(ranked), "cards", "cards"), 1):
        picture = source.picture_at(times.middle(one.best.frame))
        yield draw_card(picture, rank, one, lettering, why=why)


def _write_page(
    page: Path, inputs: Files, ranked: Sequence[Ranked], scores: Sequence[Scored], card: TasteCard
) -> None:
    """Write ``index.html`` with the small pictures that it shows."""
    from pipeline.faces.page.ranked import RankedItem, write_ranking_page
    from pipeline.labels.labels_file import read_labels_file
    from pipeline.sources.pointers import open_stills

    labels, stills = inputs.get("labels"), inputs.get("stills")
    item = RankedItem(
        frames=inputs["frames"],
        features=inputs["features"],
        pictures=open_stills(stills).path if stills else None,
        labels=tuple(read_labels_file(labels)) if labels else (),
    )
    write_ranking_page(page, item, ranked, scores, (card.levels[0], card.levels[-1]), card.best)


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    pictures = amounts["pictures"]
    return Expected(
        seconds=pictures * 1e-3 + config.top * 0.05, startup=2, bytes=pictures * 120 + 3e6
    )


STAGE = Stage(
    inputs={
        "scores": "{item}/scores.jsonl",
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
        "taste": "models/faces/{model}/taste.safetensors",
    },
    optional={
        "source": "{item}/source.video.json",
        "stills": "{item}/source.stills.json",
        "labels": "{item}/labels.jsonl",
    },
    outputs={"ranking": "{item}/ranking/ranking.csv", "page": "{item}/ranking/index.html"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
