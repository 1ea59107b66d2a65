from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.captioning.attention_maps import Maps, caption_maps
from pipeline.danmaku.explanation.heat_maps import HeatMaps, heat_maps
from pipeline.danmaku.explanation.model_output import ModelOutput
from pipeline.pictures.heat import heat_strength
from tests.attending import SIDE, captioner, comment, features, peaks, staring
from tests.captioning.conftest import features_file
from tests.danmaku.explanation.subjects import written

COMMENTS = [
    comment(100, "チノ", "かわいい"),
    comment(1300, "w"),
    comment(1100),
    comment(1900, "w", "w", "リゼ", "チノ"),
]


def as_bytes(maps: Maps) -> npt.NDArray[np.uint8]:
    return np.array([heat_strength(weights) for weights in maps], np.uint8)


def those_of(found: HeatMaps, comment: int) -> slice:
    return slice(*found.first_map[comment : comment + 2].tolist())


@pytest.mark.parametrize("batch", [1, 3, 2048])
def test_maps_are_the_strengths_of_attention_and_of_saliency(tmp_path: Path, batch: int) -> None:
    subject = written(tmp_path, captioner(), *COMMENTS)
    found = heat_maps(subject, batch)
    assert found.first_map.tolist() == [0, 3, 5, 6, 11]
    assert found.attention.shape == found.saliency.shape == (11, SIDE**2)
    maps_of_each = caption_maps(
        subject.model.captioner, subject.inputs, subject.bank, subject.sentences
    )
    for index in range(len(COMMENTS)):
        maps = those_of(found, index)
        attention, saliency = maps_of_each[index]
        # The company in a batch changes the last bits, and what is rounded may fall either way.
        assert np.mean(found.attention[maps] == as_bytes(attention)) > 0.95
        assert np.mean(found.saliency[maps] == as_bytes(saliency)) > 0.95
        assert found.attention_peak[maps] == pytest.approx(attention.max(1), rel=1e-4)
        assert found.saliency_peak[maps] == pytest.approx(saliency.max(1), rel=1e-4)
    assert (found.attention != found.saliency).any()


def test_the_place_that_is_stared_at_is_the_hottest(tmp_path: Path) -> None:
    subject = written(tmp_path, staring(), comment(0, "w"), comment(200, "w"))
    features_file(tmp_path / "features.h5", tap=peaks([*range(16), 0, 0, 0, 0]))
    found = heat_maps(subject)
    assert found.attention.argmax(1).tolist() == [0, 0, 1, 1]
    assert found.attention.max(1).tolist() == [255] * 4
    assert (found.attention_peak > 0.9).all()


@pytest.mark.parametrize(("words", "maps"), [(39, 40), (40, 41), (41, 40), (300, 40)])
def test_a_long_comment_has_forty_maps_and_none_of_its_end(
    tmp_path: Path, words: int, maps: int
) -> None:
    network = captioner("transformer", "dot")
    long = ["w", "チノ", "かわいい"] * 100
    subject = written(tmp_path, network, comment(0, *long[:words]), comment(0, "w"))
    found = heat_maps(subject)
    assert found.first_map.tolist() == [0, maps, maps + 2]
    first = heat_maps(written(tmp_path, network, comment(0, *long[:30])))
    assert found.attention[:30] == pytest.approx(first.attention[:30].astype(int), abs=1)


def is_empty(subject: ModelOutput) -> bool:
    found = heat_maps(subject)
    assert found.first_map.tolist() == [0] * (len(subject.comments) + 1)
    return (
        found.attention.shape == found.saliency.shape == (0, 0)
        and not len(found.attention_peak)
        and found.attention.dtype == np.uint8
    )


def test_a_model_without_attention_has_none(tmp_path: Path) -> None:
    assert is_empty(written(tmp_path, captioner(attention="none"), *COMMENTS))


def test_positions_that_are_no_square_have_none(tmp_path: Path) -> None:
    subject = written(tmp_path, captioner(), *COMMENTS)
    features_file(tmp_path / "features.h5", tap=features(20)[:, :15])
    assert is_empty(subject)


def test_no_comments_have_none(tmp_path: Path) -> None:
    found = heat_maps(written(tmp_path, captioner()))
    assert found.first_map.tolist() == [0]
    assert found.attention.shape == (0, SIDE**2)
