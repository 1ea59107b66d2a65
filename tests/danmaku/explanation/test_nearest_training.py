from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.captioning.captioner import Captioner
from pipeline.danmaku.evaluation.training_pictures import TrainingPictures
from pipeline.danmaku.explanation.model_output import ModelOutput
from pipeline.danmaku.explanation.nearest_training import (
    NEAREST,
    NearestTraining,
    nearest_training,
)
from tests.attending import captioner, comment
from tests.danmaku.explanation.subjects import (
    Learned,
    corpus_of,
    learned,
    many,
    rows,
    settled,
    written,
)
from tests.pictures.test_similarity import plain_nearest


def unit(
    captioner: Captioner, grid: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> list[float]:
    """The direction of a picture's mean position, in units of how training pictures differ."""
    mean = grid.astype(np.float16).astype(np.float64)
    mean = mean.mean(0).astype(np.float16) if mean.ndim == 2 else mean
    normal = (mean - captioner.mean.numpy()) / (captioner.std * captioner.spread).numpy()
    return list(normal / np.linalg.norm(normal))


def explained(subject: ModelOutput, *videos: Learned, **settings: int) -> NearestTraining:
    corpus = corpus_of(videos)
    pictures = TrainingPictures(corpus.videos, subject.model.captioner)
    return nearest_training(subject, corpus, pictures, **settings)


@pytest.mark.parametrize("attention", ["additive", "none"])
def test_each_comment_has_the_nearest_pictures_that_were_learned_from(
    tmp_path: Path, attention: str
) -> None:
    network = settled(captioner(attention=attention))  # type: ignore[arg-type]
    said = [comment(200 * frame, "w", frame=frame) for frame in (3, 0, 7, 3, 19)]
    subject = written(tmp_path / "new", network, *said)
    videos = [
        learned(tmp_path / "a", network, *many(40, 1), dev=range(10), seed=11),
        learned(tmp_path / "b", network, *many(25, 2), dev=(3, 4), seed=12),
    ]
    places, directions = [], []
    for number, video in enumerate(videos):
        every = rows(network, 30, 11 + number)
        for picture in sorted(set(video.aligned.picture[~video.aligned.dev].tolist())):
            places.append((number, picture))
            directions.append(unit(network, every[picture]))
    found = explained(subject, *videos)
    shown = rows(network, 20, 1)
    for index, one in enumerate(said):
        cosines = (np.array(directions) @ unit(network, shown[one.frame])).tolist()
        expected = plain_nearest(
            cosines, [video for video, _ in places], [200.0 * picture for _, picture in places]
        )
        near = [found.learned[row] for row in found.near[index].tolist()]
        wanted = [places[place] for place, _ in expected]
        assert [(like.video, round(5 * like.seconds)) for like in near] == [
            ("ab"[video], picture) for video, picture in wanted
        ]
        assert found.similarity[index] == pytest.approx([c for _, c in expected], abs=2e-3)
    named = [(like.video, like.seconds) for like in found.learned]
    assert named == sorted(set(named))
    assert set(found.near.ravel().tolist()) == set(range(len(named)))

    again = explained(subject, *videos, max_batch_bytes=1)
    assert again.near.tolist() == found.near.tolist()
    assert again.similarity == pytest.approx(found.similarity, abs=1e-6)


def test_where_there_are_fewer_moments_places_stay_empty(tmp_path: Path) -> None:
    network = captioner()
    subject = written(tmp_path / "new", network, comment(0, "w"))
    video = learned(tmp_path / "a", network, (0, "w"), (10, "w"), (11, "w"))
    found = explained(subject, video)
    assert {like.seconds for like in found.learned} in ({0.0, 2.0}, {0.0, 2.2})
    assert sorted(found.near[0].tolist()) == [-1, -1, 0, 1]
    assert found.near[0, 2:].tolist() == [-1, -1]
    assert found.similarity[0, 2:].tolist() == [0, 0]


def test_comments_are_told_as_written_the_most_frequent_first(tmp_path: Path) -> None:
    network = captioner()
    texts = ["ｗ", "チノ  ちゃん", "w", "チノ  ちゃん", "かわいい\n!", "a", "b", "c"]
    video = learned(
        tmp_path / "a", network, *((4, text) for text in texts), (4, "held out"), dev=[8]
    )
    (like,) = explained(written(tmp_path / "new", network, comment(0, "w")), video).learned
    assert like.comments == ["チノ  ちゃん", "ｗ", "w", "かわいい\n!", "a"]


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(640, 360, (16, 9)), (640, 480, (16, 12)), (90, 160, (9, 16))],
)
def test_pictures_have_the_shape_of_their_video(
    tmp_path: Path, width: int, height: int, size: tuple[int, int]
) -> None:
    network = captioner()
    video = learned(tmp_path / "a", network, (7, "w"), width=width, height=height)
    (like,) = explained(written(tmp_path / "new", network, comment(0, "w")), video).learned
    assert (like.video, like.seconds) == ("a", 7 / 5)
    with Image.open(BytesIO(like.jpeg)) as image:
        assert (image.format, image.size) == ("JPEG", size)
        assert image.getpixel((4, 4)) == pytest.approx((70, 0, 0), abs=3)


def test_no_comments_resemble_nothing(tmp_path: Path) -> None:
    network = captioner()
    subject = written(tmp_path / "new", network)
    found = explained(subject, learned(tmp_path / "a", network, (1, "w")))
    assert found.near.shape == found.similarity.shape == (0, NEAREST)
    assert found.learned == []
