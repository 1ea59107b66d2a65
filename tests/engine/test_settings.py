from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.engine.settings import (
    SHARED,
    NameOrPath,
    OwnFile,
    Seed,
    Settings,
    StageConfig,
    StageConfigs,
    load_settings,
    load_stage_config,
    parse_stage_config,
)
from pipeline.engine.settings_file import Assignment
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.settings import TopLevel, VideoEntry


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    three: tuple[float, float, float]


class Frames(StageConfig, frozen=True):
    size: Annotated[int, msgspec.Meta(ge=32, le=1024)] = 224
    fps: float | None = None
    dedupe: Literal["off", "exact"] = "exact"
    words: OwnFile | None = None
    network: NameOrPath = "vgg19"


class Train(StageConfig, frozen=True):
    epochs: Annotated[int, msgspec.Meta(ge=1)] = 30
    taps: tuple[str, ...] = ("a",)
    seed: Seed = 2017
    gate: bool = True
    rate: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.001
    size: Annotated[int, msgspec.Meta(ge=4, multiple_of=4)] = 256
    count: Literal["learned", "data"] | Annotated[float, msgspec.Meta(ge=0)] = "learned"
    part: Part | None = None
    codec: Annotated[
        Literal["h264", "hevc", "av1"], msgspec.Meta(extra={"also": {"h265": "hevc"}})
    ] = "h264"
    layout: Annotated[LayoutSettings, SHARED] = LayoutSettings()


STAGES: dict[str, type[StageConfig]] = {"frames": Frames, "train": Train}


def load(tmp_path: Path, text: str | bytes, *assignments: str) -> Settings:
    path = tmp_path / "settings.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_settings(path, STAGES, TopLevel(), map(Assignment.parse, assignments))


