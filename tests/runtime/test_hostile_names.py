"""Whatever a file is called, its folder is one plain name; settings are checked as strictly."""

import contextlib
import os
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.engine.settings import load_settings
from pipeline.runtime.errors import ExitCode, PipelineError, printable
from pipeline.sources.pointers import VIDEO_POINTER, Source
from pipeline.sources.registration import register, video_name
from pipeline.sources.settings import TopLevel

FILES = st.binary(min_size=1, max_size=255).filter(lambda name: not {0, ord("/")} & {*name})
STEMS = st.text(st.characters(exclude_characters="\0/"), min_size=1, max_size=80)


def is_plain(name: str) -> bool:
    return (
        0 < len(name.encode()) <= 255
        and not name.startswith((".", "-"))
        and name.isprintable()
        and not set(name) & set("/\\{}$`'\"*?;&|<>()!# ")
    )


@given(STEMS)
@example("क़" * 80)
@example("Models")
def test_any_name_becomes_a_plain_one(stem: str) -> None:
    name = video_name(Path(f"{stem}.mp4"))
    assert is_plain(name)
    assert name.casefold() not in {"models", "logs", "runs", "show", "fetched"}
    assert video_name(Path(name + ".mp4")) in (name, f"{name}_")
    assert video_name(Path(f"elsewhere/{stem}.mkv")) == name


@given(FILES)
@example("あ".encode() * 83 + b".mp4")
@example(b"\xff.mp4")
def test_any_file_is_registered_or_refused_with_a_printable_line(name: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        video, workdir = Path(folder, os.fsdecode(name)), Path(folder, "workdir")
        if video.name in (".", "..", "workdir"):
            return
        try:
            video.write_bytes(b"film")
        except OSError:  # a file system that takes UTF-8 alone
            return
        try:
            known = register(workdir, video)
        except PipelineError as error:
            assert error.code == ExitCode.USAGE
            assert str(error).isprintable()
            with contextlib.suppress(UnicodeDecodeError):
                pytest.fail(f"{name.decode()!r} is UTF-8")
        else:
            assert register(workdir, video) == known
            assert [path.name for path in workdir.iterdir()] == [known]
            assert Source.load(workdir / known / VIDEO_POINTER).path == str(video.resolve())


@given(st.text())
def test_what_is_printed_is_one_printable_line(text: str) -> None:
    shown = str(PipelineError(ExitCode.USAGE, text, "Rename it"))
    assert shown.encode().decode().splitlines() == [shown]
    assert not {*"\x1b\x07\r\u202e\u2028\u200f"} & {*shown}


def test_the_wide_space_of_japanese_names_is_shown() -> None:
    assert printable("第１話　猫.mp4") == "第１話　猫.mp4"
    assert printable("\x1b[2J\udcff\u202e\n") == "\\x1b[2J\\udcff\\u202e\\n"


def refused(folder: Path, text: str) -> PipelineError:
    path = folder / "settings.yaml"
    path.write_text(text)
    with pytest.raises(PipelineError) as caught:
        load_settings(path, {}, TopLevel())
    assert str(caught.value).isprintable()
    return caught.value


@given(STEMS | st.sampled_from(["..", ".", "a\n", "-rf", "é" * 99]))
def test_a_model_is_one_name_below_models(model: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "settings.yaml")
        path.write_text(yaml.safe_dump({"model": model}))
        try:
            assert is_plain(load_settings(path, {}, TopLevel()).general.model)
        except PipelineError as error:
            assert error.code == ExitCode.INVALID_SETTING


LAUGHS = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))


@pytest.mark.parametrize(
    "text",
    [
        "seed: .nan",
        "layout: {safe_area: .inf}",
        "videos: {train: ['a\\ud83d.mp4', \"\\uD83D.mp4\"]}",
        'videos: {train: ["a\\0.mp4"]}',
        "[" * 5000,
        f"seed: {'9' * 5000}",
        f"seed: {'9' * 400}",
        f"a0: &a0 [ha]\n{LAUGHS}",
        f"a0: &a0 [ha]\n{LAUGHS}videos: {{train: *a29}}",
        "videos: &a {train: [*a]}",
        "model: !!python/object/apply:os.system [touch pwned]",
        "model: [default]",
    ],
)
def test_settings_that_mean_harm(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).code in (ExitCode.INVALID_SETTING, ExitCode.UNKNOWN_SETTING)


def test_a_settings_file_has_an_end(tmp_path: Path) -> None:
    for path, code in (
        (Path("/dev/zero"), ExitCode.INVALID_SETTING),
        (tmp_path, ExitCode.USAGE),
        (tmp_path / ("x" * 200) / "none.yaml", ExitCode.USAGE),
    ):
        with pytest.raises(PipelineError) as caught:
            load_settings(path, {}, TopLevel())
        assert caught.value.code == code
    assert load_settings(Path("/dev/null"), {}, TopLevel()).general.model == "default"
