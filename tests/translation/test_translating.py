"""Pictures and videos shown in other domains, by a small translator that was never trained."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import h5py
import msgspec
import numpy as np
import pytest
from PIL import Image

from pipeline.engine.stage import Files
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.media.picture_folder import PictureFolder
from pipeline.media.video_file import VideoFile
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.pointers import Source, StillsSource
from pipeline.translation.changes import Translating
from pipeline.translation.frame_boxes import FrameBoxes
from pipeline.translation.model_file import Translator, TranslatorCard
from pipeline.translation.steadying import Steady, flicker
from stages.pictures import frames
from stages.translation import translate, video
from tests import clips
from tests.translation import toys

NAMES = ["a/1.png", "a/2.jpg", "b.webp", "long.png"]
SIZES = [(40, 30), (16, 16), (9, 50), (200, 3)]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    generator, _ = toys.networks(3)
    Translator(generator, TranslatorCard(toys.NETWORKS, toys.DOMAINS, True, toys.SIZE)).save(path)
    return path


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a collection, with its pictures in ``given``."""
    made = tmp_path_factory.mktemp("album")
    for name, (width, height) in zip(NAMES, SIZES, strict=True):
        path = made / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        across = np.linspace(0, 255, width)[None, :, None]
        pixels = np.broadcast_to(across, (height, width, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(path, lossless=True)
    folder = PictureFolder.open(made / "given")
    files = list(folder.files)
    StillsSource(str(folder.path), folder.fingerprint, files).save(made / "source.stills.json")
    given = Files({"source": [], "stills": [made / "source.stills.json"]})
    frames.run(given, Files({"frames": [made / "frames.h5"]}), frames.Config(size=32))
    return made


def translated(album: Path, model: Path, folder: Path, **settings: object) -> Path:
    """The folder that the stage makes."""
    labels = [album / "labels.jsonl"]
    inputs = {
        "stills": [album / "source.stills.json"],
        "model": [model],
        "boxes": labels,
        "faces": labels,
    }
    output = folder / "translated" / "translation.json"
    config = msgspec.convert(settings, translate.Config)
    translate.run(Files(inputs), Files({"translation": [output]}), config)
    return output.parent


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def test_names_and_sizes_are_kept_in_a_folder_for_each_domain(
    album: Path, model: Path, tmp_path: Path
) -> None:
    made = translated(album, model, tmp_path)
    for domain in toys.DOMAINS:
        for name, size in zip(NAMES, SIZES, strict=True):
            assert Image.open(made / domain / name).size == size
    assert {path.name for path in made.iterdir()} == {
        *("sheet.png", "translation.json"),
        *toys.DOMAINS,
    }
    facts = msgspec.json.decode((made / "translation.json").read_bytes())
    assert facts == {"targets": toys.DOMAINS, "pictures": NAMES}


def test_one_domain_may_be_chosen_and_seen_more_finely(
    album: Path, model: Path, tmp_path: Path
) -> None:
    usual = translated(album, model, tmp_path, target="dark")
    assert not (usual / "red").exists()
    before = pixels(usual / "dark" / "a" / "1.png")
    finer = pixels(translated(album, model, tmp_path, target="dark", size=30) / "dark" / "a/1.png")
    assert np.abs(before - finer).max() > 0


def test_nothing_changes_where_the_mask_is_empty(album: Path, model: Path, tmp_path: Path) -> None:
    labels = [
        Label(picture="a/1.png", kind="box", value="face", box=(0, 0, 8, 30)),
        Label(picture="long.png", kind="box"),  # nothing to box
    ]
    write_labels_file(album / "labels.jsonl", labels)
    made = translated(album, model, tmp_path, mask="boxes")
    change = np.abs(pixels(made / "dark/a/1.png") - pixels(album / "given/a/1.png")).sum(-1)
    assert change[:, :6].any() and not change[:, 16:].any()
    for untouched in ("b.webp", "long.png"):
        assert np.array_equal(pixels(made / "red" / untouched), pixels(album / "given" / untouched))


@pytest.mark.parametrize("size", [(30, 20), (16, 16)])
def test_a_translation_of_the_size_that_is_seen_is_the_networks(
    model: Path, size: tuple[int, int]
) -> None:
    translator = Translator.load(model)
    translating = Translating(translator, min(size), toys.ALONE.device)
    picture = np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), np.uint8)
    seen = translating.changes(picture, ["dark"])[0] + picture
    (made,) = translating.translated(picture, ["dark"], None)
    assert np.array_equal(made, np.rint(seen).clip(0, 255))
    assert np.abs(made.astype(int) - picture).mean() > 5


