"""A small world of captions whose truth is known, and a model that has learned it.

A picture shows one of eight animals, and a caption is ``animal verb thing``. Which verb people
like more is the same everywhere: the last one is the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.model_file import Model, ModelCard
from pipeline.captioning.settings import DecodingSettings
from pipeline.captions.captions_file import Candidate, CaptionLine
from pipeline.captions.evaluation.subject import Subject
from pipeline.captions.inputs import inputs_of
from pipeline.captions.learned_file import Learned, LearnedPicture, LearnedText, write_learned
from pipeline.captions.ratings import CLASSES, STYLE, rating_classes, rating_ranks
from pipeline.captions.texts_file import CaptionText
from pipeline.captions.writing import WritingOptions, write_lines_for
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.text.vocabulary import END, Vocabulary
from tests.captioning import toys
from tests.captioning.conftest import features_file

ANIMALS = ["猫", "犬", "鳥", "魚", "牛", "馬", "羊", "豚"]
VERBS = ["寝る", "食う", "見る", "飛ぶ", "歌う", "踊る"]
THINGS = ["朝", "昼", "夜", "山", "海", "町"]
LEARNED, HELD_OUT = 96, 48
"""Pictures; animals take turns."""
_WORDS = [*ANIMALS, *VERBS, *THINGS]
VOCABULARY = Vocabulary(
    words=_WORDS,
    counts=[100] * len(_WORDS),
    parts=["名詞"] * len(_WORDS),
    symbols=[False] * len(_WORDS),
    distinct=len(_WORDS),
    total=100 * len(_WORDS),
)


def animal_of(row: int) -> str:
    return ANIMALS[row % len(ANIMALS)]


def key_of(row: int) -> bytes:
    return row.to_bytes(16)


@dataclass(frozen=True)
class World:
    """A model, what it learned, and pictures that it did not learn from."""

    model: Model
    bank: FeatureBank
    learned: Learned
    texts: list[CaptionText]
    """Of the pictures held out."""

    @property
    def held_out(self) -> np.ndarray:
        """Rows of the bank."""
        return np.arange(LEARNED, LEARNED + HELD_OUT)

    def subject(self, lines: Sequence[CaptionLine] = ()) -> Subject:
        rows = np.arange(LEARNED + HELD_OUT)
        keys = [key_of(row) for row in rows.tolist()]
        return Subject.prepare(
            self.model, self.learned, self.bank, self.texts, lines, rows, keys, rows
        )

    def written(self, rows: np.ndarray, **changes: Any) -> list[list[Candidate]]:
        keys = [key_of(row) for row in rows.tolist()]
        known = self.learned.known
        return write_lines_for(rows, keys, self.model, self.bank, known, options(**changes))


def options(**changes: Any) -> WritingOptions:
    usual = WritingOptions(
        DecodingSettings(temperature=0.9, top_k=0),
        candidates=8,
        blind=1.0,
        liking=0.0,
        ng_words=None,
        seed=1,
    )
    return replace(usual, **changes)


def line(row: int, *candidates: Candidate) -> CaptionLine:
    return CaptionLine(
        time_ms=1000 * row,
        text=candidates[0].text,
        words=candidates[0].words,
        frame=row,
        picture=f"{row}.png",
        candidates=list(candidates),
    )


def candidate(*words: str) -> Candidate:
    return Candidate(text="".join(words), words=list(words), score=0.0, nats=1.0, blind_nats=1.0)


def _captions(row: int, count: int, draws: np.random.Generator) -> list[tuple[list[str], float]]:
    """Words and stars; two in three are about the animal, the others about any."""
    said = []
    for _ in range(count):
        animal = animal_of(row) if draws.random() < 0.8 else str(draws.choice(ANIMALS))
        verb = int(draws.integers(len(VERBS)))
        said.append(([animal, VERBS[verb], str(draws.choice(THINGS))], float(2**verb)))
    return said


def make_world(folder: Path, kind: toys.Kind = toys.BLIND) -> World:
    """Train a model; ``folder`` gets its files."""
    draws = np.random.default_rng(0)
    count = LEARNED + HELD_OUT
    centres = draws.normal(size=(len(ANIMALS), 12))
    rows = np.stack([centres[row % len(ANIMALS)] for row in range(count)])
    rows += 0.2 * draws.normal(size=rows.shape)
    features_file(folder / "features.h5", tap=rows)
    bank = FeatureBank([folder / "features.h5"], "tap")
    said = {row: _captions(row, 4, draws) for row in range(count)}
    learned = {row: said[row] for row in range(LEARNED)}
    write_learned(
        folder / "learned.h5",
        "tap",
        [
            LearnedPicture(
                f"album/{row}.png",
                key_of(row),
                bank.means[row],
                b"jpeg",
                [LearnedText("".join(words), tuple(words), stars) for words, stars in texts],
            )
            for row, texts in learned.items()
        ],
    )
    texts = [
        CaptionText(
            frame=row, picture=f"{row}.png", text="".join(w), words=w, parts=["名詞"] * 3, rating=s
        )
        for row in range(LEARNED, count)
        for w, s in said[row]
    ]
    model = _trained(kind, bank, learned)
    return World(model, bank, Learned.load(folder / "learned.h5"), texts)


def _trained(
    kind: toys.Kind, bank: FeatureBank, learned: dict[int, list[tuple[list[str], float]]]
) -> Model:
    network = toys.captioner(
        kind,
        channels=bank.row_shape[-1],
        words=len(VOCABULARY),
        size=32,
        style={STYLE: CLASSES},
        time=False,
        rate=False,
        gate=False,
    )
    network.mean, network.std, network.spread = bank.statistics()
    pairs = [(row, words, stars) for row, texts in learned.items() for words, stars in texts]
    ranks = rating_ranks([[stars for _, _, stars in pairs]])
    captions = CaptionSet(
        inputs_of(np.array([row for row, _, _ in pairs]), network.spec),
        [[*VOCABULARY.encode(words), END] for _, words, _ in pairs],
        rating_classes(ranks)[:, None],
    )
    run = toys.training(network, captions, captions, bank, batch=32, epochs=12, learning_rate=0.01)
    run.finish()
    network.eval()
    return Model(network, ModelCard(network.spec, "toy", "none", "tap"), VOCABULARY)
