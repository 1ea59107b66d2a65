"""A grid of plain pictures with jokes, and the section that shows it."""

from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.report.language import Message
from pipeline.report.page import page_html
from pipeline.report.picture_grid import SCRIPTS, STYLES, Line, NumberColumn, PictureGrid, Tile
from pipeline.report.section import Page, Section
from pipeline.report.tile_sheets import write_sheets

_TEMPLATE = """{% from "picture_grid.html.j2" import picture_grid %}
{{ picture_grid("jokes", grid) }}
"""
_PHRASES = """
jokes.title: {en: Jokes, ja: ボケ}
jokes.humour: {en: humour, ja: 面白さ}
jokes.rank: {en: rank, ja: 順位}
jokes.pmi: {en: PMI, ja: 相互情報量}
jokes.copied: {en: copied, ja: コピー}
jokes.new: {en: new, ja: 新作}
jokes.person: {en: by a person, ja: 人の作}
jokes.near: {en: Nearest training pictures, ja: 最も近い学習画像}
jokes.evidence: {en: Where the model looked, ja: モデルが見た場所}
"""
COUNT = 100
RED, GREEN = (220, 30, 30), (30, 200, 30)
"""Of tiles with an even number, and with an odd one."""


def grid_section(folder: Path, grid: PictureGrid) -> Section:
    """The section of a system named jokes; writes its template and phrases below ``folder``."""
    web = folder / "web"
    web.mkdir(exist_ok=True)
    (web / "jokes.html.j2").write_text(_TEMPLATE)
    (web / "jokes.yaml").write_text(_PHRASES)
    return Section("jokes", web, "jokes.html.j2", {"grid": grid}, SCRIPTS, STYLES, data=grid)


def write_page(folder: Path, grid: PictureGrid) -> Path:
    """Write ``report.html`` beside the sheets; returns its folder."""
    page = Page(
        "Album", Message("grid.count", {"n": len(grid.tiles)}), [grid_section(folder, grid)]
    )
    (folder / "report.html").write_text(page_html(page), "utf-8")
    return folder


def ordinary(folder: Path) -> PictureGrid:
    """Write sheets of 100 tiles and two others; number 3 has everything that a tile can have."""
    colours = [(RED, GREEN)[n % 2] for n in range(COUNT + 2)]
    pictures = (np.full((96, 128, 3), colour, np.uint8) for colour in colours)
    tiles = [
        Tile(f"{n:03}.png", facts=[None if n % 10 == 9 else (n * 37 % 100) / 100, n])
        for n in range(COUNT)
    ]
    Image.new("RGB", (600, 300), "blue").save(folder / "original 3.png")
    tiles[3] = Tile(
        "猫.png",
        source="./original%203.png",
        facts=[0.995, 3],
        lines=[
            Line("ネコチャンと言い張る", [1.25], ["person"]),
            Line("<img src=x onerror=alert(1)>", [None], ["copied"]),
        ],
        flags=["new"],
        tags=["動物", "Ｃａｔ"],
        near=[(COUNT, 0.93), (5, 0.5)],
        evidence="./original%203.png",
    )
    tiles[5] = Tile("dog, “so to say”.png", facts=[0.5, 5], lines=[Line("わん", [0.5], ["copied"])])
    others = [
        Tile("training.png", lines=[Line(f"にゃん{n}") for n in range(8)]),
        Tile("unused.png"),
    ]
    return PictureGrid(
        write_sheets(folder, pictures),
        tiles,
        others,
        facts=[NumberColumn("humour"), NumberColumn("rank", 0)],
        scores=[NumberColumn("pmi")],
        flags=["person", "copied", "new"],
    )


def many(folder: Path, count: int) -> PictureGrid:
    """A grid of ``count`` tiles, whose sheets are one and the same file."""
    pictures = (np.full((128, 128, 3), (RED, GREEN)[n % 2], np.uint8) for n in range(16))
    sheets = write_sheets(folder, pictures)
    for number in range(1, -(-count // 16)):
        (folder / f"sheets/{number:04}.jpg").hardlink_to(folder / "sheets/0000.jpg")
    tiles = [
        Tile(
            f"{n:05}.png",
            facts=[n * 7919 % count, n],
            lines=[Line(f"{joke} of {n}", [joke], ["new"]) for joke in range(3)],
        )
        for n in range(count)
    ]
    return PictureGrid(
        type(sheets)(sheets.tile, sheets.across, sheets.sizes[:1] * count),
        tiles,
        facts=[NumberColumn("humour"), NumberColumn("rank", 0)],
        scores=[NumberColumn("pmi")],
        flags=["new"],
    )