@pytest.mark.parametrize("text", ["", "# nothing\n", "frames:\ntrain:\n", "---\n"])
def test_an_empty_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    settings = load(tmp_path, text)
    assert settings.general.model == "default"
    assert settings.general.train == settings.general.annotate == []
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
    assert settings.general.model == "猫-1.0"
    file, b, c = tmp_path / "settings.yaml", tmp_path / "b.mp4", tmp_path / "c.xml"
    assert settings.general.train == [
        VideoEntry(str(tmp_path / "a.mp4"), place=f"{file}:3"),
        VideoEntry(str(b), [str(c)], place=f"{file}:3"),
    ]
    assert settings.general.annotate == [VideoEntry(str(tmp_path / "d.mp4"), place=f"{file}:4")]
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
        load_settings(tmp_path / "none.yaml", STAGES, TopLevel())
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "train: {codec: h265}",
            "“h265”, but must be one of h264, hevc, av1. Did you mean `hevc`?",
        ),
        ("train: {codec: hvec}", "one of h264, hevc, av1. Did you mean `hevc`?"),
        ("train: {codec: zzz}", "“zzz”, but must be one of h264, hevc, av1. configs"),
        ("train: {codec: }", "is empty, but must be one of h264"),
        ("frames: {dedupe: off}", 'is false, but must be off or exact. Did you mean `"off"`?'),
        ("frames: {dedupe: [off]}", "is a list of 1, but must be off or exact"),
        ("frames: {size: big}", "“big”, but must be a whole number from 32 to 1024. configs"),
        ("frames: {size: 8}", "is 8, but must be a whole number from 32 to 1024"),
        (
            "frames: {size: '64'}",
            "“64”, but must be a whole number from 32 to 1024. Did you mean `64`?",
        ),
        (
            "frames: {size: 64.0}",
            "is 64.0, but must be a whole number from 32 to 1024. Did you mean `64`?",
        ),
        ("frames: {size: true}", "is true, but must be a whole number"),
        ("frames: {size: {a: 1}}", "is a section, but must be a whole number"),
        ("frames: {fps: fast}", "“fast”, but must be a number or null"),
        ("frames: {fps: none}", "Did you mean `null`?"),
        ("frames:\n  fps: 0,5", "“0,5”, but must be a number or null. Did you mean `0.5`?"),
        ("train: {rate: 1e-4}", "a number above 0 and at most 1. Did you mean `0.0001`?"),
        ("train: {rate: 0}", "is 0, but must be a number above 0 and at most 1"),
        ("train: {rate: 20%}", "Did you mean `0.2`?"),
        ("train: {size: 6}", "a whole number of at least 4 that is a multiple of 4"),
        ("train: {gate: 'yes'}", "“yes”, but must be true or false. Did you mean `true`?"),
        ("train: {gate: 0}", "is 0, but must be true or false. Did you mean `false`?"),
        ("train: {gate: maybe}", "“maybe”, but must be true or false. configs"),
        (
            "train: {count: learnd}",
            "learned, data or a number of at least 0. Did you mean `learned`?",
        ),
        ("train: {count: -1}", "is -1, but must be learned, data or a number of at least 0"),
        (
            "train: {taps: conv}",
            "a list whose entries are each a word or text. Did you mean `[conv]`?",
        ),
        (
            "train: {taps: [1]}",
            'train.taps (entry 1) is 1, but must be a word or text. Did you mean `"1"`?',
        ),
        ("train: {taps: }", "Did you mean `[]`?"),
        ("train: {part: imagenet}", "“imagenet”, but must be a section of three or null"),
        (
            "train: {part: {three: [1, 2]}}",
            "train.part.three is a list of 2, but must be a list of 3, each a number",
        ),
        (
            "train: {part: {three: [1, 2, x]}}",
            "train.part.three (entry 3) is “x”, but must be a number",
        ),
        ("train: {part: {}}", "train.part: `three:` is missing here"),
        ("frames: 3", "frames is 3, but must be a section of `name: value`"),
        ("frames: {1: 2}", "frames: names are words, and 1 is none"),
        ("model: a/b", "“a/b”, but must be a name of up to 50 letters"),
        ("seed: -1", "is -1, but must be a whole number from 0 to 4294967295"),
        ("layout: {rules: flsh}", "one of auto, html5, flash, simple. Did you mean `flash`?"),
        ("layout: {safe_area: 2}", "layout.safe_area is 2, but must be a number from 0 to 0.5"),
        ("videos: [a.mp4]", "videos is a list of 1, but must be a section of train, annotate"),
        ("videos: {train: a.mp4}", "Did you mean `[a.mp4]`?"),
        (
            "videos: {train: ['']}",
            "videos.train (entry 1) is “”, but must be a path or a section of video",
        ),
        (
            "videos: {train: [{comments: a.xml}]}",
            "either `video:` or `pictures:` must be named",
        ),
        (
            "videos: {train: [{video: a, broadcast: 2012-04-28T03:00:00Z}]}",
            "must be a time such as 2012-04-28T03:00+09:00",
        ),
        ("videos: {train: [{video: a, cuts: 10:00-11:30}]}", "Did you mean `[10:00-11:30]`?"),
        (
            "frames: {words: none.txt}",
            "settings.yaml:1: frames.words names {0}/none.txt, and there is no such file",
        ),
        ("frames: {words: .}", "names {0}, and there is no such file"),
        ("\tframes: 1", "settings.yaml:1: this is not YAML"),
        ("frames:\n  size: 64\nframes:\n  fps: 3", "settings.yaml:3: `frames` stands here twice"),
        ("seed: .inf", "settings.yaml:1: .inf is not a number"),
    ],
)
def test_a_wrong_value_is_told_in_plain_words(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(PipelineError) as caught:
        load(tmp_path, text)
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert words.replace("{0}", str(tmp_path)) in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "settings.yaml"))


