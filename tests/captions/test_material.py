from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.captioning.caption_set import UNKNOWN_STYLE
from pipeline.captioning.settings import Architecture
from pipeline.captions.material import TrainingMaterial
from pipeline.captions.texts_file import CaptionText, write_texts
from pipeline.media.picture_folder import PictureFolder
from pipeline.pictures.gathering import gather
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.captioning.conftest import features_file

ARCHITECTURE = Architecture(attention="none", gate=False, time=False, rate=False, size=8)


def text(
    frame: int, words: str, held_out: bool = False, rating: float | None = None
) -> CaptionText:
    split = words.split()
    return CaptionText(
        frame=frame,
        picture=f"{frame}.png",
        text=words,
        words=split,
        parts=["名詞"] * len(split),
        held_out=held_out,
        rating=rating,
    )


def material(
    folder: Path, collections: Mapping[str, tuple[Sequence[str], Sequence[CaptionText]]]
) -> TrainingMaterial:
    """``collections`` are the colours of pictures, and the texts about them, by name."""
    paths: dict[str, list[Path]] = {"texts": [], "frames": [], "features": []}
    for name, (colors, texts) in collections.items():
        album = folder / "pictures" / name
        album.mkdir(parents=True)
        for number, color in enumerate(colors):
            Image.new("RGB", (8, 8), color).save(album / f"{number}.png")
        made = folder / name
        made.mkdir()
        distinct = gather(PictureFolder.open(album), made / "frames.h5", 4, near=0).distinct
        rows = np.random.default_rng(0).normal(size=(distinct, 6))
        features_file(made / "features.h5", pooled=rows)
        write_texts(made / "texts.jsonl", texts)
        for kind, file in [("texts", "jsonl"), ("frames", "h5"), ("features", "h5")]:
            paths[kind].append(made / f"{kind}.{file}")
    return TrainingMaterial.load(paths["texts"], paths["frames"], paths["features"], grid=False)


def test_the_vocabulary_is_that_of_training_alone(tmp_path: Path) -> None:
    found = material(
        tmp_path, {"album": (["red", "blue"], [text(0, "a b a"), text(1, "c a", held_out=True)])}
    )
    vocabulary = found.vocabulary(100)
    assert vocabulary.words == ["a", "b"]
    assert found.vocabulary(1).words == ["a"]


def test_what_one_collection_holds_out_is_held_out_of_all(tmp_path: Path) -> None:
    found = material(
        tmp_path,
        {
            "one": (["red", "blue"], [text(0, "a", held_out=True), text(1, "b")]),
            "two": (["green", "red"], [text(0, "c"), text(1, "d")]),
        },
    )
    vocabulary = found.vocabulary(100)
    assert vocabulary.words == ["b", "c"]
    model = found.fresh_model(ARCHITECTURE, vocabulary, 0)
    dev = found.captions(model, 9, held_out=True)
    assert len(dev) == 2
    train = found.captions(model, 9, held_out=False)
    assert train.inputs.picture.tolist() == [1, found.bank.starts[1]]
    assert set(train.inputs.picture.tolist()).isdisjoint(dev.inputs.picture.tolist())


def test_texts_point_to_their_pictures_and_are_cut(tmp_path: Path) -> None:
    found = material(
        tmp_path,
        {
            "one": (["red", "blue", "red"], [text(2, "a b c"), text(1, "b"), text(0, "c a")]),
            "two": (["green"], [text(0, "a"), text(0, "")]),
        },
    )
    model = found.fresh_model(ARCHITECTURE, found.vocabulary(100), 0)
    captions = found.captions(model, 2, held_out=False)
    assert captions.inputs.picture.tolist() == [0, 1, 0, 2], "a text without words is no text"
    assert [len(sentence) for sentence in captions.sentences] == [3, 2, 3, 2]


@pytest.mark.parametrize("held_out", [False, True])
def test_nothing_to_learn_from_or_to_measure_by_is_told(tmp_path: Path, held_out: bool) -> None:
    texts = [text(0, "a", not held_out), text(1, "", held_out)]
    found = material(tmp_path, {"album": (["red", "blue"], texts)})
    model = found.fresh_model(ARCHITECTURE, found.vocabulary(100), 0)
    with pytest.raises(PipelineError, match="held_out") as caught:
        found.captions(model, 9, held_out=held_out)
    assert caught.value.code == ExitCode.NOTHING_USABLE


def test_ratings_are_learned_where_there_are_any(tmp_path: Path) -> None:
    rated = material(
        tmp_path / "rated",
        {
            "one": (["red"], [text(0, "a", rating=1), text(0, "b", rating=2), text(0, "c")]),
            "two": (["blue"], [text(0, "a", rating=100), text(0, "b", rating=500)]),
        },
    )
    model = rated.fresh_model(ARCHITECTURE, rated.vocabulary(9), 0)
    assert model.card.spec.style
    captions = rated.captions(model, 9, held_out=False, weighted=True)
    assert captions.style[:, 0].tolist() == [1, 3, UNKNOWN_STYLE, 1, 3]
    assert captions.weights is not None
    assert captions.weights.tolist() == [0.5, 1.5, 1, 0.5, 1.5]
    assert rated.captions(model, 9, held_out=False).weights is None

    plain = material(tmp_path / "plain", {"one": (["red"], [text(0, "a")])})
    model = plain.fresh_model(ARCHITECTURE, plain.vocabulary(9), 0)
    assert not model.card.spec.style
    assert plain.captions(model, 9, held_out=False).style.shape == (1, 0)
