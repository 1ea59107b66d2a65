from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from pipeline.config import Settings, StageConfig, VideoEntry, load_settings, parse_stage_config
from pipeline.errors import ExitCode, PipelineError


class Frames(StageConfig, frozen=True):
    size: Annotated[int, msgspec.Meta(ge=32, le=1024)] = 224
    fps: float | None = None
    dedupe: Literal["off", "exact"] = "exact"


class Train(StageConfig, frozen=True):
    epochs: Annotated[int, msgspec.Meta(ge=1)] = 30
    taps: tuple[str, ...] = ("a",)
    seed: int = 2017


STAGES: dict[str, type[StageConfig]] = {"frames": Frames, "train": Train}


def load(tmp_path: Path, text: str | bytes) -> Settings:
    path = tmp_path / "settings.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_settings(path, STAGES)


@pytest.mark.parametrize("text", ["", "# nothing\n", "frames:\ntrain:\n", "---\n"])
def test_an_empty_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    settings = load(tmp_path, text)
    assert (settings.model, settings.seed) == ("default", 2017)
    assert settings.videos.train == settings.videos.annotate == []
    assert settings.stages == {"frames": Frames(), "train": Train()}


def test_what_is_given_is_taken(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        "model: 猫-1.0\n"
        "videos:\n"
        "  train: [a.mp4, {video: b.mp4, comments: c.xml}]\n"
        "  annotate: [d.mp4]\n"
        "frames: {size: 64, fps: 3}\n"
        "train:\n"
        "  taps: [x, y]\n",
    )
    assert settings.model == "猫-1.0"
    assert settings.videos.train == ["a.mp4", VideoEntry("b.mp4", "c.xml")]
    assert settings.stages["frames"] == Frames(size=64, fps=3.0)
    assert settings.stages["train"] == Train(taps=("x", "y"))


def test_a_stage_inherits_the_seed_unless_it_sets_its_own(tmp_path: Path) -> None:
    assert load(tmp_path, "seed: 5").stages["train"] == Train(seed=5)
    assert load(tmp_path, "seed: 5\ntrain: {seed: 6}").stages["train"] == Train(seed=6)


@pytest.mark.parametrize(
    ("text", "line", "name", "meant"),
    [
        ("seed: 1\n\nfrmes:\n  size: 64\n", 3, "frmes", "frames"),
        ("frames:\n  # size\n  szie: 64\n", 3, "frames.szie", "size"),
        ("train: {epochs: 3,\n  epoch: 4}\n", 2, "train.epoch", "epochs"),
        ("videos:\n  annotat: []\n", 2, "videos.annotat", "annotate"),
        ("sede: 1\n", 1, "sede", "seed"),
    ],
)
def test_an_unknown_setting_is_told_with_its_line_and_what_was_meant(
    tmp_path: Path, text: str, line: int, name: str, meant: str
) -> None:
    with pytest.raises(PipelineError) as caught:
        load(tmp_path, text)
    assert caught.value.code == ExitCode.UNKNOWN_SETTING
    assert caught.value.problem.startswith(f"{tmp_path / 'settings.yaml'}:{line}: ")
    assert caught.value.problem.endswith(f" {name}")
    assert f"`{meant}`" in caught.value.remedy


def test_a_wild_name_gets_no_suggestion(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        load(tmp_path, "zzqqy: 1")
    assert caught.value.code == ExitCode.UNKNOWN_SETTING
    assert "mean" not in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "place", "name"),
    [
        ("frames:\n  size: big\n", ":2", "frames.size"),
        ("frames:\n  size: 8\n", ":2", "frames.size"),
        ("frames:\n  size: 64.5\n", ":2", "frames.size"),
        ("frames:\n  fps: 3\n  dedupe: on\n", ":3", "frames.dedupe"),
        ("train:\n  taps: [a,\n   3]\n", ":3", "train.taps"),
        ("videos:\n  train:\n    - a.mp4\n    - 7\n", ":4", "videos.train"),
        ("videos:\n  train: a.mp4\n", ":2", "videos.train"),
        ("model: a/b\n", ":1", "model"),
        ("seed: -1\n", ":1", "seed"),
        ("frames: 3\n", ":1", "frames"),
        ("frames: [size]\n", ":1", "frames"),
        ("1: 2\n", "", ""),
    ],
)
def test_a_wrong_value_is_told_with_its_line(
    tmp_path: Path, text: str, place: str, name: str
) -> None:
    with pytest.raises(PipelineError) as caught:
        load(tmp_path, text)
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert f"{tmp_path / 'settings.yaml'}{place}: {name}" in caught.value.problem


@pytest.mark.parametrize("text", ["frames: 0", "frames: false", "train: ''"])
def test_a_section_that_is_nothing_but_not_empty_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PipelineError) as caught:
        load(tmp_path, text)
    assert caught.value.code == ExitCode.INVALID_SETTING


@pytest.mark.parametrize(
    "text",
    [
        "frames: {size: 64",
        "\tframes: 1",
        "- a\n- b\n",
        "just words",
        "a: &x [*x",
        "seed: !!python/object/apply:os.getpid []",
        "model: 2020-13-45",
        b"model: \xff\xfe\xfa",
        b"\x00",
    ],
)
def test_what_is_not_a_settings_file_is_refused(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(PipelineError) as caught:
        load(tmp_path, text)
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert str(tmp_path / "settings.yaml") in caught.value.problem


def test_a_missing_file_is_a_fault_of_the_command(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        load_settings(tmp_path / "none.yaml", STAGES)
    assert caught.value.code == ExitCode.USAGE


def test_one_stage_is_read_from_json() -> None:
    assert parse_stage_config('{"epochs": 3}', Train) == Train(epochs=3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"epochs": 0}', ExitCode.INVALID_SETTING),
        ('{"epoch": 3}', ExitCode.UNKNOWN_SETTING),
        ("{", ExitCode.INVALID_SETTING),
        ("[]", ExitCode.INVALID_SETTING),
    ],
)
def test_faulty_json_is_refused(text: str, code: ExitCode) -> None:
    with pytest.raises(PipelineError) as caught:
        parse_stage_config(text, Train)
    assert caught.value.code == code
