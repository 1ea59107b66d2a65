"""A captioner that looks where it is told to, and what it is shown."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pipeline.captioning.build import build_captioner
from pipeline.captioning.captioner import Captioner, CaptionerSpec
from pipeline.captioning.model_file import Model, ModelCard
from pipeline.captioning.settings import Attention, Decoder
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.training.style import style_classes
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from pipeline.text.vocabulary import Vocabulary
from tests.captioning.conftest import features_file

SIDE, CHANNELS = 4, 6
VOCABULARY = Vocabulary(
    words=["チノ", "かわいい", "w"],
    counts=[3, 2, 1],
    parts=["名詞"] * 3,
    symbols=[False] * 3,
    distinct=3,
    total=6,
)


def captioner(decoder: Decoder = "lstm", attention: Attention = "additive") -> Captioner:
    """Random, and strong enough in its feelings that words look at different places."""
    spec = CaptionerSpec(
        decoder=decoder,
        attention=attention,
        channels=CHANNELS,
        words=len(VOCABULARY),
        size=16,
        dropout=0,
        gate=False,
        softmax="full",
        time=True,
        rate=True,
        style=style_classes([]),
    )
    torch.manual_seed(0)
    network = build_captioner(spec).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(3)
    return network


def model(network: Captioner) -> Model:
    """With the words above, for features whose tap is called ``tap``."""
    return Model(network, ModelCard(network.spec, "toy", "none", "tap"), VOCABULARY)


def staring() -> Captioner:
    """Looks at the position whose first channel is the largest, whatever the word."""
    network = captioner()
    project, key, query, score = (
        network.get_submodule(name) for name in ("project", "key", "query", "score")
    )
    assert all(isinstance(layer, nn.Linear) for layer in (project, key, query, score))
    with torch.no_grad():
        for layer in (project, key, query, score):
            for parameter in layer.parameters():
                parameter.zero_()
        project.weight[0, 0] = 1.0  # type: ignore[operator]
        key.weight[0, 0] = 1.0  # type: ignore[operator]
        score.weight[0, 0] = 50.0  # type: ignore[operator]
    return network


def features(pictures: int) -> npt.NDArray[np.float32]:
    """(pictures, p, c), random."""
    return np.random.default_rng(5).normal(size=(pictures, SIDE**2, CHANNELS)).astype(np.float32)


def peaks(places: list[int]) -> npt.NDArray[np.float32]:
    """(pictures, p, c) nothing but one position of each picture."""
    rows = np.zeros((len(places), SIDE**2, CHANNELS), np.float32)
    rows[np.arange(len(places)), places, 0] = 3
    return rows


def bank(folder: Path, rows: npt.NDArray[np.float32]) -> FeatureBank:
    return FeatureBank([features_file(folder / "features.h5", tap=rows)], "tap")


def frames(count: int) -> Frames:
    """Each with a picture of its own, five a second."""
    times = FrameTimes(np.arange(count, dtype=np.int64), Fraction(1, 5), count)
    return Frames(times, np.arange(count, dtype=np.int64), "0", np.empty(0, np.int64))


def comment(
    time_ms: int, *words: str, frame: int | None = None, viewers: int = 1
) -> GeneratedComment:
    return GeneratedComment(
        time_ms=time_ms,
        text="".join(words),
        commands=[],
        words=list(words),
        frame=time_ms // 200 if frame is None else frame,
        viewers=viewers,
    )
