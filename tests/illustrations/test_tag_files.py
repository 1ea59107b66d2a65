"""``tags.h5`` and ``tags.jsonl``: what is written is read, and which tags hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.illustrations.picture_tags import (
    PictureTags,
    Tag,
    read_picture_tags,
    write_picture_tags,
)
from pipeline.illustrations.tag_probabilities import (
    TagProbabilities,
    read_tag_probabilities,
    write_tag_probabilities,
)

NAMES = ("cat", "night", "safe", "explicit")
GROUPS = ("general", "general", "rating", "rating")
PROBABILITIES = np.array([[0.5, 0.1, 0.2, 0.1], [0.1, 0.9, 0.3, 0.6]], np.float16)


def written(folder: Path) -> TagProbabilities:
    write_tag_probabilities(
        folder / "tags.h5",
        iter([PROBABILITIES[:1], PROBABILITIES[1:]]),
        len(PROBABILITIES),
        names=NAMES,
        groups=GROUPS,
        thresholds=np.array([0.5, 0.35, 0.9, 0.9]),
        tagger="a model",
        fingerprint="pictures",
    )
    return read_tag_probabilities(folder / "tags.h5")


def test_probabilities_are_read_as_they_were_written(tmp_path: Path) -> None:
    tags = written(tmp_path)

    np.testing.assert_array_equal(tags.probabilities, PROBABILITIES)
    assert (tags.names, tags.groups, tags.tagger) == (NAMES, GROUPS, "a model")


def test_a_tag_holds_from_its_threshold_on_and_one_rating_always(tmp_path: Path) -> None:
    holding = written(tmp_path).holding()

    assert holding.tolist() == [[True, False, True, False], [False, True, False, True]]


def test_a_taggers_words_may_be_of_any_script(tmp_path: Path) -> None:
    tags = (Tag(name="猫", probability=0.5), Tag(name='don\'t_say_"lazy"', by="person"))
    pictures = [PictureTags(frame=3, picture="a.png", tags=tags)]

    write_picture_tags(tmp_path / "tags.jsonl", pictures)

    assert read_picture_tags(tmp_path / "tags.jsonl") == pictures
