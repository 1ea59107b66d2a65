"""Show where the model looked for each word: heat over the frame, as strips and as an animation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Files, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.danmaku.comments.comments_file import GeneratedComment
    from pipeline.danmaku.explanation.heat import AttendedComment
    from pipeline.media.frame_times import Int64s
    from pipeline.pictures.frames_file import Frames


class Config(StageConfig, frozen=True):
    """Which comments are shown."""

    words: tuple[str, ...] = ()
    """Only comments with any of these; all where there are none."""
    at: tuple[Annotated[float, Meta(ge=0)], ...] = ()
    """Seconds; the comments nearest to each. Where there are none, comments of the whole video."""
    map: Literal["attention", "evidence"] = "attention"
    """How much each position counted when a word was chosen, before which attention is paid; or
    how much more attention to it would have favoured that word."""
    most: Annotated[int, Meta(ge=1, le=50)] = 12
    """Comments shown."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``attention.png`` and ``attention.mp4``."""
    from pipeline.danmaku.comments.comments_file import GeneratedComment, read_lines
    from pipeline.danmaku.drawing.lettering import Lettering
    from pipeline.danmaku.explanation.heat import decoded
    from pipeline.danmaku.explanation.selection import choose
    from pipeline.danmaku.explanation.spelling import RATE, Speller
    from pipeline.danmaku.explanation.strips import Sheet
    from pipeline.engine.stage import log
    from pipeline.media.decode import still
    from pipeline.media.encode import encoder
    from pipeline.media.probe import probe
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.atomic_files import published
    from pipeline.runtime.progress import track
    from pipeline.sources.pointers import source_video

    video = probe(*source_video(inputs["source"]))
    frames = Frames.load(inputs["frames"])
    comments = list(read_lines(inputs["comments"], GeneratedComment))
    duration = float(frames.times.duration)
    chosen = choose(comments, config.words, config.at, config.most, duration)
    attended = _attended(inputs, comments, chosen, frames, config.map)

    aspect = float(video.width * video.sample_aspect / video.height)
    lettering = Lettering()
    title = f"{video.path.name} · where {inputs['model'].parent.name} looked for each word"
    sheet = Sheet(attended, aspect, title, lettering)
    speller = Speller(aspect, lettering)
    moments = [_when_seen(frames, comments[place].frame) for place in chosen.tolist()]
    with (
        published(outputs["strips"]) as strips,
        published(outputs["animation"]) as animation,
        encoder(animation, size=speller.size, rate=RATE, pixel_format="rgb24") as sink,
    ):
        for number, moment in enumerate(track(moments, len(moments), "attention", "comments")):
            seen = still(video, moment, speller.picture[0])
            sheet.fill(number, decoded(seen, sheet.cell))
            for picture in speller.spell(attended[number], decoded(seen, speller.picture)):
                sink.write(picture)
        sheet.save(strips)
    if lettering.missing:
        log.warning("no font has: %s; they are drawn as boxes", " ".join(sorted(lettering.missing)))
    words = sum(len(comment.labels) for comment in attended)
    return f"{len(attended)} comments, {words} words and end marks"


def _attended(
    inputs: Files,
    comments: Sequence[GeneratedComment],
    chosen: Int64s,
    frames: Frames,
    kind: Literal["attention", "evidence"],
) -> list[AttendedComment]:
    """The ``chosen`` comments with where the model looks when it tells their words."""
    import torch

    from pipeline.captioning.attention_maps import MAX_WORDS, caption_maps
    from pipeline.captioning.model_file import Model
    from pipeline.danmaku.explanation.heat import AttendedComment
    from pipeline.danmaku.training.inputs import inputs_of_generated
    from pipeline.text.normalize import normalize

    # Too few words to pay for moving to a GPU.
    model = Model.open(inputs["model"], inputs["features"], torch.device("cpu"))
    sentences = [model.encode(comment.words) for comment in comments]
    rows = inputs_of_generated(comments, sentences, chosen, frames, model.card.spec)
    shown = [sentences[place][:MAX_WORDS] for place in chosen.tolist()]
    maps = caption_maps(model.captioner, rows, model.bank(inputs["features"]), shown)

    def one_line(text: str) -> str:
        return normalize(text, None, nfkc=False)

    found = []
    for place, both in zip(chosen.tolist(), maps, strict=True):
        its_maps = both.attention if kind == "attention" else both.saliency
        comment = comments[place]
        ending = "end" if len(comment.words) <= MAX_WORDS else "…"
        labels = [*map(one_line, comment.words[:MAX_WORDS]), ending]
        found.append(AttendedComment(comment.time_ms, one_line(comment.text), labels, its_maps))
    return found


def _when_seen(frames: Frames, frame: int) -> float:
    """A second at which to find the picture that ``frame`` shares, the one the model was shown.

    It lies between that picture's first frame and the one before: a seek stops at the next.
    """
    first = int(frames.first_frames()[frames.row[frame]])
    return float(frames.times.seconds(max(0, first - 1)) + frames.times.seconds(first)) / 2


STAGE = Stage(
    inputs={
        "source": "{video}/source.video.json",
        "frames": "{video}/frames.h5",
        "features": "{video}/features.h5",
        "comments": "{video}/generated.jsonl",
        "model": "models/{model}/model.safetensors",
    },
    outputs={"strips": "{video}/attention.png", "animation": "{video}/attention.mp4"},
    config=Config,
    run=run,
    memory_mb=3000,
)

if __name__ == "__main__":
    STAGE.main()
