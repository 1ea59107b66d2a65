"""Training steps at the 2017 article's sizes, beside plain loops and the bare products.

A step learns from 256 comments on about 26 pictures, 30,000 words, 256 dimensions, no dropout,
over made-up features in the shapes of VGG-19's conv5_3 and relu7. The comments are as long as
those of an episode; words follow Zipf's law.

``attention``  additive attention over the grid, exact softmax; its peers do all of it for each
               comment, padded to the longest: ``attention_speedup`` over one that projects grid
               and keys in every word step, ``attention_over_tutorial`` over one that projects
               the grid once, as TensorFlow's tutorial does.
``relu7``      one vector a picture; ``relu7_speedup`` over a loop over words,
               ``relu7_over_packed`` over PyTorch's packed sequences, the best public way.
``products``   the three products of the vocabulary layer with all real words, picture_of no step
               can do without: ``step_over_gemm`` and ``relu7_step_over_gemm`` are 1 there.

Our loss and that of each peer must be the same, before anything is measured and then at every
step: they are one model. ``dot``, ``transformer``, ``adaptive`` (softmax) and ``default``
(the settings of the stage) are other models, for information.

``epoch_over_linear`` is what an epoch over 2,560 comments would cost four times, over what
10,240 cost, by a model so small that reading, grouping and planning are what counts.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import torch

from benchmarks import _plain_captioner as plain
from benchmarks._measure import (
    Rounds,
    Way,
    interleaved,
    milliseconds_each,
    per_second,
    report,
    speed_ratio,
    timed,
)
from pipeline.captioning.build import build_captioner
from pipeline.captioning.caption_set import CaptionSet, Groups
from pipeline.captioning.captioner import CaptionerSpec
from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.lstm import LstmCaptioner
from pipeline.captioning.prompt import AROUND, CONTEXT_CAPTIONS, CONTEXT_WORDS, FACTS
from pipeline.captioning.task import CaptionerTask, Part
from pipeline.danmaku.training.style import style_classes
from pipeline.learning.device import best_device
from pipeline.learning.team import Team
from pipeline.learning.training import Training
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import building_features
from pipeline.runtime.arrays import Float16s
from pipeline.text.vocabulary import END, PADDING, SPECIAL
from stages.danmaku.train import Config

CONFIG = Config()
TAPS = {"conv5_3": (196, 512), "relu7": (4096,)}
BATCH, COMMENTS_A_PICTURE = 256, 10
LENGTHS = (0, 108, 168, 127, 164, 88, 60, 60, 36, 30, 22, 24, 15, 17, 9, 10, 8, 8, 9, 9, 29)
"""How many of 1,001 comments on an episode have so many words (MeCab, ipadic); 20 are cut."""
ARTICLE: dict[str, Any] = {
    "decoder": "lstm",
    "attention": "additive",
    "gate": False,
    "softmax": "full",
    "time": False,
    "rate": False,
    "dropout": 0.0,
    "words": 30_000,
    "size": 256,
}
DEFAULT = msgspec.structs.asdict(CONFIG.captioner)
SAME = 1e-4  # nats a word
PART = 256  # words that a processor multiplies fastest at once
ATTENTION_ROUNDS = 3  # the plain ways take their time
RELU7_ROUNDS = 5
STEPS = 3  # of ours in a round, lest a moment decide

EPOCHS = (2560, 5120, 10240)  # comments
SMALL: dict[str, Any] = {"attention": "dot", "words": 1000, "size": 32}
EPOCH_ROUNDS = 3
PICTURES = EPOCHS[-1] // COMMENTS_A_PICTURE


def main() -> None:
    """Measure and report."""
    torch.set_flush_denormal(True)  # as the stage does
    load = {"load_before": [os.getloadavg()[0]]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "features.h5"
        _write_features(path)
        report("train", load | _attention(path) | _relu7(path) | _epochs(path))


def _attention(path: Path) -> dict[str, Rounds]:
    others = {
        "dot": _run(path, attention="dot"),
        "transformer": _run(path, attention="dot", decoder="transformer"),
        "adaptive": _run(path, softmax="adaptive"),
        "default": _run(path, **DEFAULT),
    }
    peers = {"attention_plain": plain.projecting, "attention_tutorial": plain.attending}
    ways = {name: _step(run) for name, run in others.items()}
    figures, seconds = _beside_peers(path, "attention", peers, ways, ATTENTION_ROUNDS)
    ours = seconds["attention"]
    return {
        **figures,
        "attention_speedup": speed_ratio(ours, over=seconds["attention_plain"]),
        "attention_over_tutorial": speed_ratio(ours, over=seconds["attention_tutorial"]),
        "step_over_gemm": speed_ratio(ours, over=seconds["products"]),
        "adaptive_over_full": speed_ratio(seconds["adaptive"], over=ours),
        "default_over_article": speed_ratio(seconds["default"], over=ours),
    }


def _relu7(path: Path) -> dict[str, Rounds]:
    peers = {"relu7_plain": plain.looping, "relu7_packed": plain.packing}
    figures, seconds = _beside_peers(path, "relu7", peers, {}, RELU7_ROUNDS)
    ours = seconds["relu7"]
    return {
        **figures,
        "relu7_speedup": speed_ratio(ours, over=seconds["relu7_plain"]),
        "relu7_over_packed": speed_ratio(ours, over=seconds["relu7_packed"]),
        "relu7_step_over_gemm": speed_ratio(ours, over=seconds["products"]),
    }


def _beside_peers(
    path: Path,
    name: str,
    kinds: Mapping[str, plain.Nats],
    others: Mapping[str, Way],
    rounds: int,
) -> tuple[dict[str, Rounds], dict[str, Rounds]]:
    """Figures of ours by itself, and the seconds of all."""
    ours = _run(path, attention="none" if name == "relu7" else "additive")
    comments = _captions(BATCH, ours.task.captioner.spec)
    peers = {peer: _peer(path, ours, comments, nats) for peer, nats in kinds.items()}
    for peer, trainer in peers.items():
        _require_same(peer, ours.nll(comments), trainer.nll())
    words = sum(map(len, comments.sentences))
    seconds = interleaved(
        {
            "products": _products(words),
            name: _step(ours),
            **{peer: timed(trainer.step) for peer, trainer in peers.items()},
            **others,
        },
        rounds,
    )
    for peer, trainer in peers.items():
        for epoch, loss in zip(ours.training.history, trainer.losses, strict=False):
            _require_same(peer, epoch.train["captioner"], loss)
    figures = {f"{way}_ms_per_step": milliseconds_each(1, seconds[way]) for way in seconds}
    return {**figures, f"{name}_words_per_s": per_second(words, seconds[name])}, seconds


def _require_same(name: str, ours: float, loss: float) -> None:
    """Refuse to compare what is not one model."""
    if not abs(ours - loss) <= SAME:
        sys.exit(f"{name} is another model: its loss is {loss} nats a word, and ours {ours}")


def _epochs(path: Path) -> dict[str, Rounds]:
    ways = {str(count): _epoch(_run(path, count, **SMALL)) for count in EPOCHS}
    seconds = interleaved(ways, EPOCH_ROUNDS)
    few, *_, most = EPOCHS
    linear = [most / few * spent for spent in seconds[str(few)]]
    return {
        **{f"epoch_of_{n}_ms_per_comment": milliseconds_each(n, seconds[str(n)]) for n in EPOCHS},
        "epoch_over_linear": speed_ratio(seconds[str(most)], over=linear),
    }


def _step(run: _Run) -> Way:
    """Mean seconds of several epochs, each of them a single step."""
    epoch = _epoch(run)
    return lambda: sum(epoch() for _ in range(STEPS)) / STEPS


def _epoch(run: _Run) -> Way:
    """Seconds of one more epoch, without measuring on held-out comments."""

    def way() -> float:
        started = ended = time.perf_counter()

        def step_ended() -> None:
            nonlocal ended
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            ended = time.perf_counter()

        run.training.run_epoch(step_ended)
        return ended - started

    return way


def _products(words: int) -> Way:
    """Forward and both backward, in the parts that the processor is fastest with."""
    device = best_device()
    size = ARTICLE["size"]
    matrix, to_matrix = torch.randn(2, ARTICLE["words"], size, device=device)
    hidden, to_hidden = torch.randn(2, words, size, device=device)
    room = torch.empty(PART, len(matrix), device=device)

    def work() -> None:
        for part, to_part in zip(hidden.split(PART), to_hidden.split(PART), strict=True):
            scores = room[: len(part)]
            torch.mm(part, matrix.T, out=scores)
            torch.mm(scores, matrix, out=to_part)
            to_matrix.addmm_(scores.T, part)
        if torch.cuda.is_available():
            torch.cuda.synchronize()

    return timed(work)


class _Run(NamedTuple):
    """A captioner and its training."""

    task: CaptionerTask
    training: Training[Groups, Part]

    def nll(self, captions: CaptionSet) -> float:
        """Mean nats a word."""
        return self.training.measure(lambda: self.task.nll(captions)).word


def _run(path: Path, count: int = BATCH, **changes: Any) -> _Run:
    torch.manual_seed(CONFIG.seed)
    settings = ARTICLE | changes
    bank = FeatureBank([path], _tap(settings["attention"]))
    spec = CaptionerSpec(**settings, channels=bank.row_shape[-1], style=style_classes([]))
    captions = _captions(count, spec)
    one = CaptionSet(captions.inputs.take(np.arange(1)), captions.sentences[:1], captions.style[:1])
    team = Team(0, 1, best_device())
    bank.reside_on(team.device)
    task = CaptionerTask(
        build_captioner(spec),
        captions,
        one,
        bank,
        team,
        batch_size=BATCH,
        doubly_stochastic=0.0,
        seed=CONFIG.seed,
    )
    schedule = msgspec.structs.replace(CONFIG.schedule, average=False)
    return _Run(task, Training(task, schedule, team))


def _peer(path: Path, run: _Run, captions: CaptionSet, nats: plain.Nats) -> plain.PlainTrainer:
    """A plain trainer of the same weights, before ``run`` has learned anything."""
    captioner = run.task.captioner
    assert isinstance(captioner, LstmCaptioner)
    tap, schedule = _tap(captioner.spec.attention), CONFIG.schedule
    rate, decay = schedule.learning_rate, schedule.weight_decay
    return plain.PlainTrainer(captioner, nats, path, tap, captions, rate, decay)


def _tap(attention: str) -> str:
    return "relu7" if attention == "none" else "conv5_3"


def _captions(count: int, spec: CaptionerSpec) -> CaptionSet:
    """The same each time: about ten a picture, the pictures anywhere in the file."""
    draws = np.random.default_rng(CONFIG.seed)
    pictures = draws.choice(PICTURES, round(count / COMMENTS_A_PICTURE), replace=False)
    picture_of = draws.integers(len(pictures), size=count)
    sentences = [[*words, END] for words in _sentences(draws, count, spec.words)]
    notes = spec.decoder == "transformer"
    context = np.full((len(pictures), CONTEXT_CAPTIONS, CONTEXT_WORDS), PADDING, np.int32)
    rows = context.reshape(-1, CONTEXT_WORDS)
    for row, words in zip(rows, _sentences(draws, len(rows), spec.words), strict=True):
        row[: len(words)] = words[:CONTEXT_WORDS]
    return CaptionSet(
        CaptionInputs(
            pictures[picture_of],
            draws.random((count, len(FACTS)), np.float32),
            draws.integers(PICTURES, size=(count, len(AROUND) if notes else 0)),
            context[picture_of] if notes else context[picture_of, :0, :0],
        ),
        sentences,
        np.zeros((count, 3), np.int64),
    )


def _sentences(draws: np.random.Generator, count: int, words: int) -> list[list[int]]:
    """Ids, without end marks."""
    lengths = draws.choice(len(LENGTHS), count, p=np.array(LENGTHS) / sum(LENGTHS))
    shares = 1 / np.arange(1, words - len(SPECIAL) + 1)
    ids = len(SPECIAL) + draws.choice(len(shares), lengths.sum(), p=shares / shares.sum())
    return [part.tolist() for part in np.split(ids, np.cumsum(lengths)[:-1])]


def _write_features(path: Path) -> None:
    draws = np.random.default_rng(CONFIG.seed)
    with building_features(path, PICTURES, TAPS, {}) as builder:
        for _ in range(PICTURES):
            builder.append({tap: _rectified(draws, shape) for tap, shape in TAPS.items()})


def _rectified(draws: np.random.Generator, shape: tuple[int, ...]) -> Float16s:
    return np.maximum(draws.standard_normal((1, *shape), np.float32), 0).astype(np.float16)


if __name__ == "__main__":
    main()
