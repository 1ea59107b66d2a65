"""Tags that are written are read back, up to what the format cannot carry."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.labels.reading import read_labels
from pipeline.labels.record import Label
from pipeline.labels.sidecars import Sidecars
from pipeline.labels.writing import write_labels
from pipeline.runtime.quantities import counted

PICTURES = ["a.jpg", "sub/猫.png"]


def tag(name: str, group: str = "general", **about: object) -> Label:
    fields = {"picture": "a.jpg", "kind": "tag", "value": name, "group": group} | about
    return msgspec.convert(fields, Label)


MODEL = [
    tag("long hair", weight=0.75, by="model"),
    tag("hatsune_miku", "character", weight=0.5, by="model"),
    tag("safe", "rating", weight=1.0, by="model"),
]
FACES = [tag(name) for name in (">_<", "|_|", "^_^", 'don\'t_say_"lazy"', ":d", "re:zero", "1,000")]

_names = st.text("ab_ \t\n,;:|\"'\\()<>é猫😀０\u3000", min_size=1, max_size=8).map(str.strip)
_tags = st.lists(
    st.builds(
        tag,
        _names.filter(lambda name: bool(name) and name != "s"),
        st.sampled_from(["general", "character", "artist", "copyright", "meta", "mine"]),
        picture=st.sampled_from(PICTURES),
        weight=st.floats(0, 1, width=16),
        by=st.just("model"),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda label: (label.picture, "".join(label.value.replace("_", " ").split())),
)


def read(path: Path, name: str) -> list[Label]:
    source = Sidecars(path, PICTURES) if name.endswith(".txt") else read_labels(path)
    return [msgspec.structs.replace(label, file="", number=0) for label in source]


def written(folder: Path, name: str, labels: list[Label]) -> tuple[str, list[Label]]:
    """What writing says, and what is read back."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    path = folder if name.endswith(".txt") else folder / "tags"
    return write_labels(path, name, labels), read(path, name)


@pytest.mark.parametrize("name", ["csv", "json"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=_tags)
def test_formats_with_probabilities_give_all_of_a_model_s_tags_back(
    tmp_path: Path, name: str, labels: list[Label]
) -> None:
    said, found = written(tmp_path, name, labels)
    assert said == f"{counted(len(labels), 'label')} written"
    assert sorted(found, key=repr) == sorted(labels, key=repr)


@pytest.mark.parametrize("name", ["danbooru.jsonl", "kohya.txt", "hydrus.txt"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=_tags)
def test_other_formats_give_the_names_back_but_for_white_space_and_commas(
    tmp_path: Path, name: str, labels: list[Label]
) -> None:
    _, found = written(tmp_path, name, labels)

    def bare(label: Label) -> tuple[str, str]:
        value = label.value.replace(",", " ") if name == "kohya.txt" else label.value
        return label.picture, "".join(value.replace("_", " ").split())

    expected = [pair for pair in map(bare, labels) if pair[1]]
    assert sorted(pair for pair in map(bare, found) if pair[1]) == sorted(expected)


@pytest.mark.parametrize("name", ["csv", "json", "danbooru.jsonl", "hydrus.txt"])
def test_groups_and_faces_come_back(tmp_path: Path, name: str) -> None:
    _, found = written(tmp_path, name, [*MODEL[1:], *FACES])
    expected = [(label.value, label.group) for label in [*MODEL[1:], *FACES]]
    if name == "hydrus.txt":  # general tags have no namespace
        expected = [(value, "" if group == "general" else group) for value, group in expected]
    assert sorted((label.value, label.group) for label in found) == sorted(expected)


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("csv", ""),
        ("json", ""),
        (
            "danbooru.jsonl",
            "probabilities (3), that a model wrote them (3), spaces in tags (1)",
        ),
        ("kohya.txt", "probabilities (3), groups (2), content ratings (1)"),
        ("hydrus.txt", "probabilities (3)"),
        ("coco.json", "labels of kind tag (3)"),
    ],
)
def test_every_loss_is_counted(tmp_path: Path, name: str, lost: str) -> None:
    path = tmp_path if name.endswith(".txt") else tmp_path / "tags"
    said = write_labels(path, name, MODEL)
    assert said.partition("; ")[2] == (f"{name} cannot carry {lost}" if lost else "")


def test_a_person_s_tags_stay_hers_beside_a_model_s(tmp_path: Path) -> None:
    labels = [tag("mine"), *MODEL]
    for name in ("csv", "json"):
        _, found = written(tmp_path, name, labels)
        assert found == labels
    _, (label,) = written(tmp_path, "danbooru.jsonl", [tag("mine", complete=True)])
    assert label == tag("mine", complete=True)


def test_other_programs_find_what_they_expect(tmp_path: Path) -> None:
    labels = [*MODEL, tag("solo", picture="sub/猫.png", weight=0.25, by="model")]
    write_labels(tmp_path / "tags.json", "json", labels)
    assert json.loads((tmp_path / "tags.json").read_text("utf-8")) == {
        "a.jpg": {
            "general": {"long hair": 0.75},
            "character": {"hatsune_miku": 0.5},
            "rating": {"safe": 1.0},
        },
        "sub/猫.png": {"general": {"solo": 0.25}},
    }
    write_labels(tmp_path / "posts.jsonl", "danbooru.jsonl", labels)
    lines = (tmp_path / "posts.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "file_name": "a.jpg",
        "tag_string": "long_hair hatsune_miku",
        "tag_string_general": "long_hair",
        "tag_string_character": "hatsune_miku",
        "rating": "safe",
    }
    write_labels(tmp_path, "kohya.txt", labels)
    assert (tmp_path / "a.txt").read_text("utf-8") == "long hair, hatsune_miku\n"
    assert (tmp_path / "sub" / "猫.txt").read_text("utf-8") == "solo\n"
    write_labels(tmp_path, "hydrus.txt", labels)
    lines = (tmp_path / "a.jpg.txt").read_text("utf-8").splitlines()
    assert lines == ["long hair", "character:hatsune_miku", "rating:safe"]


@pytest.mark.parametrize("name", ["json", "danbooru.jsonl"])
def test_a_file_appears_whole_or_not_at_all(tmp_path: Path, name: str) -> None:
    def interrupted() -> list[Label]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_labels(tmp_path / "labels", name, (label for _ in "a" for label in interrupted()))
    assert list(tmp_path.iterdir()) == []
