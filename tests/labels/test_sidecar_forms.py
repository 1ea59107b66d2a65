"""Whether sidecars hold tags is judged from all of them together."""

from __future__ import annotations

import pytest

from pipeline.labels.sidecar_forms import Form, form_of_tags, items_of, judged, looks_like

CAPTIONS = [
    ["a girl with long hair, sitting on a bench, looking up at the sky"],
    ["A dog, a cat, a bird."],
    ["Well, no", "Oh, yes, of course"],
    ["これは猫ですか、それとも犬,ですか,そうですか。"],
]
TAGS = [
    ["1girl, solo, long hair, looking at viewer"],
    ["cat,night,k-on!,"],
    [">_<, ^_^, miku (vocaloid)"],
]
HYDRUS = [["blue eyes", "character:hatsune miku"], ["series:vocaloid"]]
UNSURE = [["cat"], ["a cat, a dog"], ["blue eyes", "long hair"]]


@pytest.mark.parametrize(
    ("sidecars", "form"),
    [(CAPTIONS, "texts"), (TAGS, "commas"), (HYDRUS, "lines"), (UNSURE, None)],
)
def test_what_one_sidecar_looks_like(sidecars: list[list[str]], form: Form | None) -> None:
    assert [looks_like(lines) for lines in sidecars] == [form] * len(sidecars)


@pytest.mark.parametrize(
    ("sidecars", "are_tags"),
    [
        (CAPTIONS, False),
        (UNSURE, False),
        ([], False),
        (TAGS + UNSURE, True),
        (TAGS + 2 * UNSURE, False),
        (TAGS * 10 + CAPTIONS[:3], True),
        (TAGS + CAPTIONS[:1], False),
        (HYDRUS + UNSURE[:2], True),
        (HYDRUS + TAGS, True),
    ],
)
def test_sidecars_are_tags_if_nearly_all_that_can_only_be_one_thing_are(
    sidecars: list[list[str]], are_tags: bool
) -> None:
    assert judged(sidecars).are_tags == are_tags


def test_each_sidecar_separates_its_tags_in_its_own_way() -> None:
    assert [form_of_tags(lines) for lines in (*TAGS, *HYDRUS)] == [*3 * ["commas"], *2 * ["lines"]]


def test_tags_between_commas_may_leave_some_out() -> None:
    assert items_of(["a, ,b,,", "c"], "commas") == ["a", "b", "c"]
    assert items_of(["a, b", "c"], "lines") == ["a, b", "c"]