class Network(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    depth: int = 1
    width: int = 8


class Learn(StageConfig, frozen=True):
    network: Network = Network(depth=3)


def test_a_part_of_a_component_keeps_what_its_stage_declares_of_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("learn: {network: {width: 5}}")
    settings = load_settings(path, {"learn": Learn}, TopLevel())
    assert settings.stages["learn"] == Learn(Network(depth=3, width=5))
    assert load_stage_config(path, "learn", Learn) == Learn(Network(depth=3, width=5))
    path.write_text("learn: {network: {widht: 5}}")
    with pytest.raises(PipelineError, match="widht"):
        load_settings(path, {"learn": Learn}, TopLevel())


def test_a_setting_in_the_wrong_section_is_told_where_it_belongs(tmp_path: Path) -> None:
    for text in ("epochs: 3", "frames: {epochs: 3}"):
        with pytest.raises(PipelineError) as caught:
            load(tmp_path, text)
        assert caught.value.code == ExitCode.UNKNOWN_SETTING
        assert caught.value.remedy == "Write it under `train:`"


def test_a_setting_is_sent_to_a_section_as_it_is_written_and_to_none_of_another_system(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.yaml"
    kinds: StageConfigs = {"a-train": Train, "a-frames": Frames, "train": Train}
    for text, remedy in (
        ("a: {frames: {epochs: 3}}", "Write it under `a: train:`"),
        ("a: {train: {fps: 3}}", "Write it under `a: frames:`"),
        ("train: {fps: 3}", "configs/default lists all settings"),
        ("fps: 3", "Write it under `a: frames:`"),
    ):
        path.write_text(text)
        with pytest.raises(PipelineError) as caught:
            load_settings(path, kinds, TopLevel())
        assert caught.value.remedy == remedy


def test_a_setting_of_a_part_of_its_section_is_sent_there(tmp_path: Path) -> None:
    for text in ("train: {three: [1, 2, 3]}", "train: {opacity: 0.5}"):
        with pytest.raises(PipelineError) as caught:
            load(tmp_path, text)
        part = "part" if "three" in text else "layout"
        assert caught.value.remedy == f"Write it under `train: {part}:`"


def test_the_command_line_sets_anything(tmp_path: Path) -> None:
    settings = load(
        *(tmp_path, "model: a\nframes: {size: 64, fps: 3}\ntrain: {epochs: 4}"),
        *("frames.size=96", "train.taps=[x, y]", "seed=7", "model=b", "frames.fps=null"),
        "videos.train=[c.mp4]",
    )
    assert settings.stages["frames"] == Frames(size=96)
    assert settings.stages["train"] == Train(epochs=4, taps=("x", "y"), seed=7)
    assert settings.general.model == "b"
    assert [entry.video for entry in settings.general.train] == [str(tmp_path / "c.mp4")]


@pytest.mark.parametrize("value", ["off", "exactly"])
def test_an_option_of_the_command_line_is_cited_as_it_was_written(
    tmp_path: Path, value: str
) -> None:
    with pytest.raises(PipelineError) as caught:
        load(tmp_path, "", f"frames.dedupe={value}s")
    assert caught.value.problem == (f"SET=frames.dedupe is “{value}s”, but must be off or exact")
    assert f"Did you mean `{value[:5]}`?" in caught.value.remedy


@pytest.mark.parametrize(
    ("assignment", "code", "words"),
    [
        ("frames.sice=3", ExitCode.UNKNOWN_SETTING, "SET=frames.sice: there is no setting"),
        ("fames.size=3", ExitCode.UNKNOWN_SETTING, "SET=fames.size: there is no setting fames"),
        ("frames.size.x=3", ExitCode.INVALID_SETTING, "SET=frames.size.x is a section"),
        ("model.x=3", ExitCode.INVALID_SETTING, "SET=model.x: model is no section in"),
        ("frames={size: 3}", ExitCode.INVALID_SETTING, "SET=frames is 3, but must be"),
        ("frames.size", ExitCode.USAGE, "SET=frames.size sets nothing"),
        ("=3", ExitCode.USAGE, "SET==3 sets nothing"),
        ("frames..size=3", ExitCode.USAGE, "sets nothing"),
        ("train.taps=[a", ExitCode.INVALID_SETTING, "SET=train.taps: "),
        ("frames.fps=.nan", ExitCode.INVALID_SETTING, "SET=frames.fps: .nan is not a number"),
    ],
)
def test_slips_on_the_command_line_are_told_apart(
    tmp_path: Path, assignment: str, code: ExitCode, words: str
) -> None:
    with pytest.raises(PipelineError) as caught:
        load(tmp_path, "model: a", assignment)
    assert caught.value.code == code
    assert words in caught.value.problem


def test_a_folder_stands_for_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("frames: {size: 64}")
    (tmp_path / "b.yaml").write_text("model: b\n\ntrain: {epochs: 0}")
    with pytest.raises(PipelineError) as caught:
        load_settings(tmp_path, STAGES, TopLevel())
    assert f"{tmp_path / 'b.yaml'}:3: train.epochs is 0" in caught.value.problem
    (tmp_path / "b.yaml").write_text("model: b\nframes: {}")
    with pytest.raises(PipelineError) as caught:
        load_settings(tmp_path, STAGES, TopLevel())
    assert f"{tmp_path / 'b.yaml'}:2: `frames` stands in another file" in caught.value.problem


def test_stages_of_other_systems_have_sections_within_their_system_s(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("faces:\n  train: {epochs: 3}\n  frames: {}\ntrain: {epochs: 4}\nseed: 9")
    kinds: dict[str, type[StageConfig]] = {
        "faces-train": Train,
        "faces-frames": Frames,
        "train": Train,
    }
    settings = load_settings(path, kinds, TopLevel(), [Assignment.parse("faces.train.gate=no")])
    assert settings.stages["faces-train"] == Train(epochs=3, gate=False, seed=9)
    assert settings.stages["train"] == Train(epochs=4, seed=9)
    assert load_stage_config(path, "faces-train", Train) == Train(epochs=3, seed=9)
    path.write_text("faces:\n  trian: {epochs: 3}\n")
    with pytest.raises(PipelineError) as caught:
        load_settings(path, kinds, TopLevel())
    assert f"{path}:2: there is no setting faces.trian" in caught.value.problem
    assert "`train`" in caught.value.remedy


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


RELATIVE = """
videos:
  train: [show/a.mp4, {video: ../b.mp4, comments: [c.xml, show/d.xml]}]
frames: {words: lists/ng.txt, network: nets/mine.onnx}
"""


def test_paths_are_relative_to_the_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for name in ("here/show/a.mp4", "b.mp4", "here/c.xml", "here/lists/ng.txt", "elsewhere/c.xml"):
        made(tmp_path / name)
    monkeypatch.chdir(elsewhere)
    settings = load(here, RELATIVE)
    a, b = settings.general.train
    assert (a.video, a.comments) == (str(here / "show/a.mp4"), [])
    assert (b.video, b.comments) == (
        str(tmp_path / "b.mp4"),
        [str(here / "c.xml"), str(here / "show/d.xml")],
    )
    frames = Frames(words=str(here / "lists/ng.txt"), network=str(here / "nets/mine.onnx"))
    assert settings.stages["frames"] == frames
    assert load_stage_config(here / "settings.yaml", "frames", Frames) == frames


def test_what_is_only_in_the_current_folder_is_found_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, current = tmp_path / "here", tmp_path / "current"
    here.mkdir()
    for name in ("show/a.mp4", "c.xml", "lists/ng.txt", "nets/mine.onnx"):
        made(current / name)
    monkeypatch.chdir(current)
    settings = load(here, RELATIVE)
    assert settings.general.train[0].video == str(current / "show/a.mp4")
    assert settings.general.train[1].comments == [str(current / "c.xml"), str(here / "show/d.xml")]
    assert settings.stages["frames"] == Frames(
        words=str(current / "lists/ng.txt"), network=str(current / "nets/mine.onnx")
    )


def test_a_word_is_a_name_and_the_home_folder_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path / "resnet50")
    assert load(tmp_path, "frames: {network: resnet50}").stages["frames"] == Frames(
        network="resnet50"
    )
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made(tmp_path / "home" / "ng.txt")
    settings = load(tmp_path, "videos: {train: [~/a.mp4]}\nframes: {words: ~/ng.txt}")
    assert settings.general.train[0].video == str(tmp_path / "home" / "a.mp4")
    assert settings.stages["frames"] == Frames(words=str(tmp_path / "home" / "ng.txt"))


def test_a_link_keeps_its_name(tmp_path: Path) -> None:
    """A video's folder in workdir goes by it."""
    (tmp_path / "ep1.mp4").symlink_to(made(tmp_path / "store" / "0001.mp4"))
    assert load(tmp_path, "videos: {train: [ep1.mp4]}").general.train[0].video == str(
        tmp_path / "ep1.mp4"
    )
