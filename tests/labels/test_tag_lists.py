from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.labels.tag_lists import GROUPS, Tag, named_tag, namespace_of, separator_of, tags_in


@pytest.mark.parametrize(
    ("lists", "separator"),
    [
        (["cat | long hair", "dog"], "|"),
        (["cat, long hair", "long hair"], ","),
        (["cat;dog", "x y z", "cat; dog"], ";"),
        (["猫、犬"], "、"),
        (["1girl |_| ||_|| ;_; ;d", 'solo don\'t_say_"lazy"'], " "),
        (["1girl solo", "hello,_world cat", "cat dog"], " "),
        (["cat"], " "),
        ([], " "),
    ],
)
def test_what_most_lists_have_between_tags_separates_them(lists: list[str], separator: str) -> None:
    assert separator_of(lists) == separator


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("cat, series:x,,", [Tag("cat"), Tag("x", "copyright")]),
        (["cat, dog", 1940, 2.5, None], [Tag("cat, dog"), Tag("1940")]),
        ([["cat", 0.5], ["dog", 1]], [Tag("cat", "", 0.5), Tag("dog", "", 1)]),
        ([{"name": "cat", "category": 4}, {"id": 5}], [Tag("cat", "character")]),
        ({"creator": ["me"], "mine": {"x": None}}, [Tag("me", "artist"), Tag("x", "mine")]),
        (None, []),
        ([["cat", float("nan")]], [Tag("cat")]),
    ],
)
def test_tags_stand_in_texts_lists_and_groups(value: object, tags: list[Tag]) -> None:
    assert list(tags_in(value)) == tags


@pytest.mark.parametrize(
    "name", ["re:zero", ":d", "character:", ":3", "fate/stay_night", "title :", "12:00"]
)
def test_other_colons_are_part_of_a_name(name: str) -> None:
    assert named_tag(name) == Tag(name)


@pytest.mark.parametrize("group", GROUPS)
def test_hydrus_s_word_for_a_group_leads_back_to_it(group: str) -> None:
    namespace = namespace_of(group) or "general"
    assert named_tag(f"{namespace}: cat") == Tag("cat", group)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("ab:,|", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "group", "category", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(value=_json, separator=st.sampled_from([" ", ",", "|"]))
def test_anything_gives_tags_with_names_or_nothing(value: Any, separator: str) -> None:
    for tag in tags_in(value, separator):
        assert isinstance(tag.name, str) and isinstance(tag.group, str)
        assert tag.probability is None or isinstance(tag.probability, float)
