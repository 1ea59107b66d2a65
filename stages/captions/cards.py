"""Draw cards: each picture with its line, as PNG files, contact sheets or an animated GIF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.captions.settings import CardSettings
from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.captions.captions_file import CaptionLine
    from pipeline.lettering.lettering import Lettering
    from pipeline.media.pixels import Picture
    from pipeline.media.source import PictureSource


class Config(StageConfig, frozen=True):
    """What cards look like, how many there are, and as what they come."""

    format: Literal["png", "sheet", "gif"] = "sheet"
    """A file for each card, pages of many small ones, or one after the other."""
    card: CardSettings = CardSettings()
    max_count: Annotated[int, Meta(ge=1)] | None = None
    """Only the cards with the best scores; null draws all."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write the cards, and ``cards.json``, which says what is in each file."""
    from pipeline.captions.captions_file import read_captions
    from pipeline.lettering.lettering import Lettering
    from pipeline.runtime.atomic_files import published_folder, write_json
    from pipeline.runtime.errors import ExitCode, PipelineError
    from pipeline.runtime.logs import log
    from pipeline.runtime.quantities import counted
    from pipeline.sources.pointers import open_source

    source = open_source(inputs.one_of("source", "stills"))
    lines = _chosen(read_captions(inputs["captions"]), config.max_count)
    if not lines:
        raise PipelineError(
            ExitCode.NOTHING_USABLE,
            f"{inputs['captions']} holds no line to draw",
            "Run `make captions-write`, or loosen `captions: write: ng_words:`",
        )
    lettering = Lettering()
    with published_folder(outputs["cards"].parent) as folder:
        files = _write(folder, config, source, lines, lettering)
        write_json(folder / outputs["cards"].name, files)
    if lettering.missing:
        log.warning("no font has %s", " ".join(sorted(lettering.missing)))
    return f"{counted(len(lines), 'card')} in {outputs['cards'].parent}"


def _chosen(lines: list[CaptionLine], count: int | None) -> list[CaptionLine]:
    """All of the lines, or those with the best scores, in their order."""
    if count is None or count >= len(lines):
        return lines
    ranked = sorted(lines, key=lambda line: -max((c.score for c in line.candidates), default=0.0))
    best = {line.frame for line in ranked[:count]}
    return [line for line in lines if line.frame in best]


def _write(
    folder: Path,
    config: Config,
    source: PictureSource,
    lines: list[CaptionLine],
    lettering: Lettering,
) -> dict[str, list[str]]:
    """Write files into ``folder``; return the lines by file."""
    from PIL import Image

    from pipeline.captions.reading import reading_seconds
    from pipeline.lettering.sheets import SHEET_COLUMNS, SHEET_ROWS, contact_sheets
    from pipeline.media.gif import write_slides

    cards = _drawn(source, lines, config.card, lettering)
    files: dict[str, list[str]] = {}
    if config.format == "gif":
        seconds = (reading_seconds(line.text, lettering) for line in lines)
        write_slides(folder / "cards.gif", zip(cards, seconds, strict=True))
        return {"cards.gif": [line.text for line in lines]}
    if config.format == "sheet":
        size = SHEET_COLUMNS * SHEET_ROWS
        for number, page in enumerate(contact_sheets(cards)):
            name = f"sheet-{number + 1:03}.png"
            Image.fromarray(page).save(folder / name)
            shown = lines[number * size : (number + 1) * size]
            files[name] = [line.text for line in shown]
        return files
    for line, card in zip(lines, cards, strict=True):
        name = f"{_file_name(line)}.png"
        Image.fromarray(card).save(folder / name)
        files[name] = [line.text]
    return files


def _drawn(
    source: PictureSource, lines: list[CaptionLine], style: CardSettings, lettering: Lettering
) -> Iterator[Picture]:
    from fractions import Fraction

    from pipeline.captions.cards import draw_card
    from pipeline.runtime.logs import log
    from pipeline.runtime.progress import track

    shortened = 0
    for line in track(lines, len(lines), "cards", "cards"):
        picture = source.picture_at(Fraction(line.time_ms, 1000))
        card = draw_card(picture, line.text, style, lettering)
        shortened += card.shortened
        yield card.pixels
    if shortened:
        log.warning("%d lines were too long for their pictures and end in …", shortened)


def _file_name(line: CaptionLine) -> str:
    """By the picture's number and name, or by the time in a video."""
    if not line.picture:
        return f"{line.time_ms / 1000:09.3f}"
    stem = line.picture.rpartition(".")[0].replace("/", "_").replace("#", "_")
    return f"{line.frame:05}-{stem[:60]}"


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    cards = min(amounts["lines"], config.max_count or amounts["lines"])
    return Expected(
        seconds=cards * 0.03, startup=1, bytes=cards * config.card.width**2, kind=config.format
    )


STAGE = Stage(
    inputs={"captions": "{item}/captions.jsonl"},
    optional={"source": "{item}/source.video.json", "stills": "{item}/source.stills.json"},
    outputs={"cards": "{item}/cards/{format}/cards.json"},
    config=Config,
    run=run,
    expect=expect,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
