"""Show a video in another domain, or each scene in the next one; its sound is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import OwnFile, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.media.encoding_settings import EncodingSettings

if TYPE_CHECKING:
    from pipeline.media.video_file import VideoFile
    from pipeline.pictures.frames_file import Frames
    from pipeline.translation.translated_video import Mask


class Config(StageConfig, frozen=True):
    """Into which domain, how finely and steadily, and how the video is encoded."""

    target: str = "next"
    """A domain of the model; ``next``: the first scene is in the first one, and so on."""
    size: Annotated[int, Meta(ge=8, le=2048)] | None = None
    """Pixels of the shorter side at which the translator sees pictures; null takes what it learned
    from. More gives finer changes."""
    mask: Literal["none", "boxes", "faces", "saliency"] = "none"
    """Where pictures may change: everywhere, within ``boxes`` or around faces, or where they stand
    out."""
    boxes: OwnFile | None = None
    """A file or folder of boxes, whose pictures are called by the numbers of frames, from 0."""
    steady: bool = True
    """Whether parts of a scene that do not change keep their translation."""
    beside: bool = False
    """Whether the video itself is shown at the left of its translation."""
    encoding: EncodingSettings = EncodingSettings()


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError INVALID_SETTING for a mask of boxes without any."""
    from pipeline.runtime.errors import ExitCode, PipelineError

    if config.mask == "boxes" and config.boxes is None:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            "`translation: video: mask: boxes` needs boxes",
            "Name a file of them: `translation: video: boxes: path/to/boxes.xml`",
        )


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``translated.mp4`` and ``flicker.json``."""
    from dataclasses import asdict

    from pipeline.learning.device import best_device
    from pipeline.media.encode import VideoFormat, encoder
    from pipeline.media.stream_copy import left_out, lost_in
    from pipeline.media.video_encoding import depth_and_range, encoding
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.atomic_files import published, write_json
    from pipeline.runtime.logs import log
    from pipeline.runtime.progress import progress
    from pipeline.runtime.quantities import counted, size_text
    from pipeline.sources.pointers import open_video
    from pipeline.translation.changes import Translating, chosen_targets
    from pipeline.translation.model_file import Translator
    from pipeline.translation.translated_video import TranslatedVideo

    translator = Translator.load(inputs["model"])
    setting = "translation: video: target:"
    targets = chosen_targets(config.target, translator.card.domains, setting, "next")
    video = open_video(inputs["source"])
    color, codec = encoding(video, config.encoding)
    if lost := left_out(video, "mp4"):
        log.warning("an mp4 cannot hold %s; they are left out", ", ".join(lost))
    frames = Frames.load(inputs["frames"])
    translated = TranslatedVideo(
        video,
        frames,
        Translating(translator, config.size, best_device()),
        targets,
        color=color,
        mask=_mask(inputs, config, video, frames),
        steady=config.steady,
        beside=config.beside,
    )
    made = VideoFormat(
        size=translated.size,
        rate=video.held_rate,
        unit=video.time_unit,
        codec=codec,
        sample_aspect=video.sample_aspect,
        color=color,
    )
    with (
        progress(video.frame_count, "translate", "pictures") as on_progress,
        published(outputs["video"]) as temporary,
    ):
        with encoder(temporary, made, source=video, on_progress=on_progress) as sink:
            for pts, planes in translated.pictures():
                sink.write(planes, pts)
        if lost := lost_in(temporary, video):
            log.warning("%s cannot be decoded, and is left out", ", ".join(lost))
    flicker = translated.flicker
    write_json(outputs["flicker"], asdict(flicker) | {"over_source": flicker.over_source})
    result = f"{counted(translated.translated, 'drawing')} of {float(video.duration):.1f} s"
    result += f" in {', '.join(targets)}, {size_text(outputs['video'].stat().st_size)}"
    if flicker.over_source is not None:
        result += f"; still parts flicker {flicker.over_source:.2f} times as much as the video's"
    return result + depth_and_range(video, color, codec)


def _mask(inputs: Files, config: Config, video: VideoFile, frames: Frames) -> Mask | None:
    """What gives the mask of a picture; None where all of it may change."""
    from pathlib import Path

    from pipeline.translation.frame_boxes import FrameBoxes
    from pipeline.translation.masks import box_mask, saliency_mask

    if config.mask == "none":
        return None
    if config.mask == "saliency":
        return lambda number, seen: saliency_mask(seen)
    shape = (round(video.width * video.sample_aspect), video.height)
    if config.mask == "faces":
        boxes = FrameBoxes.detected(inputs["faces"], frames)
    else:
        assert config.boxes is not None  # see check
        boxes = FrameBoxes.drawn(Path(config.boxes), frames, shape)
    return lambda number, seen: box_mask(boxes(number), shape, (seen.shape[1], seen.shape[0]))


def without(settings: Mapping[str, Any]) -> list[str]:
    """Faces are needed where the mask is made of them."""
    return [] if settings.get("mask") == "faces" else ["faces"]


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take for animation, whose every third picture is new."""
    pixels = amounts["pixels"] * (2 if config.beside else 1)
    return Expected(
        seconds=amounts["pictures"] * 0.05 + amounts["frames"] * 4e-8 * pixels,
        startup=3,
        bytes=amounts["frames"] * pixels * 0.02,
        kind=f"{config.encoding.codec} {config.encoding.preset} {config.size} {config.beside}",
    )


STAGE = Stage(
    inputs={
        "source": "{item}/source.video.json",
        "frames": "{item}/frames.h5",
        "model": "models/translation/{model}/model.safetensors",
        "faces": "{item}/faces.jsonl",
    },
    outputs={"video": "{item}/translated.mp4", "flicker": "{item}/flicker.json"},
    config=Config,
    run=run,
    check=check,
    without=without,
    extra="learn",
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=3000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
