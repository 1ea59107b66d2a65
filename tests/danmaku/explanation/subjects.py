"""A small captioner, what it wrote over a video, and the videos it learned from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.captioning.captioner import Captioner
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.comments.comments_file import GeneratedComment, TokenizedComment
from pipeline.danmaku.explanation.model_output import ModelOutput
from pipeline.danmaku.training.corpus_file import TrainingCorpus
from pipeline.engine.stage import Files
from pipeline.pictures.frames_file import Frames, writing_frames
from pipeline.runtime.json_lines import write_lines
from pipeline.text.normalize import normalize
from stages.danmaku import corpus
from tests.aligned import aligned
from tests.attending import CHANNELS, SIDE, VOCABULARY, model
from tests.captioning.conftest import features_file
from tests.training import training_record

SIZE = 16
RATE = 5
"""Frames a second."""

Features = npt.NDArray[np.float32]


class Learned(NamedTuple):
    """A video to learn from: a folder of its files, and which comments it has."""

    folder: Path
    aligned: Aligned


def rows(captioner: Captioner, pictures: int, seed: int) -> Features:
    """Features of so many pictures, grids or vectors as the captioner wants them."""
    shape = (pictures, SIDE**2, CHANNELS) if captioner.spec.attends else (pictures, CHANNELS)
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def settled(captioner: Captioner) -> Captioner:
    """With statistics of training pictures that differ from channel to channel."""
    draws = np.random.default_rng(8)
    for buffer in (captioner.mean, captioner.std, captioner.spread):
        buffer.numpy()[:] = draws.uniform(0.5, 2, CHANNELS)
    return captioner


def frames_file(path: Path, shown: Sequence[int], width: int = 64, height: int = 48) -> Path:
    """Frame after frame the number of its picture, a new one where it is not the last again.

    Pictures are plain, and the redder the later.
    """
    with writing_frames(path, SIZE, fingerprint="00", width=width, height=height) as frames:
        for pts, picture in enumerate(shown):
            plain = np.full((SIZE, SIZE, 3), (10 * picture % 256, 0, 0), np.uint8)
            new = pts == 0 or picture != shown[pts - 1]
            frames.add(pts, Fraction(1, RATE), plain if new else None)
    return path


def written(
    folder: Path,
    captioner: Captioner,
    *comments: GeneratedComment,
    shown: Sequence[int] = range(20),
    seed: int = 1,
) -> ModelOutput:
    """The files are ``frames.h5``, ``features.h5`` and ``generated.jsonl`` of ``folder``."""
    folder.mkdir(exist_ok=True)
    write_lines(folder / "generated.jsonl", comments)
    return ModelOutput(
        model(captioner),
        comments,
        Frames.load(frames_file(folder / "frames.h5", shown)),
        features_file(folder / "features.h5", tap=rows(captioner, max(shown) + 1, seed)),
    )


def learned(
    folder: Path,
    captioner: Captioner,
    *said: tuple[int, str],
    dev: Sequence[int] = (),
    pictures: int = 30,
    seed: int = 2,
    width: int = 64,
    height: int = 48,
) -> Learned:
    """A video of which pictures (numbers) were commented on with texts, words parted by spaces.

    Each frame has a picture of its own. Of the comments the ``dev`` ones are held out. The first
    line of the file is a comment without words, which is aligned to nothing.
    """
    folder.mkdir(exist_ok=True)
    texts = ["", *(text for _, text in said)]
    words = [normalize(text).split() for text in texts]
    write_lines(
        folder / "comments.jsonl",
        [
            TokenizedComment(time_ms=0, text=text, words=split, parts=["名詞"] * len(split))
            for text, split in zip(texts, words, strict=True)
        ],
    )
    picture = [place for place, _ in said]
    video = aligned(
        [place * 1000 // RATE for place in picture],
        words=words[1:],
        frame=picture,
        picture=picture,
        dev=[index in dev for index in range(len(said))],
        frames=pictures,
    )
    video = replace(video, line=video.line + 1)
    video.save(folder / "aligned.h5")
    features_file(folder / "features.h5", tap=rows(captioner, pictures, seed))
    frames_file(folder / "frames.h5", range(pictures), width, height)
    return Learned(folder, video)


def corpus_of(videos: Sequence[Learned]) -> TrainingCorpus:
    """The file is ``corpus.h5`` beside the folders of the videos."""
    target = videos[0].folder.parent / "corpus.h5"
    training = target.with_name("training.json")
    training_record(videos=[video.folder.name for video in videos], tap="tap").save(training)
    named = ("frames.h5", "features.h5", "comments.jsonl", "aligned.h5")
    inputs = {Path(file).stem: [video.folder / file for video in videos] for file in named}
    corpus.run(
        Files(inputs | {"training": [training]}), Files({"corpus": [target]}), corpus.Config()
    )
    return TrainingCorpus.load(target, "tap")


def many(count: int, seed: int, pictures: int = 30) -> list[tuple[int, str]]:
    """Comments of one to six words, on pictures at random; some come twice."""
    draws = np.random.default_rng(seed)
    return [
        (
            int(draws.integers(pictures)),
            " ".join(draws.choice(VOCABULARY.words, draws.integers(1, 7)).tolist()),
        )
        for _ in range(count)
    ]


def training(videos: Sequence[Learned]) -> Counter[tuple[str, ...]]:
    """What was learned from, counted."""
    return Counter(
        tuple(words)
        for video in videos
        for words, held_out in zip(video.aligned.words, video.aligned.dev, strict=True)
        if not held_out
    )
