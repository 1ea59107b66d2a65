"""What the command line sets, beside the settings file."""

from __future__ import annotations

import pytest

from pipeline.__main__ import APPLICATION
from pipeline.engine.command_line import Options, assignments
from pipeline.runtime.errors import ExitCode, PipelineError


def options(monkeypatch: pytest.MonkeyPatch, verb: str, *words: str, **variables: str) -> Options:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return APPLICATION.command_line().parse([verb, *words])


def written(given: Options, *stages: str) -> dict[str, object]:
    return {".".join(one.keys): one.value for one in assignments(given, stages)}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("render.viewers=halves", {"render.viewers": "halves"}),
        ("a.b=1  c=2.5", {"a.b": 1, "c": 2.5}),
        ("a.at=[1, 2.5] b=null", {"a.at": [1, 2.5], "b": None}),
        ("a={b: [1, 2], c: x} d=", {"a": {"b": [1, 2], "c": "x"}, "d": None}),
        ("a='two words' b=\"[\"", {"a": "two words", "b": "["}),
        ("videos.train=[ep1.mp4]", {"videos.train": ["ep1.mp4"]}),
        ("", {}),
    ],
)
def test_settings_are_separated_by_spaces_outside_of_brackets_and_quotes(
    monkeypatch: pytest.MonkeyPatch, text: str, values: dict[str, object]
) -> None:
    assert written(options(monkeypatch, "render", SET=text), "render") == values


def test_a_short_form_sets_every_named_stage_that_has_the_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = options(monkeypatch, "render", "export", OF="comments", AT="1:05,83.5")
    with pytest.raises(PipelineError) as caught:
        assignments(given, ["render", "export"])
    assert caught.value.code == ExitCode.USAGE
    assert caught.value.problem == "AT= means nothing to render"
    assert written(given, "render", "export", "stills") == {
        "render.target": "comments",
        "export.target": "comments",
        "stills.target": "comments",
        "stills.at": [65.0, 83.5],
    }


def test_an_option_wins_over_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    given = options(monkeypatch, "render", "--viewers", "layers", VIEWERS="halves", MODEL="mine")
    assert written(given, "render") == {"render.viewers": "layers"}
    assert given.model == "mine"


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    given = options(monkeypatch, "render", VIDEO="", COMMENTS="", SET="", CONFIG="")
    assert given.items == []
    assert given.config.name == "default"
    assert written(given, "render") == {}
