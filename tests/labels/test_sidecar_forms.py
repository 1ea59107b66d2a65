"""Whether sidecars hold tags is judged from all of them together."""

from __future__ import annotations

import pytest

from pipeline.labels.sidecar_forms import Form, items_of, judged, looks_like

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
    ("sidecars", "form"),
    [
        (CAPTIONS, "texts"),
        (UNSURE, "texts"),
        ([], "texts"),
        (TAGS + UNSURE, "commas"),
        (TAGS + 2 * UNSURE, "texts"),
        (TAGS * 10 + CAPTIONS[:3], "commas"),
        (TAGS + CAPTIONS[:1], "texts"),
        (HYDRUS + UNSURE[:2], "lines"),
        (HYDRUS * 10 + TAGS[:1], "lines"),
    ],
)
def test_sidecars_are_tags_if_nearly_all_that_can_only_be_one_thing_are(
    sidecars: list[list[str]], form: Form
) -> None:
    assert judged(sidecars).form == form


def test_tags_between_commas_may_leave_some_out() -> None:
    assert items_of(["a, ,b,,", "c"], "commas") == ["a", "b", "c"]
    assert items_of(["a, b", "c"], "lines") == ["a, b", "c"]
