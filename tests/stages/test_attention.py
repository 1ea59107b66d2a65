"""The stage itself on a small clip; its parts have tests of their own."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.captioning.captioner import Captioner
from pipeline.captioning.model_file import Model, ModelCard, save_model
from pipeline.danmaku.comments.comments_file import GeneratedComment, write_lines
from pipeline.danmaku.drawing.lettering import Lettering
from pipeline.danmaku.explanation.spelling import Speller
from pipeline.engine.stage import Files
from pipeline.media.probe import probe
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.pointers import Source
from stages.danmaku import attention
from stages.pictures import frames
from tests import clips
from tests.attending import SIDE, VOCABULARY, captioner, comment, features, peaks, staring
from tests.captioning.conftest import features_file

PEAK = 6


@dataclass
class Project:
    """The files of one video and a model."""

    folder: Path

    def save(self, network: Captioner, tap: str = "tap") -> None:
        card = ModelCard(network.spec, "toy", "none", tap)
        save_model(self.model, Model(network, card, VOCABULARY))

    def say(self, *comments: GeneratedComment) -> None:
        write_lines(self.folder / "generated.jsonl", comments)

    @property
    def model(self) -> Path:
        return self.folder / "demo" / "model.safetensors"

    @property
    def strips(self) -> Path:
        return self.folder / "attention.png"

    @property
    def animation(self) -> Path:
        return self.folder / "attention.mp4"

    def run(self, **settings: object) -> str:
        named = {
            "source": "source.video.json",
            "frames": "frames.h5",
            "features": "features.h5",
            "comments": "generated.jsonl",
            "model": "demo/model.safetensors",
        }
        inputs = Files({name: [self.folder / path] for name, path in named.items()})
        outputs = Files({"strips": [self.strips], "animation": [self.animation]})
        return attention.run(inputs, outputs, attention.Config(**settings))  # type: ignore[arg-type]

    def refused(self, **settings: object) -> PipelineError:
        """The error of a run that must fail and leave nothing."""
        with pytest.raises(PipelineError) as caught:
            self.run(**settings)
        assert not list(self.folder.glob("*attention*"))
        assert not list(self.folder.glob(".*"))
        return caught.value


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """One second of five frames, each with a picture of its own, on which one place stands out."""
    clip = clips.constant(tmp_path / "clip.mp4", size="64x48", rate="5")
    Source(str(clip), "0").save(tmp_path / "source.video.json")
    frames.run(
        Files({"source": [clip]}),
        Files({"frames": [tmp_path / "frames.h5"]}),
        frames.Config(size=32, dedupe="off"),
    )
    assert len(Frames.load(tmp_path / "frames.h5").row) == 5
    features_file(tmp_path / "features.h5", tap=peaks([PEAK] * 5))
    project = Project(tmp_path)
    project.save(staring())
    project.say(comment(100, "チノ", "かわいい"), comment(500, "w"), comment(900, "チノ"))
    return project


def test_comments_become_strips_and_an_animation(project: Project) -> None:
    assert project.run() == "3 comments, 7 words and end marks"
    with Image.open(project.strips) as image:
        assert image.format == "PNG"
        assert image.width == 860
    video = probe(project.animation)
    assert video.duration == pytest.approx(0.6 * (3 + 7))
    assert (video.width, video.height) == Speller(64 / 48, Lettering()).size
    assert video.sound_codecs == ()
    assert not list(project.folder.glob(".*"))


def test_heat_lies_where_the_model_looked(project: Project) -> None:
    project.run(most=1)
    with Image.open(project.strips) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    cell = pixels[24 + 36 + 13 + 36 :, 24 + 188 + 10 : 24 + 2 * 188 + 10][:140]
    found = np.linalg.norm(cell - (252, 255, 164), axis=2)  # the hottest of inferno's colours
    y, x = np.unravel_index(found.argmin(), found.shape)
    assert (y * SIDE // 140, x * SIDE // 188) == divmod(PEAK, SIDE)


def test_words_and_seconds_choose_comments(project: Project) -> None:
    assert project.run(words=("チノ",)) == "2 comments, 5 words and end marks"
    assert project.run(at=(0.9,), most=1) == "1 comments, 2 words and end marks"
    assert project.run(words=("かわいい",), at=(1.0,)) == "1 comments, 3 words and end marks"


def test_the_same_settings_give_the_same_bytes(project: Project) -> None:
    project.save(captioner())
    features_file(project.folder / "features.h5", tap=features(5))
    files = []
    for _ in range(2):
        project.run()
        files.append((project.strips.read_bytes(), project.animation.read_bytes()))
    assert files[0] == files[1]


def test_the_picture_is_the_one_that_the_model_was_shown(project: Project) -> None:
    """Frames of luma 16, 26, 36, …; the last shares the picture of the fourth."""
    clip = project.folder / "clip.mp4"
    grey = "color=s=64x48:r=5:d=1,format=yuv420p,geq=lum=16+30*N:cb=128:cr=128"
    clips.ffmpeg("-f", "lavfi", "-i", grey, *clips.H264, clip)
    for frame, level in ((0, 0), (2, 60), (4, 120)):
        project.say(comment(200 * frame, "w"))
        project.run()
        with Image.open(project.strips) as image:
            shown = np.asarray(image)[150, 100].tolist()
        assert shown == pytest.approx([level * 255 / 219] * 3, abs=4)


def test_lines_that_people_wrote_are_shown_too(project: Project) -> None:
    project.say(comment(0, "知らない\n言葉", *["チノ"] * 90), comment(100, frame=0))
    assert project.run() == "2 comments, 42 words and end marks"


@pytest.mark.parametrize("frame", [-1, 5])
def test_a_frame_that_is_not_there_is_an_error(project: Project, frame: int) -> None:
    project.say(comment(0, "w", frame=frame))
    assert project.refused().code == ExitCode.BAD_ARTIFACT


def test_words_that_nobody_said_are_an_error(project: Project) -> None:
    error = project.refused(words=("リゼ",))
    assert error.code == ExitCode.NO_USABLE_COMMENTS
    assert "リゼ" in error.problem


def test_a_model_without_attention_is_an_error(project: Project) -> None:
    project.save(captioner(attention="none"))
    features_file(project.folder / "features.h5", tap=features(5).mean(1))
    error = project.refused()
    assert error.code == ExitCode.BAD_ARTIFACT
    assert "attention: additive" in error.remedy


def test_features_of_another_network_are_an_error(project: Project) -> None:
    project.save(staring(), tap="another")
    assert project.refused().code == ExitCode.BAD_ARTIFACT


def test_a_failure_half_way_leaves_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, seconds: float, width: int) -> bytes:
        raise PipelineError(ExitCode.FFMPEG_FAILED, "a fault", "A remedy")

    monkeypatch.setattr("pipeline.media.decode.still", fail)
    assert project.refused().code == ExitCode.FFMPEG_FAILED


def test_what_no_font_has_is_told(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    project.say(comment(0, "\U000e0fff"))
    project.run()
    assert "\U000e0fff" in caplog.text
