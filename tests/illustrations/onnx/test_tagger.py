"""Published taggers: their lists, their networks, and what is wrong with some."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.illustrations.onnx.tag_files import read_published
from pipeline.illustrations.onnx.tagger import OnnxTagger
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.illustrations.onnx.networks import (
    TAGS,
    WEIGHTS,
    camie_network,
    selected_tags,
    wd_network,
)

SMALL = 32
PICTURES = np.random.default_rng(1).integers(0, 256, (11, 24, SMALL, 3)).astype(np.uint8)


def expected(prepared: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-prepared.mean((1, 2)) @ WEIGHTS)))


def test_wds_list_has_ratings_faces_and_quotes(tmp_path: Path) -> None:
    selected_tags(tmp_path)

    tags = read_published(tmp_path).tags

    assert list(tags.names) == [
        *("general", "sensitive", "questionable", "explicit"),
        *("long hair", ">_<", 'don\'t say "lazy"', "hatsune miku"),
    ]
    assert list(tags.groups) == ["rating"] * 4 + ["general"] * 3 + ["character"]


def test_raw_quotes_are_part_of_a_name(tmp_path: Path) -> None:
    """As some copies of the file have them."""
    text = 'tag_id,name,category,count\n1,don\'t_say_"lazy",0,9\n2,cat,0,9\n'
    (tmp_path / "selected_tags.csv").write_text(text)
    assert list(read_published(tmp_path).tags.names) == ['don\'t say "lazy"', "cat"]


def test_deepdanboorus_list(tmp_path: Path) -> None:
    (tmp_path / "tags.txt").write_text("long_hair\nhatsune_miku\nrating:safe\nrating:explicit\n")
    (tmp_path / "tags-character.txt").write_text("hatsune_miku\n")

    published = read_published(tmp_path)

    assert list(published.tags.names) == ["long hair", "hatsune miku", "safe", "explicit"]
    assert list(published.tags.groups) == ["general", "character", "rating", "rating"]
    assert published.prepare.border == "edge"


def test_illustration2vecs_list_and_thresholds(tmp_path: Path) -> None:
    names = [f"tag_{n}" for n in range(1536)] + ["safe", "questionable", "explicit"]
    (tmp_path / "tag_list.json").write_text(json.dumps(names))
    np.save(tmp_path / "tag_threshold.npy", np.full((1539, 3), [0.5, 0.3, 0.1]))

    tags = read_published(tmp_path).tags

    groups = [tags.groups[place] for place in (0, 511, 512, 1024, 1535, 1536)]
    assert groups == [*["general"] * 2, "character", *["copyright"] * 2, "rating"]
    assert tags.thresholds is not None
    assert tags.thresholds[0, 1] > np.float32(0.3)  # what equals it does not hold there


def test_a_picture_has_its_probabilities_whatever_else_is_tagged(tmp_path: Path) -> None:
    wd_network(tmp_path, size=SMALL)
    selected_tags(tmp_path)
    tagger = OnnxTagger(tmp_path)
    prepared = np.stack([tagger.prepared(picture) for picture in PICTURES])

    np.testing.assert_allclose(tagger.probabilities(prepared), expected(prepared), atol=1e-3)


@pytest.mark.parametrize("batch", [1, 4])
def test_an_export_with_a_fixed_batch_gives_the_same(tmp_path: Path, batch: int) -> None:
    wd_network(tmp_path, size=SMALL, batch=batch)
    selected_tags(tmp_path)
    tagger = OnnxTagger(tmp_path)
    prepared = np.stack([tagger.prepared(picture) for picture in PICTURES])

    np.testing.assert_allclose(tagger.probabilities(prepared), expected(prepared), atol=1e-3)


def test_what_mixes_pictures_of_a_batch_is_run_one_by_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wd_network(tmp_path, size=SMALL, mixes=True)
    selected_tags(tmp_path)

    tagger = OnnxTagger(tmp_path)

    prepared = np.stack([tagger.prepared(picture) for picture in PICTURES])
    assert np.ptp(tagger.probabilities(prepared), axis=0).max() == 0  # each is its batch's mean
    assert [record.message for record in caplog.records if "one by one" in record.message]


def test_what_mixes_pictures_of_a_fixed_batch_is_refused(tmp_path: Path) -> None:
    wd_network(tmp_path, size=SMALL, mixes=True, batch=4)
    selected_tags(tmp_path)

    with pytest.raises(PipelineError, match="one another") as told:
        OnnxTagger(tmp_path)

    assert told.value.code == ExitCode.INVALID_WEIGHTS


def test_camies_refined_log_odds_become_probabilities(tmp_path: Path) -> None:
    camie_network(tmp_path)
    tagger = OnnxTagger(tmp_path / "camie.onnx")
    prepared = np.stack([tagger.prepared(picture) for picture in PICTURES[:2]])

    found = tagger.probabilities(prepared)

    doubled = 1 / (1 + np.exp(-2 * prepared.mean((1, 2)) @ WEIGHTS))
    np.testing.assert_allclose(found, doubled, atol=1e-3)
    assert tagger.published.tags.names[0] == "general"
    assert tagger.published.tags.groups[0] == "rating"


def test_a_list_of_another_network_is_refused(tmp_path: Path) -> None:
    wd_network(tmp_path, size=SMALL)
    (tmp_path / "selected_tags.csv").write_text("tag_id,name,category,count\n1,cat,0,9\n")

    with pytest.raises(PipelineError, match=f"{len(TAGS)}.*1 tag"):
        OnnxTagger(tmp_path)


def test_a_network_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="no list of tags"):
        OnnxTagger(wd_network(tmp_path, size=SMALL))


def test_a_path_to_nothing_is_told_by_its_own_setting(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="illustrations: tags: tagger:") as told:
        OnnxTagger(tmp_path / "wd")
    assert told.value.code == ExitCode.WEIGHTS_UNAVAILABLE


def test_a_damaged_network_is_told_by_its_own_setting(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"cut off")
    selected_tags(tmp_path)
    with pytest.raises(PipelineError, match="illustrations: tags: tagger:") as told:
        OnnxTagger(tmp_path)
    assert told.value.code == ExitCode.INVALID_WEIGHTS


def test_a_folder_without_a_network_is_told(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="no ONNX file") as told:
        OnnxTagger(tmp_path)
    assert told.value.code == ExitCode.WEIGHTS_UNAVAILABLE


@pytest.mark.parametrize("text", ["", "tag_id,wrong\n1,cat\n", "{"])
@pytest.mark.parametrize("name", ["selected_tags.csv", "metadata.json", "tag_list.json"])
def test_damaged_lists_are_told(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(PipelineError) as told:
        read_published(tmp_path)

    assert told.value.code == ExitCode.INVALID_WEIGHTS
