from __future__ import annotations

import pytest

from pipeline.labels.tag_names import KAOMOJI, same_tag, with_spaces


def test_faces_keep_their_underscores() -> None:
    assert len(KAOMOJI) == 19
    assert [with_spaces(name) for name in KAOMOJI] == list(KAOMOJI)
    assert with_spaces("long_hair") == "long hair"


@pytest.mark.parametrize(
    ("one", "other"),
    [("long_hair", " Long  hair"), ("が", "か\u3099"), ("O_o", "o_o"), ("Re:Zero", "re:zero")],
)
def test_ways_to_write_one_tag(one: str, other: str) -> None:
    assert same_tag(one) == same_tag(other)


@pytest.mark.parametrize(("one", "other"), [("long_hair", "longhair"), (">_<", "> <")])
def test_other_tags(one: str, other: str) -> None:
    assert same_tag(one) != same_tag(other)
