"""The stages that draw, on small clips; their parts have tests of their own."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageSequence

from pipeline.danmaku.comments.comments_file import GeneratedComment, TokenizedComment
from pipeline.engine.stage import Files
from pipeline.media import hardware
from pipeline.media.ffmpeg import ffmpeg_path
from pipeline.media.probe import probe
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.json_lines import write_lines
from stages.danmaku import export, overlay, render, report, stills
from tests import clips
from tests.faces.tracks.test_tracks import write_item


def generated(time_ms: int, text: str, *commands: str) -> GeneratedComment:
    return GeneratedComment(
        time_ms=time_ms, text=text, commands=list(commands), words=[], frame=0, viewers=1
    )


def viewers(time_ms: int, text: str, *commands: str, fork: str = "main") -> TokenizedComment:
    return TokenizedComment(
        time_ms=time_ms, text=text, commands=list(commands), words=[], parts=[], fork=fork
    )


Paths = dict[str, list[Path]]


@dataclass
class Video:
    """A grey clip of four seconds with comments of both kinds."""

    folder: Path

    @property
    def clip(self) -> Path:
        return self.folder / "clip.mp4"

    def run(
        self,
        stage: ModuleType,
        output: str,
        beside: bool = True,
        more: Paths | None = None,
        **settings: Any,
    ) -> str:
        target = settings.get("target", "generated")
        inputs = {"source": [self.clip], "comments": [self.folder / f"{target}.jsonl"]}
        inputs["viewers"] = [self.folder / "comments.jsonl"] if beside else []
        inputs |= {"faces": [], "frames": [], **(more or {})}
        (name,) = stage.STAGE.outputs
        outputs = Files({name: [self.folder / output]})
        summary: str = stage.run(Files(inputs), outputs, stage.Config(**settings))
        return summary

    def picture(self, output: str, second: float, *decoder: str) -> npt.NDArray[np.uint8]:
        """(height, width, 4) RGBA of one picture."""
        info = probe(self.folder / output)
        command = [ffmpeg_path(), "-v", "error", "-ss", str(second), *decoder]
        command += ["-i", str(self.folder / output), "-frames:v", "1"]
        command += ["-f", "rawvideo", "-pix_fmt", "rgba", "-"]
        raw = subprocess.run(command, check=True, capture_output=True).stdout
        return np.frombuffer(raw, np.uint8).reshape(info.height, info.width, 4)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Video:
    made = Video(tmp_path_factory.mktemp("video"))
    grey = ("-f", "lavfi", "-i", "color=gray:s=320x180:r=10:d=4,format=yuv420p")
    clips.ffmpeg(*grey, *clips.H264, made.clip)
    write_lines(made.folder / "generated.jsonl", [generated(0, "■■■", "ue", "red", "@3")])
    both = [viewers(0, "■■■", "shita", "blue", "@3"), viewers(9000, "後")]
    write_lines(made.folder / "comments.jsonl", both)
    return made


TOP, BOTTOM = (8, 160), (172, 160)


def like(pixel: npt.NDArray[np.uint8], *color: int) -> bool:
    return bool(np.abs(pixel[:3].astype(int) - color).max() < 50)


def test_render_draws_what_is_asked_for(video: Video) -> None:
    said = video.run(render, "generated.mp4")
    assert said.startswith("1 comment over 4.0 s, ")
    picture = video.picture("generated.mp4", 1)
    assert like(picture[TOP], 255, 0, 0)
    assert like(picture[BOTTOM], 128, 128, 128)
    video.run(render, "comments.mp4", target="comments")
    picture = video.picture("comments.mp4", 1)
    assert like(picture[TOP], 128, 128, 128)
    assert like(picture[BOTTOM], 0, 0, 255)


def test_render_shows_both_in_layers_of_one_colour_each(video: Video) -> None:
    video.run(render, "layers.mp4", viewers="layers")
    picture = video.picture("layers.mp4", 1)
    assert like(picture[TOP], 255, 170, 60)
    assert like(picture[BOTTOM], 255, 255, 255)
    assert not like(picture[172, 5:40].max(0), 128, 128, 128)


def test_labels_can_be_left_out(video: Video) -> None:
    video.run(render, "halves.mp4", viewers="halves", labels=False)
    picture = video.picture("halves.mp4", 1)
    assert like(picture[90, 320], 128, 128, 128)
    assert like(picture[172, 5:40].max(0), 128, 128, 128)


def test_render_shows_both_in_halves(video: Video) -> None:
    video.run(render, "halves.mp4", viewers="halves")
    picture = video.picture("halves.mp4", 1)
    assert picture.shape == (180, 640, 4)
    left, right = picture[:, :320], picture[:, 320:]
    assert not like(left[172, 5:40].max(0), 128, 128, 128)
    assert like(picture[90, 320], 216, 216, 216)
    assert like(left[BOTTOM], 0, 0, 255)
    assert like(left[TOP], 128, 128, 128)
    assert like(right[TOP], 255, 0, 0)
    assert like(right[BOTTOM], 128, 128, 128)


def test_render_says_where_viewers_comments_are_missing(video: Video) -> None:
    with pytest.raises(PipelineError) as caught:
        video.run(render, "none.mp4", beside=False, viewers="halves")
    assert caught.value.code == ExitCode.COMMENTS_MISSING
    assert not (video.folder / "none.mp4").exists()
    with pytest.raises(ValueError, match="viewers"):
        render.Config(target="comments", viewers="layers")


@pytest.mark.parametrize("codec", ["hevc", "av1"])
def test_render_knows_other_codecs_and_rates(video: Video, codec: str) -> None:
    video.run(render, f"{codec}.mp4", codec=codec, fps=20, preset="ultrafast")
    info = probe(video.folder / f"{codec}.mp4")
    assert info.rate == 20
    assert clips.packet_count(info.path) == 80
    assert like(video.picture(f"{codec}.mp4", 1)[TOP], 255, 0, 0)


@pytest.mark.parametrize(("ending", "decoder"), [("mov", ()), ("webm", ("-c:v", "libvpx-vp9"))])
def test_overlays_are_clear_where_there_is_no_text(
    video: Video, ending: str, decoder: tuple[str, ...]
) -> None:
    video.run(overlay, f"overlay.{ending}", format=ending, fps=5)
    assert clips.packet_count(video.folder / f"overlay.{ending}") == 20
    picture = video.picture(f"overlay.{ending}", 1, *decoder)
    assert like(picture[TOP], 255, 0, 0)
    assert picture[TOP][3] > 245
    assert picture[60:, :, 3].max() < 8
    assert video.picture(f"overlay.{ending}", 3.5, *decoder)[..., 3].max() < 8


def test_moments_are_those_asked_for(video: Video) -> None:
    said = video.run(stills, "asked.png", at=(1.0, 3.5), width=160)
    assert said.startswith("2 moments (1.0, 3.5 s)")
    with Image.open(video.folder / "asked.png") as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
    assert pixels.shape[1] == 12 + 2 * (160 + 12)
    assert like(pixels[12 + 4, 12 + 80], 255, 0, 0)
    assert like(pixels[12 + 4, 12 + 160 + 12 + 80], 128, 128, 128)


def test_moments_in_motion(video: Video) -> None:
    video.run(stills, "stills.gif", format="gif", at=(0.0, 2.0), width=160, seconds=1.0)
    with Image.open(video.folder / "stills.gif") as gif:
        assert gif.size == (160, 90)
        shown = sum(picture.info["duration"] for picture in ImageSequence.Iterator(gif))
        first = np.asarray(gif.convert("RGB"))
    assert 1700 <= shown <= 2100  # milliseconds; the clip's ten pictures a second fill 12.5
    assert first.shape == (90, 160, 3)


def test_a_moment_past_the_end_is_refused(video: Video) -> None:
    with pytest.raises(PipelineError) as caught:
        video.run(stills, "late.png", at=(99.0,))
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert "99" in caught.value.problem


def test_moments_are_those_of_the_best_faces(video: Video) -> None:
    item = write_item(video.folder / "ranked", [{"a": (140.0, 0.0, 180.0, 40.0)}] * 16)
    ranking = item / "ranking.csv"
    ranking.write_text("rank,picture\n1,24\n2,25\n3,2\n4,12\n", "utf-8-sig")
    more = {"ranking": [ranking], "frames": [item / "frames.h5"]}
    said = video.run(stills, "best.png", more=more, best="faces", max_count=2)
    assert said.startswith("2 moments (0.1, 1.5 s)")  # those of 25 are too near to those of 24


def test_comments_avoid_faces_that_were_found(video: Video) -> None:
    item = write_item(video.folder / "faces", [{"a": (140.0, 0.0, 180.0, 40.0)}] * 16)
    inputs = {
        "source": [video.clip],
        "stills": [],
        "comments": [video.folder / "generated.jsonl"],
        "faces": [item / "faces.jsonl"],
        "frames": [item / "frames.h5"],
    }
    outputs = Files({"export": [video.folder / "layout.json"]})
    export.run(Files(inputs), outputs, export.Config(format="layout.json", target="generated"))

    (placed,) = json.loads((video.folder / "layout.json").read_bytes())["comments"]
    assert placed["y"] >= 40 / 180 * 1080  # one that is fixed at the top, of three seconds


@pytest.mark.parametrize("stage", [export, overlay, render, report, stills])
def test_faces_are_needed_only_where_they_are_avoided(stage: ModuleType) -> None:
    needless = stage.STAGE.without
    assert "faces" in needless({"layout": {"avoid": "none"}, "format": "ass"})
    assert "faces" not in needless({"layout": {"avoid": "faces"}, "format": "ass"})


def test_a_poster_by_faces_needs_a_ranking_and_no_other_does() -> None:
    needless = report.STAGE.without
    assert needless is not None
    assert "ranking" in needless({"layout": {"avoid": "none"}, "poster": "comments"})
    assert "ranking" not in needless({"layout": {"avoid": "none"}, "poster": "faces"})
    assert "faces" in export.without({"layout": {"avoid": "faces"}, "format": "csv"})


@pytest.fixture(scope="module")
def hdr(video: Video, tmp_path_factory: pytest.TempPathFactory) -> Video:
    """The same comments over a grey clip of ten bits and PQ, 50 cd/m² bright."""
    made = Video(tmp_path_factory.mktemp("hdr"))
    for name in ("generated.jsonl", "comments.jsonl"):
        (made.folder / name).write_bytes((video.folder / name).read_bytes())
    grey = "color=s=320x180:r=10:d=2,format=yuv420p10le,geq=lum=449:cb=512:cr=512"
    tags = "setparams=colorspace=bt2020nc:color_primaries=9:color_trc=16:range=tv"
    x265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error")
    clips.ffmpeg("-f", "lavfi", "-i", f"{grey},{tags}", *x265, made.clip)
    return made


@pytest.mark.parametrize(
    ("settings", "codec", "pixel_format", "said"),
    [
        ({}, "hevc", "yuv420p10le", "HDR (PQ) kept, ten bits, as hevc"),
        ({"codec": "h264"}, "h264", "yuv420p10le", "HDR (PQ) kept, ten bits, as h264"),
        ({"codec": "av1"}, "av1", "yuv420p10le", "HDR (PQ) kept, ten bits, as av1"),
        ({"tonemap": "sdr"}, "h264", "yuv420p", "HDR (PQ) made standard range"),
        ({"eight_bits": True}, "h264", "yuv420p", "dithered down to eight bits, as h264"),
    ],
)
def test_render_says_what_becomes_of_hdr(
    hdr: Video, settings: dict[str, Any], codec: str, pixel_format: str, said: str
) -> None:
    assert said in hdr.run(render, "annotated.mp4", preset="ultrafast", **settings)
    with av.open(str(hdr.folder / "annotated.mp4")) as file:
        context = file.streams.video[0].codec_context
        assert context.codec.canonical_name == codec
        assert context.pix_fmt == pixel_format
    transfer = 1 if "tonemap" in settings else 16
    assert probe(hdr.folder / "annotated.mp4").color_transfer == transfer


def test_moments_of_hdr_are_ordinary_pictures(hdr: Video) -> None:
    hdr.run(stills, "stills.png", target="comments", at=(1.0,), width=320)
    sheet = np.asarray(Image.open(hdr.folder / "stills.png"))[12:192, 12:332]
    assert np.abs(sheet[90, 160].astype(int) - 142).max() < 8
    assert like(sheet[BOTTOM], 0, 0, 255)


def test_render_without_an_encoder_for_ten_bits_says_so(
    hdr: Video, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hardware, "pixel_formats", lambda name: frozenset({"yuv420p"}))
    said = hdr.run(render, "annotated.mp4", preset="ultrafast")
    assert "dithered down to eight bits, as hevc" in said
    assert "no encoder for hevc takes ten bits here" in caplog.text
