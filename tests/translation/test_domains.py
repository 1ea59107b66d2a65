"""Which domain each picture is in, and what is refused."""

import pytest

from pipeline.labels.record import Label
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.translation.domains import find_domains

FOOD = ["curry/1.jpg", "curry/2.jpg", "rice/1.jpg", "tendon/1.jpg"]


def label(picture: str, domain: str, **fields: str) -> Label:
    return Label(picture=picture, kind="domain", value=domain, **fields)  # type: ignore[arg-type]


def refused(names: list[str], *labels: Label, **more: object) -> PipelineError:
    usual: dict[str, object] = {"wanted": None, "folders": []}
    with pytest.raises(PipelineError) as caught:
        find_domains(names, labels, **usual | more)  # type: ignore[arg-type]
    return caught.value


def test_folders_are_domains_in_the_order_of_their_names() -> None:
    found = find_domains([*FOOD, "loose.jpg"], [], None, ["curry", "rice", "tendon"])
    assert found.names == ["curry", "rice", "tendon"]
    assert found.counts == {"curry": 2, "rice": 1, "tendon": 1}
    assert "loose.jpg" not in found.of


def test_labels_win_over_folders() -> None:
    labels = [label("curry/1.jpg", "hot"), label("rice/1.jpg", "cold", split="test")]
    found = find_domains(FOOD, [*labels, label("gone.jpg", "lost")], None, ["curry", "rice"])
    assert found.of == {"curry/1.jpg": ["hot"], "rice/1.jpg": ["cold"]}
    assert found.splits["rice/1.jpg"] == "test"


def test_some_domains_may_be_chosen_and_the_others_are_left_out() -> None:
    found = find_domains(FOOD, [], ["tendon", "curry"], ["curry", "hollow", "rice", "tendon"])
    assert found.names == ["tendon", "curry"]
    assert list(found.of) == ["curry/1.jpg", "curry/2.jpg", "tendon/1.jpg"]


def test_pictures_without_the_attributes_that_are_chosen_stay() -> None:
    labels = [label("a", "hat"), label("a", "tie"), label("b", "tie"), label("c", "")]
    found = find_domains(["a", "b", "c"], labels, ["hat"], [])
    assert found.of == {"a": ["hat"], "b": [], "c": []}


@pytest.mark.parametrize(
    ("names", "folders", "words"),
    [
        (
            [f"food/{name}" for name in FOOD],
            ["food", "food/curry"],
            ["food (4)", "curry (2), rice (1), tendon (1)", "Name the folder “food” itself"],
        ),
        (
            [f"train/food/{name}" for name in FOOD],
            ["train", "train/food"],
            ["food (4)", "curry (2)"],
        ),
        (["curry/1.jpg"], ["curry"], ["one domain, curry (1)", "LABELS="]),
        (["1.jpg", "train/2.jpg"], ["train"], ["of 2 pictures none is in a domain"]),
        (FOOD, ["curry", "rice", "tendon", "hollow"], ["no picture that can be used in hollow"]),
    ],
)
def test_what_is_no_set_of_domains_is_refused_with_what_was_found(
    names: list[str], folders: list[str], words: list[str]
) -> None:
    error = refused(names, folders=folders)
    assert error.code == ExitCode.NOTHING_USABLE
    assert all(word in str(error) for word in words), error


def test_a_domain_that_is_not_there_is_told_with_those_that_are() -> None:
    error = refused(FOOD, wanted=["curry", "tempura"])
    assert error.code == ExitCode.INVALID_SETTING
    assert "“tempura”" in str(error) and "curry (2), rice (1)" in str(error)
    assert "names 1 domain, and" in str(refused(FOOD, wanted=["curry"]))


def test_many_domains_are_not_all_listed() -> None:
    names = [f"{number:02}/{number}.jpg" for number in range(30)]
    assert "11 (1) and 18 more" in str(refused(names, wanted=["x", "y"]))
