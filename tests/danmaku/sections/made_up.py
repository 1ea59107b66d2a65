"""Report folders that are made up: a video, comments of all kinds, and why they were written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from PIL import Image

from pipeline.danmaku.drawing.comment import Layer
from pipeline.danmaku.sections.watch.content import (
    MAPS_PER_ROW,
    MAPS_PER_SHEET,
    Drawn,
    Explanation,
    Heat,
    Player,
    Previews,
    Shape,
    TagTimes,
    TimedComment,
    TrainingPicture,
)
from pipeline.danmaku.sections.watch.section import player_section
from pipeline.report.language import Message
from pipeline.report.page import page_html
from pipeline.report.section import Page, Section
from pipeline.report.tile_sheets import Sheets, Size, write_sheets
from pipeline.show.episode import make_episode
from pipeline.show.spec import RATE, EpisodeSpec

STAGE = (1920.0, 1080.0)
SECONDS = 6.0
SIDE = 4
"""Positions of a heat map across and down."""
SHAPES = [Shape(95.5 + 81.3 * lines, 75.9, 81.3, 75.4, 2.8) for lines in range(2)]
"""Of comments of one line, and of two."""
WORDS = ["チノ", "ちゃん", "かわいい"]

_TABLE = """<div class="wide">
<table class="sortable"><thead><tr><th>video</th><th class="n">comments</th><th></th></tr></thead>
<tbody>
<tr><td>b</td><td class="n" data-value="1000">1,000</td><td>x</td></tr>
<tr class="best"><td>c</td><td class="n" data-value="9">9</td><td>y</td></tr>
<tr><td>a</td><td class="n" data-value="20">20</td><td>z</td></tr>
</tbody></table></div>
"""
_PHRASES = """
data.title: {en: Data, ja: データ}
data.subtitle: {en: made up, ja: 架空}
"""


def drawn(time: float, text: str, **changes: Any) -> Drawn:
    """As a comment of the middle size that crosses the stage in four seconds at the top."""
    width = 76.0 * max(map(len, text.split("\n")))
    speed = (STAGE[0] + width) / 4
    made = Drawn(
        shape=text.count("\n"),
        start=time - 1.5,
        end=time + 2.5,
        x=STAGE[0],
        speed=speed,
        y=0.0,
        width=width,
    )
    return replace(made, **changes)


def fixed(time: float, text: str, **changes: Any) -> Drawn:
    """As one that stands in the middle of the top for three seconds."""
    moving = drawn(time, text)
    x = (STAGE[0] - moving.width) / 2
    return replace(moving, **{"start": time, "end": time + 3, "x": x, "speed": 0.0, **changes})


def explanation(seen: float, words: Sequence[str], first: int, **changes: Any) -> Explanation:
    """With a heat map for each word and the end mark, the first of them number ``first``."""
    made = Explanation(
        seen=seen,
        words=list(words),
        map=first,
        peaks=[0.1 + 0.2 * n for n in range(len(words) + 1)],
        saliency_peaks=[0.2 + 0.2 * n for n in range(len(words) + 1)],
        places=[(0.5 / (n + 1), n + 1) for n in range(len(words) + 1)],
        nats=2.5,
        pmi=1.25,
        pmi_rank=1,
        rank=3,
        candidates=100,
        copies=4,
        near=[(0, 0.93), (1, 0.71)],
    )
    return replace(made, **changes)


def comment(kind: Layer, time: float, text: str, **changes: Any) -> TimedComment:
    """A comment that crosses the stage."""
    made = TimedComment(kind, time, text, drawn(time, text), hidden=None, explanation=None)
    return replace(made, **changes)


def player(comments: Sequence[TimedComment], **changes: Any) -> Player:
    """What the scripts know about the made-up video with ``comments``."""
    made = Player(
        media="video.mp4",
        seconds=SECONDS,
        frame=float(1 / RATE),
        stage=STAGE,
        shapes=SHAPES,
        comments=sorted(comments, key=lambda comment: comment.time),
        training_pictures=[
            TrainingPicture(
                "learned/0.jpg", "nekomachi-02.mp4", 65.3, ["かわいい", "きた", "8888"]
            ),
            TrainingPicture("learned/1.jpg", "nekomachi-03.mp4", 5.0, [f"w{n}" for n in range(9)]),
        ],
        heat=Heat(SIDE, ["attention", "saliency"]),
        previews=Previews(Sheets(160, 4, [(160, 90)] * 6, "previews"), 1.0),
        tags=[TagTimes("猫", [(1.0, 2.0), (4.0, 5.5)]), TagTimes("<b>夜</b>", [(3.0, 3.5)])],
    )
    return replace(made, **changes)


def ordinary() -> Player:
    """Nine comments of all kinds, of which two are explained."""
    return player(
        [
            comment(
                "generated", 1.0, "チノちゃんかわいい", explanation=explanation(0.75, WORDS, 0)
            ),
            comment("viewer", 1.0, "きたああああ", drawn=drawn(1, "きたああああ", y=200.0)),
            comment("viewer", 1.5, "8888", drawn=drawn(1.5, "8888", y=300.0, color="#00ff00")),
            comment("owner", 2.0, "うp主です", drawn=fixed(2.0, "うp主です", y=980.0)),
            comment(
                "generated",
                3.0,
                "かわいい",
                drawn=fixed(3.0, "かわいい", y=500.0, color="#ff0000"),
                explanation=explanation(
                    2.5, ["かわいい"], 4, copies=0, pmi=-0.5, rank=0, near=[], named=False
                ),
            ),
            comment("viewer", 3.5, "two\nlines", drawn=drawn(3.5, "two\nlines", y=700.0)),
            comment("viewer", 4.0, "/script", drawn=None, hidden="invisible"),
            comment("viewer", 5.0, "おつ", drawn=drawn(5.0, "おつ", font="mincho", y=400.0)),
            comment("viewer", 9.0, "late", drawn=None, hidden="outside of the video"),
        ]
    )


def crowded(comments: int, seconds: float) -> Player:
    """``comments`` of them, half explained, which come in waves of sixty on screen."""
    random = np.random.default_rng(1)
    waves = 0.5 + 0.5 * np.sin(np.linspace(0, 20 * np.pi, comments))
    times = np.sort(np.cumsum(0.4 + 2 * waves) / np.sum(0.4 + 2 * waves) * seconds)
    made = []
    for n, time in enumerate(times.tolist()):
        text = "".join(random.choice(list("かわいいきたーチノちゃん8w草"), random.integers(2, 16)))
        placed = drawn(time, text, y=float(random.integers(0, 10)) * 98)
        why = explanation(max(0, time - 0.3), [text[:2], text[2:]], 3 * n) if n % 2 else None
        kind: Layer = "generated" if n % 2 else "viewer"
        made.append(comment(kind, time, text, drawn=placed, explanation=why))
    return player(made, seconds=seconds)


def write_video(folder: Path, seconds: float = SECONDS) -> Path:
    """A few seconds of the show, with sound."""
    spec = EpisodeSpec(seconds=seconds, width=320, height=180, comment_rate=0)
    return make_episode(folder, spec)


def write_report(
    folder: Path, content: Player | None, video: Path | None = None, name: str = "nekomachi-01"
) -> Path:
    """The folder of a report of ``content``; returns its page."""
    for part in ("heat", "learned"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    if video:
        (folder / "video.mp4").write_bytes(video.read_bytes())
    for n in range(2):
        Image.new("RGB", (160, 90), (90 * n, 120, 200)).save(folder / "learned" / f"{n}.jpg")
    thumbnails = [np.full((90, 160, 3), 40 * n, np.uint8) for n in range(6)]
    write_sheets(folder, thumbnails, Size("previews", 160, 4))
    for kind, colour in {"attention": (255, 60, 0), "saliency": (0, 255, 90)}.items():
        for number, sheet in enumerate(_sheets(content, colour)):
            sheet.save(folder / "heat" / f"{kind}-{number:03d}.png")
    sections = [player_section(content)] if content else []
    sections.append(table_section(folder / "table"))
    page = folder / "report.html"
    page.write_text(page_html(Page(name, Message("data.subtitle"), sections)), "utf-8")
    return page


def table_section(folder: Path) -> Section:
    """A section with nothing but a table that can be sorted; its files lie in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.html.j2").write_text(_TABLE)
    (folder / "phrases.yaml").write_text(_PHRASES)
    return Section("data", folder, "table.html.j2")


def _sheets(content: Player | None, colour: tuple[int, int, int]) -> list[Image.Image]:
    """Map n is hot at position n, and nowhere else."""
    explained = [one.explanation for one in content.comments if one.explanation] if content else []
    maps = max((one.map + len(one.peaks) for one in explained), default=0)
    sheets = []
    for first in range(0, maps, MAPS_PER_SHEET):
        rows = -(-min(MAPS_PER_SHEET, maps - first) // MAPS_PER_ROW)
        pixels = np.zeros((rows * SIDE, MAPS_PER_ROW * SIDE, 4), np.uint8)
        for n in range(min(MAPS_PER_SHEET, maps - first)):
            row, column = divmod(n, MAPS_PER_ROW)
            y, x = divmod((first + n) % SIDE**2, SIDE)
            pixels[row * SIDE + y, column * SIDE + x] = (*colour, 217)
        sheets.append(Image.fromarray(pixels))
    return sheets
