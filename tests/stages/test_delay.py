"""The stage itself; how a delay is estimated has tests of its own."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from pipeline.danmaku.alignment.delay_file import Delay
from pipeline.danmaku.comments.comments_file import TokenizedComment
from pipeline.engine.stage import Files
from pipeline.pictures.frames_file import writing_frames
from pipeline.runtime.json_lines import write_lines
from stages.danmaku import delay

SECONDS, SHOT, FPS = 120, 6, 4


def film(folder: Path) -> None:
    """Shots of six seconds, each of a colour of its own."""
    colors = np.random.default_rng(0).integers(0, 256, (SECONDS // SHOT, 3))
    with writing_frames(folder / "frames.h5", 16, fingerprint="0", width=16, height=16) as writer:
        for number in range(SECONDS * FPS):
            picture = np.full((16, 16, 3), colors[number // FPS // SHOT], np.uint8)
            writer.add(number, Fraction(1, FPS), picture)


def viewers(late: float) -> list[TokenizedComment]:
    """They name each shot, ``late`` seconds after seeing it."""
    draws = np.random.default_rng(1)
    seen = np.sort(draws.uniform(0, SECONDS - 3 * late, 900))
    written = seen + late * np.exp(0.3 * draws.standard_normal(len(seen)))
    words = [f"shot{int(second) // SHOT}" for second in seen]
    return [naming(time, word) for time, word in zip(written, words, strict=True)]


def naming(second: float, word: str) -> TokenizedComment:
    return TokenizedComment(time_ms=int(1000 * second), text=word, words=[word], parts=["名詞"])


def estimated(folder: Path, comments: list[TokenizedComment]) -> tuple[Delay, str]:
    write_lines(folder / "comments.jsonl", comments)
    inputs = {name: [folder / name] for name in ("frames.h5", "comments.jsonl")}
    files = {"frames": inputs["frames.h5"], "comments": inputs["comments.jsonl"]}
    outputs = Files({"delay": [folder / "delay.json"]})
    message = delay.run(Files(files), outputs, delay.Config())
    return Delay.load(folder / "delay.json"), message


def test_comments_outside_the_video_do_not_change_its_delay(tmp_path: Path) -> None:
    film(tmp_path)
    alone, message = estimated(tmp_path, viewers(1.5))
    assert alone.estimated
    assert abs(alone.median_ms - 1500) < 300
    assert message.startswith("comments come 1.")
    another = [naming(second, f"shot{n % 20}") for n, second in enumerate(range(120, 5000))]
    early = [naming(second, "shot3") for second in range(-900, 0)]
    assert estimated(tmp_path, [*early, *viewers(1.5), *another]) == (alone, message)
