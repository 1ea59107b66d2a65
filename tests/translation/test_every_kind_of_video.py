"""Videos of every awkward kind are translated with the same care as comments are drawn on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.video.annotated_video import AnnotatedVideo
from pipeline.engine.stage import Files
from pipeline.media.color_space import space_of
from pipeline.media.colors import Color, bits_of, color_of
from pipeline.media.pixels import Yuv420
from pipeline.media.video_file import VideoFile
from pipeline.pictures.frames_file import Frames
from pipeline.sources.pointers import Source
from pipeline.translation.changes import Translating
from pipeline.translation.model_file import Translator, TranslatorCard
from pipeline.translation.translated_video import TranslatedVideo
from stages.pictures import frames
from stages.translation import video as stage
from tests import clips
from tests.translation import toys


class Brightening(torch.nn.Module):
    """Every value is 40 grey levels more in the first domain, as much less in the second."""

    def forward(self, pictures: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return (
            pictures + ((targets @ torch.tensor([40.0, -40.0, 0.0])) / 127.5)[:, None, None, None]
        )


HDR = "format=yuv444p10le,setparams=colorspace=bt2020nc:color_primaries=9:color_trc={}:range=tv"
X265 = ("-c:v", "libx265", "-crf", "2", "-x265-params", "log-level=error:max-cll=900,300")
SHORT = clips.pictures("64x48", "10", 0.6)


def made(kind: str, folder: Path) -> Path:
    """A clip of a kind."""
    path, plain = folder / f"{kind}.mkv", folder / "plain.mp4"
    match kind:
        case "pq":
            odd = clips.pictures("75x49", "10", 0.6)
            clips.ffmpeg(*odd, "-vf", HDR.format(16), *X265, path)
        case "hlg":
            clips.ffmpeg(*SHORT, "-vf", HDR.format(18), *X265, path)
        case "ten bits":
            clips.ffmpeg(*SHORT, "-pix_fmt", "yuv420p10le", *X265, path)
        case "full range":
            full = "scale=out_range=pc,setparams=range=pc"
            clips.ffmpeg(*SHORT, "-vf", full, *clips.H264[:-2], "-pix_fmt", "yuvj420p", path)
        case "anamorphic":
            clips.ffmpeg(*SHORT, "-vf", "setsar=16/11", *clips.H264, path)
        case "rotated":
            clips.ffmpeg(*SHORT, *clips.H264, plain)
            path = path.with_suffix(".mp4")
            clips.ffmpeg("-display_rotation", "90", "-i", plain, "-c", "copy", path)
        case "interlaced":
            codec = ("-c:v", "libx264", "-flags", "+ilme+ildct", "-pix_fmt", "yuv420p")
            clips.ffmpeg(*clips.pictures(rate="50", seconds=0.6), "-vf", "interlace", *codec, path)
        case "variable rate":
            clips.variable_rate(path)
        case "outlasted by sound":
            clips.ffmpeg(*SHORT, *clips.sound(1.5), *clips.H264, path)
    return path


def known(path: Path) -> tuple[VideoFile, Frames]:
    """A video with its ``frames.h5``."""
    video = VideoFile.open(path)
    folder = path.parent
    Source(str(path), video.fingerprint).save(folder / "source.video.json")
    given = Files({"source": [folder / "source.video.json"], "stills": []})
    frames.run(given, Files({"frames": [folder / "frames.h5"]}), frames.Config(size=32))
    return video, Frames.load(folder / "frames.h5")


def model(folder: Path) -> Path:
    generator, _ = toys.networks(3)
    path = folder / "model.safetensors"
    Translator(generator, TranslatorCard(toys.NETWORKS, toys.DOMAINS, True, toys.SIZE)).save(path)
    return path


def translated(path: Path, target: str, color: Color) -> list[tuple[int, Yuv420]]:
    """Times and planes of a video in a domain."""
    video, tables = known(path)
    card = TranslatorCard(toys.NETWORKS, toys.DOMAINS, True, toys.SIZE)
    translator = Translator(Brightening(), card)  # type: ignore[arg-type]
    whole = TranslatedVideo(
        video,
        tables,
        Translating(translator, None, toys.ALONE.device),
        [target],
        color=color,
        mask=None,
        steady=True,
        beside=False,
    )
    return [(pts, planes.copy()) for pts, planes in whole.pictures()]


def rendered(path: Path) -> tuple[Color, list[tuple[int, Yuv420]]]:
    """The same without any comments, as ``render`` shows it."""
    video = VideoFile.open(path)
    color = color_of(video, bits_of(video))
    bare = AnnotatedVideo(video, [Layout([], [], Screen())], target_color=color).pictures()
    return color, [(pts, planes.copy()) for pts, planes in bare]


HIGH = ("pq", "hlg")
STANDARD = (
    *("ten bits", "full range", "anamorphic", "rotated", "interlaced"),
    *("variable rate", "outlasted by sound"),
)


@pytest.mark.parametrize("kind", [*HIGH, *STANDARD])
def test_what_is_not_changed_is_what_render_shows(kind: str, tmp_path: Path) -> None:
    path = made(kind, tmp_path)
    color, bare = rendered(path)
    same = translated(path, "red", color)
    assert [pts for pts, _ in same] == [pts for pts, _ in bare]
    for (_, one), (_, other) in zip(same, bare, strict=True):
        assert one.dtype == other.dtype and np.array_equal(one, other)


@pytest.mark.parametrize("kind", STANDARD)
def test_what_is_brightened_is_so_in_any_depth_and_range(kind: str, tmp_path: Path) -> None:
    path = made(kind, tmp_path)
    color, bare = rendered(path)
    unit, span = 1 << color.bits - 8, 1.0 if color.full_range else 219 / 255
    for (_, one), (_, other) in zip(translated(path, "bright", color), bare, strict=True):
        height = len(one) * 2 // 3
        raised = one[:height].astype(float) - other[:height]
        room = other[:height] < (235 - 45) * unit
        assert np.abs(raised[room] - 40 * span * unit).max() <= unit
        assert np.abs(one[height:].astype(float) - other[height:]).max() <= unit


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_seen_and_changed_as_on_a_screen_of_standard_range(
    transfer: int, tmp_path: Path
) -> None:
    color = Color("bt2020nc", primaries=9, transfer=transfer, bits=10)
    before, after = (int(space_of(color).encode([grey] * 3)[0]) for grey in (128, 168))
    grey = f"color=s=64x48:r=10:d=0.3,format=yuv444p10le,geq=lum={before}:cb=512:cr=512"
    path = tmp_path / "grey.mkv"
    tagged = HDR.format(transfer).partition(",")[2]
    clips.ffmpeg("-f", "lavfi", "-i", f"{grey},{tagged}", *X265, path)
    for _, planes in translated(path, "bright", color_of(VideoFile.open(path), 10)):
        assert np.abs(planes[:48].astype(int) - after).max() <= 5
        assert np.abs(planes[48:].astype(int) - 512).max() <= 5


def test_a_translated_file_has_light_shape_and_codec_of_the_video(tmp_path: Path) -> None:
    path = made("pq", tmp_path)
    video, _ = known(path)
    inputs = {
        "source": [tmp_path / "source.video.json"],
        "frames": [tmp_path / "frames.h5"],
        "model": [model(tmp_path)],
    }
    outputs = {"video": [tmp_path / "translated.mp4"], "flicker": [tmp_path / "flicker.json"]}
    summary = stage.run(Files(inputs), Files(outputs), stage.Config())
    assert "HDR (PQ) kept, ten bits, as hevc" in summary
    shown = VideoFile.open(tmp_path / "translated.mp4")
    assert color_of(shown, bits_of(shown)) == color_of(video, 10)
    assert shown.mastering.levels == (900, 300)
    assert (shown.width, shown.height) == video.even_size
    assert clips.true_times(tmp_path / "translated.mp4") == clips.true_times(path)