@pytest.mark.parametrize("stage", [translate, video])
def test_a_domain_that_the_model_does_not_know_is_told(stage: object, model: Path) -> None:
    kind = translate if stage is translate else video
    with pytest.raises(
        PipelineError, match=r"drak, and the model translates into bright"
    ) as caught:
        kind.run(Files({"model": [model]}), Files({}), kind.Config(target="drak"))
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert "dark" in str(caught.value.remedy)


def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(PipelineError, match="damaged") as caught:
        Translator.load(tmp_path / "model.safetensors")
    assert caught.value.code == ExitCode.BAD_ARTIFACT


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a video with sound: two scenes, and each drawing held for three pictures."""
    made = tmp_path_factory.mktemp("film")
    held = r"select=not(mod(n\,3)),setpts=N*3/25/TB,fps=25"
    clips.ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=80x48:r=25:d=0.6"),
        *("-f", "lavfi", "-i", "color=c=0x40a0ff:s=80x48:r=25:d=0.6"),
        *clips.sound(1.2),
        *("-filter_complex", f"[0:v]{held}[a];[a][1:v]concat=n=2:v=1[v]", "-map", "[v]"),
        *("-map", "2:a", *clips.H264, "-c:a", "aac", made / "film.mp4"),
    )
    opened = VideoFile.open(made / "film.mp4")
    Source(str(made / "film.mp4"), opened.fingerprint).save(made / "source.video.json")
    given = Files({"source": [made / "source.video.json"], "stills": []})
    frames.run(given, Files({"frames": [made / "frames.h5"]}), frames.Config(size=32))
    return made


def shown(film: Path, model: Path, folder: Path, **settings: object) -> tuple[Path, str]:
    """The video that the stage makes, and its summary."""
    inputs = {
        "source": [film / "source.video.json"],
        "frames": [film / "frames.h5"],
        "model": [model],
        "faces": [folder / "labels.jsonl"],
    }
    outputs = {"video": [folder / "translated.mp4"], "flicker": [folder / "flicker.json"]}
    config = msgspec.convert(settings, video.Config)
    summary = video.run(Files(inputs), Files(outputs), config)
    return folder / "translated.mp4", summary


def decoded(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.array([f.to_ndarray(format="rgb24") for f in container.decode(video=0)], int)


def test_sound_and_times_are_kept_and_held_drawings_translated_once(
    film: Path, model: Path, tmp_path: Path
) -> None:
    made, summary = shown(film, model, tmp_path)
    assert clips.packets(made, "audio") == clips.packets(film / "film.mp4", "audio")
    assert clips.true_times(made) == clips.true_times(film / "film.mp4")
    lengths = [VideoFile.open(path).duration for path in (made, film / "film.mp4")]
    assert abs(lengths[0] - lengths[1]) <= Fraction(1, 25)
    with h5py.File(film / "frames.h5") as file:
        distinct, cuts = len(file["pictures"]), len(file["cuts"])
    assert cuts == 1 and distinct < 12
    assert summary.startswith(f"{distinct} drawings of 1.2 s in bright, dark, red")


def test_each_scene_is_in_the_next_domain(film: Path, model: Path, tmp_path: Path) -> None:
    turns, bright, dark = (
        decoded(shown(film, model, tmp_path, target=target, steady=False)[0])
        for target in ("next", "bright", "dark")
    )
    assert np.abs(turns[:12] - bright[:12]).mean() < 1 < np.abs(bright - dark).mean()
    assert np.abs(turns[-12:] - dark[-12:]).mean() < 1


def test_the_original_may_be_at_its_left(film: Path, model: Path, tmp_path: Path) -> None:
    made = decoded(shown(film, model, tmp_path, beside=True)[0])
    original = decoded(film / "film.mp4")
    assert made.shape[1:3] == (48, 160)
    assert np.abs(made[:, :, :80] - original).mean() < 8
    assert np.abs(made[:, :, 80:] - original).mean() > 8


@pytest.mark.parametrize("mask", ["faces", "boxes"])
def test_only_what_is_boxed_changes_and_softly(
    film: Path, model: Path, tmp_path: Path, mask: str
) -> None:
    labels = [
        Label(picture="0", kind="box", value="face", box=(0, 0, 30, 48)),
        Label(picture="9", kind="box"),  # from here on there is nothing to box
    ]
    write_labels_file(tmp_path / "labels.jsonl", labels)
    settings = {"mask": mask, "target": "dark", "encoding": {"crf": 4}}
    if mask == "boxes":
        settings["boxes"] = str(tmp_path / "labels.jsonl")
    made = decoded(shown(film, model, tmp_path, **settings)[0])
    change = np.abs(made - decoded(film / "film.mp4")).mean((3, 1))  # frames × columns
    assert change[:9, :20].min() > 8
    assert change[:9, 50:].max() < 4 and change[9:].max() < 4
    edge = change[0, 22:44]
    assert change[0, 20] > edge[4:18].mean() > change[0, 50]


def test_boxes_hold_until_others_are_drawn_or_the_scene_ends(film: Path, tmp_path: Path) -> None:
    with h5py.File(film / "frames.h5") as file:
        cut, row = int(file["cuts"][0]), file["row"][:]
    one, two = (Label(picture=n, kind="box", box=(0, 0, 9, 9)) for n in ("3", "6"))
    nothing = Label(picture="9", kind="box")
    boxes = FrameBoxes([one, two, nothing], Frames.load(film / "frames.h5"))
    assert row[3] == row[5] != row[6]
    assert [boxes(n) for n in (0, 3, 5, 6, 8, 9, cut - 1)] == [
        [], [one], [one], [two], [two], [nothing], [nothing]
    ]  # fmt: skip
    assert boxes(cut) == boxes(len(row) + 5) == []


def test_faces_of_another_video_are_told(film: Path, tmp_path: Path) -> None:
    write_labels_file(tmp_path / "faces.jsonl", [Label(picture="999", kind="box")])
    with pytest.raises(
        PipelineError, match="boxes of 999, and the video has frames up to"
    ) as found:
        FrameBoxes.detected(tmp_path / "faces.jsonl", Frames.load(film / "frames.h5"))
    assert found.value.code == ExitCode.BAD_ARTIFACT
    with pytest.raises(PipelineError, match="needs boxes"):
        video.check(video.Config(mask="boxes"), {})


def test_a_still_part_keeps_its_translation() -> None:
    draws = np.random.default_rng(1)
    seen = draws.integers(0, 200, (32, 32, 3), np.uint8)
    later = seen.copy()
    later[:8, :8] += 40
    first, second = draws.normal(0, 20, (2, 32, 32, 3)).astype(np.float32)
    steady = Steady()
    assert np.array_equal(steady(seen, first), first)
    kept = steady(later, second)
    assert np.allclose(kept[:8, :8], second[:8, :8], atol=1e-4)
    assert np.array_equal(kept[16:, 16:], first[16:, 16:])
    restless, calm = flicker(seen, later, first, second), flicker(seen, later, first, kept)
    assert calm.translated < 0.1 * restless.translated
    assert restless.pixels == calm.pixels == 32 * 32 - 64
    steady.scene_begins()
    assert np.array_equal(steady(seen, second), second)


def test_slow_changes_add_up() -> None:
    steady, change = Steady(), np.zeros((8, 8, 3), np.float32)
    for level in range(10):
        seen = np.full((8, 8, 3), 100 + 2 * level, np.uint8)
        shown = steady(seen, change + level)
    assert shown.min() >= 7


def test_a_killed_run_leaves_no_half_of_a_folder(album: Path, model: Path, tmp_path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from pipeline.translation import changes
from tests.translation import test_translating as tests
whole, seen = changes.Translating.translated, []
def mortal(*arguments):
    seen.append(1)
    if len(seen) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*arguments)
changes.Translating.translated = mortal
tests.translated(Path({str(album)!r}), Path({str(model)!r}), Path({str(tmp_path)!r}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ | {"YAJIUMA_DEVICE": "cpu"}
    )
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "translated").exists()
    translated(album, model, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["translated"]
