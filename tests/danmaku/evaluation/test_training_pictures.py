from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.captioning.captioner import Captioner
from pipeline.danmaku.evaluation.training_pictures import TrainingPictures
from pipeline.danmaku.training.corpus_file import TrainingVideo
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from tests.aligned import aligned
from tests.captioning import toys
from tests.captioning.conftest import GRID, features_file

VIDEOS = [
    aligned(
        [0, 1, 2, 3, 4],
        picture=[3, 1, 3, 0, 2],
        words=[["a"], ["b", "c"], ["d"], ["held out"], ["held out"]],
        dev=[False, False, False, True, True],
    ),
    aligned([0], picture=[3], words=[["held out"]], dev=[True]),
    aligned([0, 1], picture=[2, 1], words=[["!"], ["。"]]),
]
"""Of four pictures each."""


def videos(features: Sequence[Path]) -> list[TrainingVideo]:
    times = FrameTimes(np.arange(4), Fraction(1), 4)
    frames = Frames(times, np.arange(4), "00", np.arange(0))
    return [
        TrainingVideo.from_frames("ep", one, [], frames, FeatureBank([path], "tap").means)
        for one, path in zip(VIDEOS, features, strict=True)
    ]


def learned(
    folder: Path, kind: toys.Kind
) -> tuple[TrainingPictures, Captioner, npt.NDArray[np.float16]]:
    """The pictures, a captioner with statistics of its own, and the features (12, …)."""
    network = toys.captioner(kind)
    draws = np.random.default_rng(8)
    for buffer in (network.mean, network.std, network.spread):
        buffer.numpy()[:] = draws.uniform(0.5, 2, GRID[1])
    rows = toys.features(kind, 12).numpy().astype(np.float16)
    paths = [
        features_file(folder / f"{number}.h5", tap=rows[4 * number : 4 * number + 4])
        for number in range(3)
    ]
    return TrainingPictures(videos(paths), network), network, rows


def test_pictures_with_comments_to_learn_from_are_in_order_of_video_and_time(
    tmp_path: Path,
) -> None:
    found, *_ = learned(tmp_path, toys.ADDITIVE)
    assert len(found) == 4
    assert found.video.tolist() == [0, 0, 2, 2]
    assert found.picture.tolist() == [1, 3, 1, 2]
    assert found.comments == [[1], [0, 2], [1], [0]]
    sentences = [found.sentences(index) for index in range(4)]
    assert sentences == [[("b", "c")], [("a",), ("d",)], [("。",)], [("!",)]]


@toys.each([toys.ADDITIVE, toys.BLIND])
def test_similarity_is_in_units_of_how_training_pictures_differ(
    tmp_path: Path, kind: toys.Kind
) -> None:
    found, network, rows = learned(tmp_path, kind)
    means = rows.mean(1, np.float32).astype(np.float16) if kind.attends else rows
    scale = (network.std * network.spread).numpy()
    normal = (means.astype(np.float64) - network.mean.numpy()) / scale
    expected = [
        [float(one @ other / np.linalg.norm(one) / np.linalg.norm(other)) for other in normal]
        for one in normal
    ]
    cosines = found.cosines(means)
    assert cosines == pytest.approx(np.array(expected)[:, [1, 3, 9, 10]], abs=1e-5)
    assert cosines[[1, 3, 9, 10], range(4)] == pytest.approx(1)
