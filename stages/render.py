"""Draw the generated comments over the video and encode it, sound kept."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.config import StageConfig
from pipeline.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """How the video is encoded."""

    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = (
        "veryfast"
    )
    """x264's: slower ones make smaller files."""
    crf: Annotated[int, Meta(ge=0, le=51)] = 23
    """x264's constant rate factor: lower is better and larger."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``annotated.mp4``."""
    from pipeline.artifacts.comments import GeneratedComment, read_lines
    from pipeline.artifacts.publishing import published
    from pipeline.artifacts.source import source_path
    from pipeline.drawing.overlay import Overlay, ScreenComment
    from pipeline.media.decode import even_size, planar_pictures
    from pipeline.media.encode import PLAYABLE_IN_MP4, encoder
    from pipeline.media.probe import probe
    from pipeline.progress import track
    from pipeline.stage import log

    video = probe(source_path(inputs["source"]))
    comments = [
        ScreenComment(comment.time_ms, comment.text, tuple(comment.commands))
        for comment in read_lines(inputs["comments"], GeneratedComment)
    ]
    overlay = Overlay(comments, video)
    if overlay.missing:
        log.warning("no font has: %s; they are drawn as boxes", " ".join(sorted(overlay.missing)))

    pictures = track(
        planar_pictures(video), round(video.duration * video.rate), "render", "pictures"
    )
    with (
        published(outputs["annotated"]) as temporary,
        encoder(
            temporary,
            size=even_size(video),
            rate=video.rate,
            sample_aspect=video.sample_aspect,
            color_matrix=video.color_matrix,
            full_range=video.full_range,
            sound=video.path if video.sound_codecs else None,
            copy_sound=PLAYABLE_IN_MP4.issuperset(video.sound_codecs),
            preset=config.preset,
            crf=config.crf,
        ) as sink,
    ):
        for number, picture in enumerate(pictures):
            overlay.draw(picture, number / video.rate)
            sink.write(picture)
    size = outputs["annotated"].stat().st_size
    return f"{len(comments)} comments over {float(video.duration):.1f} s, {size / 1e6:.1f} MB"


STAGE = Stage(
    name="render",
    inputs={"source": "{video}/source.video.json", "comments": "{video}/generated.jsonl"},
    outputs={"annotated": "{video}/annotated.mp4"},
    config=Config,
    run=run,
    product=True,
    whole_machine=True,
)

if __name__ == "__main__":
    STAGE.main()
