"""What the command line sets, beside the settings file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.__main__ import APPLICATION
from pipeline.engine.command_line import Options, assignments
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import CONFIGS, DEFAULTS


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


def test_settings_may_be_given_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("--set", "stills.format=gif", "SET=stills.at=[1, 2]", "--set", "a.b=1 c=2")
    values = {"stills.format": "gif", "stills.at": [1, 2], "a.b": 1, "c": 2}
    assert written(options(monkeypatch, "stills", *words, SET="stills.width=9"), "stills") == values


@pytest.mark.parametrize(
    "words", [("--config", "a", "--config", "b"), ("--video", "a.mp4", "VIDEO=b.mp4")]
)
def test_what_can_only_be_given_once_is_refused_a_second_time(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    with pytest.raises(PipelineError) as caught:
        options(monkeypatch, "render", *words)
    assert caught.value.code == ExitCode.USAGE
    assert "given twice" in caught.value.problem


@pytest.mark.parametrize("words", [("SET=render.of=comments",), ("--set", "render.of=comments")])
def test_a_short_form_names_its_setting_in_set_as_well(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    assert written(options(monkeypatch, "render", *words)) == {"render.target": "comments"}


def test_a_short_form_stays_unknown_in_set_where_the_stage_does_not_take_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = options(monkeypatch, "align", "--set", "align.of=comments stills.at=[1]")
    assert written(given) == {"align.of": "comments", "stills.at": [1]}


@pytest.mark.parametrize(
    ("words", "verbs", "items"),
    [
        (["a.mp4"], ["render"], ["a.mp4"]),
        (["report", "a.mp4", "b c"], ["render", "report"], ["a.mp4", "b c"]),
        (["--of", "comments", "a.mp4", "-v", "report"], ["render", "report"], ["a.mp4"]),
        (["VIDEO=a.mp4", "WAIT=1", "OF="], ["render"], ["a.mp4"]),
        (["--video", "a.mp4"], ["render"], ["a.mp4"]),
        (["./report"], ["render"], ["report"]),
    ],
)
def test_verbs_and_what_to_work_on_follow_a_verb(
    monkeypatch: pytest.MonkeyPatch, words: list[str], verbs: list[str], items: list[str]
) -> None:
    given = options(monkeypatch, "render", *words)
    assert (given.verbs, list(map(str, given.items))) == (verbs, items)


@pytest.mark.parametrize(("value", "waits"), [("1", True), ("no", False), ("", False)])
def test_variables_may_follow_a_verb_as_after_make(
    monkeypatch: pytest.MonkeyPatch, value: str, waits: bool
) -> None:
    given = options(monkeypatch, "render", f"WAIT={value}", "OF=comments", "AT=")
    assert (given.wait, given.of, given.at) == (waits, "comments", None)


def test_settings_are_those_of_the_current_folder_unless_others_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert options(monkeypatch, "render").config == DEFAULTS
    Path("yajiuma.yaml").touch()
    assert options(monkeypatch, "render").config == Path("yajiuma.yaml")
    assert options(monkeypatch, "render", "--config", "default").config == DEFAULTS
    assert options(monkeypatch, "render", "--config", "article").config == CONFIGS / "article.yaml"
    Path("article").touch()
    assert options(monkeypatch, "render", "--config", "article").config == Path("article")


def test_outputs_go_below_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert options(monkeypatch, "render").workdir == Path("workdir")


def test_a_stage_s_help_tells_of_its_own_files_options_and_settings_alone() -> None:
    told = APPLICATION.command_line().verbs["export"].format_help()
    for word in ("--of", "workdir/VIDEO/{target}.{format}", "    format: ass", "  layout:"):
        assert word in told
    for word in ("--viewers", "--url", "annotated.mp4", "render:"):
        assert word not in told


@pytest.mark.parametrize("verb", ["models", "inspect", "completion"])
def test_the_help_of_other_verbs_does_without_the_options_of_stages(verb: str) -> None:
    told = APPLICATION.command_line().verbs[verb].format_help()
    assert told.count("--") < 5
    assert "VIDEO" not in told


def test_every_verb_is_described_in_the_list_of_all() -> None:
    line = APPLICATION.command_line()
    told = line.format_help()
    for name, parser in line.verbs.items():
        assert f"    {name} " in told or f"    {name}\n" in told
        assert parser.description


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    given = options(monkeypatch, "render", VIDEO="", COMMENTS="", SET="", CONFIG="")
    assert given.items == []
    assert given.config.name == "default"
    assert written(given, "render") == {}
