"""The stage itself on a small clip; its parts have tests of their own."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.explanation.spelling import Speller
from pipeline.engine.stage import Files
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture
from pipeline.media.probe import probe
from pipeline.media.video_file import VideoFile
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.json_lines import write_lines
from pipeline.sources.pointers import Source
from stages.danmaku import attention
from tests import clips
from tests.attending import SIDE, comment

PEAK, EVIDENCE_PEAK = 6, 9
MAX_MAPS = 40
"""Words of a comment that ``explain`` makes maps of."""


def explained(comments: tuple[GeneratedComment, ...], positions: int = SIDE**2) -> Explained:
    """All attention on one position and all saliency on another; frames are of a fifth second."""
    counts = [min(MAX_MAPS, len(one.words) + 1) if positions else 0 for one in comments]
    first_map = np.cumsum([0, *counts], dtype=np.int64)
    attention, saliency = np.zeros((2, first_map[-1], positions), np.uint8)
    if positions:
        attention[:, PEAK], saliency[:, EVIDENCE_PEAK] = 255, 255
    n = len(comments)
    return Explained(
        seen_s=np.array([one.frame / 5 + 0.1 for one in comments]),
        words=[one.words for one in comments],
        first_map=first_map,
        attention=attention,
        saliency=saliency,
        attention_peak=np.full(len(attention), 0.9, np.float32),
        saliency_peak=np.full(len(attention), 0.5, np.float32),
        nats=np.ones(n, np.float32),
        mean_nats=np.ones(n, np.float32),
        word_nats=np.empty(0, np.float32),
        word_rank=np.empty(0, np.int64),
        rank=np.ones(n, np.int64),
        candidates=np.ones(n, np.int64),
        copies=np.zeros(n, np.int64),
        near=np.full((n, 4), -1),
        similarity=np.zeros((n, 4), np.float32),
        learned_video=[],
        learned_s=np.empty(0),
        learned_picture=[],
        learned_comments=[],
    )


@dataclass
class Project:
    """The files of one video."""

    folder: Path

    def say(self, *comments: GeneratedComment, positions: int = SIDE**2) -> None:
        write_lines(self.folder / "generated.jsonl", comments)
        explained(comments, positions).save(self.folder / "explained.h5")

    @property
    def strips(self) -> Path:
        return self.folder / "attention.png"

    @property
    def animation(self) -> Path:
        return self.folder / "attention.mp4"

    def run(self, **settings: object) -> str:
        named = {
            "source": "source.video.json",
            "comments": "generated.jsonl",
            "explained": "explained.h5",
        }
        assert named.keys() == {*attention.STAGE.inputs, "source"}
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
    """One second of five frames, and three comments."""
    clip = clips.constant(tmp_path / "clip.mp4", size="64x48", rate="5")
    Source(str(clip), "0").save(tmp_path / "source.video.json")
    project = Project(tmp_path)
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


@pytest.mark.parametrize(("kind", "place"), [("attention", PEAK), ("saliency", EVIDENCE_PEAK)])
def test_heat_lies_where_the_model_looked(project: Project, kind: str, place: int) -> None:
    project.run(max_comments=1, map=kind)
    with Image.open(project.strips) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    cell = pixels[24 + 36 + 13 + 36 :, 24 + 188 + 10 : 24 + 2 * 188 + 10][:140]
    found = np.linalg.norm(cell - (252, 255, 164), axis=2)  # the hottest of inferno's colours
    y, x = np.unravel_index(found.argmin(), found.shape)
    assert (y * SIDE // 140, x * SIDE // 188) == divmod(place, SIDE)


def test_words_and_seconds_choose_comments(project: Project) -> None:
    assert project.run(words=("チノ",)) == "2 comments, 5 words and end marks"
    assert project.run(at=(0.9,), max_comments=1) == "1 comment, 2 words and end marks"
    assert project.run(words=("かわいい",), at=(1.0,)) == "1 comment, 3 words and end marks"


def test_the_same_settings_give_the_same_bytes(project: Project) -> None:
    files = []
    for _ in range(2):
        project.run()
        files.append((project.strips.read_bytes(), project.animation.read_bytes()))
    assert files[0] == files[1]


def test_the_picture_is_the_one_that_the_model_was_shown(project: Project) -> None:
    """Frames of luma 16, 46, 76, …"""
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
    assert project.run() == "2 comments, 41 words and end marks"


def test_words_that_nobody_said_are_an_error(project: Project) -> None:
    error = project.refused(words=("リゼ",))
    assert error.code == ExitCode.NOTHING_USABLE
    assert "リゼ" in error.problem


def test_a_model_without_attention_is_an_error(project: Project) -> None:
    project.say(comment(0, "w"), positions=0)
    error = project.refused()
    assert error.code == ExitCode.BAD_ARTIFACT
    assert "attention: additive" in error.remedy


def test_a_failure_half_way_leaves_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*request: object) -> Picture:
        raise PipelineError(ExitCode.FFMPEG_FAILED, "a fault", "A remedy")

    monkeypatch.setattr(VideoFile, "picture_at", fail)
    assert project.refused().code == ExitCode.FFMPEG_FAILED


def test_what_no_font_has_is_told(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    project.say(comment(0, "\U000e0fff"))
    project.run()
    assert "\U000e0fff" in caplog.text
