"""Comments: speed from a file to words, memory, and the accuracy of the estimated delay.

The texts are those of the synthetic show, or of a Niconico XML given with ``--sample``, repeated
under new numbers, each time with another number at their end. ``read_over_lxml`` compares reading
with lxml walking over the same file, and ``over_parts`` the stage with the sum of lxml, MeCab and
JSON doing their parts alone. ``seconds_60k`` and the table by number are whole processes of the
stage. Delays are those that the stage estimates in episodes of the show, minus the true median.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import tempfile
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from lxml import etree

from benchmarks._measure import interleaved, per_second, report, speed_ratio, timed
from benchmarks._stages import run_stage
from pipeline.danmaku.comments.comments_file import TokenizedComment
from pipeline.danmaku.comments.reading import read_comments
from pipeline.runtime.json_lines import read_lines, write_lines
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from pipeline.show.truth import Truth, truth_beside
from pipeline.text.normalize import normalize
from pipeline.text.splitting import Splitter, make_splitter
from pipeline.text.vocabulary import Vocabulary

SIZES = (10_000, 100_000, 1_000_000)
MANY = 60_000
SEEDS = (21, 22, 23)
EPISODE_SECONDS = 240

_CHAT = re.compile(r"<chat .*?</chat>", re.DOTALL)
_NUMBER = re.compile(r' no="\d+"')


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=Path, help="a Niconico XML to take the texts from")
    sample = parser.parse_args().sample
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = sample or make_episode(folder, EpisodeSpec(seconds=60)).with_suffix(".xml")
        report("comments by number", _by_number(folder, source))
        report("comments", _speeds(folder, source))
        report("delay", _delays(folder))


def _speeds(folder: Path, source: Path) -> dict[str, list[float]]:
    path = _repeated(folder, source, MANY)
    gc.disable()  # as the stage does
    splitter = make_splitter("japanese")
    texts = [comment.text for comment in read_comments(path)]
    _comments(folder, path)
    written = list(read_lines(folder / "comments.jsonl", TokenizedComment))
    seconds = interleaved(
        {
            "stage": timed(lambda: _comments(folder, path)),
            "read": timed(lambda: sum(1 for _ in read_comments(path))),
            "lxml": timed(lambda: sum(1 for _ in etree.iterparse(path, tag="chat"))),
            "words": timed(lambda: _words(texts, splitter)),
            "json": timed(lambda: write_lines(folder / "written.jsonl", written)),
        }
    )
    parts = [
        sum(times) for times in zip(*(seconds[p] for p in ("lxml", "words", "json")), strict=True)
    ]
    return {
        "seconds_60k": seconds["stage"],
        "read_per_s": per_second(MANY, seconds["read"]),
        "read_over_lxml": speed_ratio(seconds["read"], over=seconds["lxml"]),
        "over_parts": [a / b for a, b in zip(seconds["stage"], parts, strict=True)],
        "mecab_per_s": per_second(MANY, seconds["words"]),
    }


def _words(texts: list[str], splitter: Splitter) -> Vocabulary:
    """MeCab's share of the stage: normalisation, words, vocabulary."""
    tokens: Counter[tuple[str, str]] = Counter()
    for text in texts:
        words, parts = splitter.split(normalize(text))
        tokens.update(zip(words, parts, strict=True))
    return Vocabulary.from_counts(tokens, 30_000)


def _by_number(folder: Path, source: Path) -> dict[str, list[float]]:
    figures = {}
    for count in SIZES:
        path = _repeated(folder, source, count)
        started = time.perf_counter()
        peak = _comments(folder, path)
        name = f"{count // 1_000_000}m" if count >= 1_000_000 else f"{count // 1000}k"
        figures[f"seconds_{name}"] = [time.perf_counter() - started]
        figures[f"peak_mb_{name}"] = [peak]
    return figures


def _delays(folder: Path) -> dict[str, list[float]]:
    """True and estimated delays in seconds, and their difference, by seed."""
    figures = {}
    for seed in SEEDS:
        spec = EpisodeSpec(seed=seed, seconds=EPISODE_SECONDS)
        video = make_episode(folder / str(seed), spec)
        _comments(video.parent, video.with_suffix(".xml"))
        frames = {"frames": video.parent / "frames.h5"}
        run_stage("frames", {"source": video}, frames)
        comments = {"comments": video.parent / "comments.jsonl"}
        run_stage("delay", comments | frames, {"delay": video.parent / "delay.json"})
        delay = json.loads((video.parent / "delay.json").read_text())
        beside = truth_beside(video)
        assert beside is not None
        true = median(comment.delay_ms for comment in Truth.load(beside).comments)
        figures[f"true_s_{seed}"] = [true / 1000]
        figures[f"estimate_s_{seed}"] = [delay["median_ms"] / 1000]
        figures[f"off_by_s_{seed}"] = [abs(delay["median_ms"] - true) / 1000]
    return figures


_COMMENTS = {
    "comments": "comments.jsonl",
    "import_report": "import_report.json",
    "import_report_text": "import_report.txt",
}


def _comments(folder: Path, source: Path) -> float:
    outputs = {name: folder / file for name, file in _COMMENTS.items()}
    return run_stage("comments", {"source": source}, outputs)


def _repeated(folder: Path, source: Path, count: int) -> Path:
    """A Niconico XML of ``count`` comments with the texts of ``source``."""
    path = folder / f"{count}.xml"
    if not path.exists():
        chats = _CHAT.findall(source.read_text(encoding="utf-8"))
        with path.open("w", encoding="utf-8") as file:
            file.write('<?xml version="1.0" encoding="UTF-8"?>\n<packet>\n')
            for number, chat in enumerate(islice(cycle(chats), count), 1):
                numbered = _NUMBER.sub(f' no="{number}"', chat, count=1)
                # No text is more frequent than in the source.
                file.write(numbered.replace("</chat>", f" {number // len(chats)}</chat>") + "\n")
            file.write("</packet>\n")
    return path


if __name__ == "__main__":
    main()
