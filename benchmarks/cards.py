"""How many cards a second, and how that compares to reading, scaling and writing pictures alone.

The pictures are drawings of the show as JPEG files of 960x540, the cards PNG files of 640 pixels.
The lines are random, a third of it any of 2,000 kanji: harder on the cache of letters than any real
text. Time is of processors, which other work on the machine changes least.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from benchmarks._measure import Way, interleaved, per_second, report, speed_ratio
from pipeline.captions.cards import draw_card
from pipeline.captions.settings import CardSettings
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture, resized
from pipeline.media.png import write_png
from pipeline.media.stills import read_still
from pipeline.show.script import write_script
from pipeline.show.spec import EpisodeSpec
from pipeline.show.stage import drawings

CARDS = 100
SPEC = EpisodeSpec(seconds=60, width=960, height=540)
KANA = [chr(code) for code in range(0x3041, 0x3094)]
KANJI = [chr(0x4E00 + number) for number in range(2000)]

Shown = Callable[[Picture, str], Picture]


def main() -> None:
    """Measure, and print a table."""
    lines = _lines(CARDS, random.Random(0))  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = _pictures(folder)

        def way(shown: Shown) -> Way:
            def write_all() -> float:
                started = time.process_time()
                for number, line in enumerate(lines):
                    picture = read_still(sources[number % len(sources)]).pixels
                    write_png(folder / f"card-{number}.png", shown(picture, line))
                return time.process_time() - started

            return write_all

        seconds = interleaved(
            {
                "bare": way(lambda picture, _: resized(picture, (640, 360))),
                "below": way(_cards(CardSettings())),
                "inside": way(_cards(CardSettings(place="inside"))),
            }
        )
    report(
        "cards",
        {
            "below_per_second": per_second(CARDS, seconds["below"]),
            "inside_per_second": per_second(CARDS, seconds["inside"]),
            "bare_per_second": per_second(CARDS, seconds["bare"]),
            "below_over_bare": speed_ratio(seconds["below"], seconds["bare"]),
            "inside_over_bare": speed_ratio(seconds["inside"], seconds["bare"]),
        },
    )


def _cards(style: CardSettings) -> Shown:
    lettering = Lettering()
    return lambda picture, line: draw_card(picture, line, style, lettering).pixels


def _lines(count: int, rng: random.Random) -> list[str]:
    return [
        "".join(rng.choice(KANJI if rng.random() < 1 / 3 else KANA) for _ in range(length)) + "。"
        for length in (rng.randint(8, 50) for _ in range(count))
    ]


def _pictures(folder: Path) -> list[Path]:
    """Some pictures of an episode, a second or so apart."""
    paths = []
    for number, drawing in enumerate(islice(drawings(SPEC, write_script(SPEC)), 0, None, 8)):
        paths.append(folder / f"{number}.jpg")
        drawing.picture.save(paths[-1], quality=90)
    return paths


if __name__ == "__main__":
    main()
