"""What is known of points, from labels and tags."""

from pathlib import Path

import numpy as np

from pipeline.illustrations.map.facts import Facts, gather_facts
from pipeline.illustrations.map.points import Points
from pipeline.illustrations.picture_tags import PictureTags, Tag, write_picture_tags
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label

NAMES = ["a/0.png", "a/1.png", "b/2.png"]


def points(*, are_stills: bool = True) -> Points:
    numbers = np.arange(3)
    return Points(numbers, numbers, numbers / 2, NAMES, 3, are_stills)


def facts_of(folder: Path, *labels: Label) -> Facts:
    write_labels_file(folder / "labels.jsonl", labels)
    return gather_facts(points(), None, folder / "labels.jsonl")


def test_people_s_tags_and_scores_belong_to_their_pictures(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path,
        Label(picture="a/0.png", kind="tag", value="cat"),
        Label(picture="a/0.png", kind="tag", value="night"),
        Label(picture="b/2.png", kind="tag", value="dog"),
        Label(picture="a/0.png", kind="score", weight=1, rater="x"),
        Label(picture="a/0.png", kind="score", weight=4, rater="y"),
        Label(picture="b/2.png", kind="score", weight=5),
    )
    assert facts.tags == [["cat", "night"], [], ["dog"]]
    assert facts.numbers == {"score": [2.5, None, 5]}
    assert facts.classes == {"folder": ["a", "a", "b"]}
    assert facts.words == [{"cat", "night"}, set(), {"dog"}]


def test_texts_give_words_and_stars_where_there_are_no_tags(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path,
        Label(picture="a/0.png", kind="text", value="猫が寝る。", weight=3),
        Label(picture="a/1.png", kind="text", value="犬が走る！", weight=1),
    )
    assert facts.numbers == {"stars": [3, 1, None]}
    assert "猫" in facts.words[0] and "犬" in facts.words[1]
    assert not {"。", "！"} & {word for words in facts.words for word in words}


def test_folders_name_what_nobody_said_anything_about() -> None:
    assert gather_facts(points(), None, None).words == [{"a"}, {"a"}, {"b"}]


def test_what_all_share_is_no_class(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, Label(picture="a/0.png", kind="domain", value="day"))
    assert set(facts.classes) == {"folder"}


def test_a_tagger_s_tags_take_the_place_of_labels(tmp_path: Path) -> None:
    tags = (Tag(name="night", probability=0.9), Tag(name="cat", probability=0.5))
    write_picture_tags(
        tmp_path / "tags.jsonl", [PictureTags(frame=1, picture="a/1.png", tags=tags)]
    )
    facts = gather_facts(points(), tmp_path / "tags.jsonl", None)
    assert facts.tags == [[], ["night", "cat"], []]


def test_a_video_has_times_and_no_folders() -> None:
    facts = gather_facts(points(are_stills=False), None, None)
    assert facts.numbers == {"time": [0, 0.5, 1]}
    assert facts.classes == {}
