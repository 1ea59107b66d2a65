"""Show where the model looked for each word: heat over the frame, as strips and as an animation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.danmaku.comments.comments_file import GeneratedComment
    from pipeline.danmaku.explanation.attended import AttendedComment
    from pipeline.danmaku.explanation.explained_file import Explained
    from pipeline.media.source import PictureSource


class Config(StageConfig, frozen=True):
    """Which comments are shown."""

    words: tuple[str, ...] = ()
    """Only comments with any of these; empty for all comments."""
    at: tuple[Annotated[float, Meta(ge=0)], ...] = ()
    """Seconds: the comments nearest to each. Empty for comments of the whole video."""
    map: Literal["attention", "saliency"] = "attention"
    """How much each position counted when a word was chosen, or how much more attention to it
    would have favoured that word."""
    max_comments: Annotated[int, Meta(ge=1, le=50)] = 12


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``attention.png`` and ``attention.mp4``."""
    from pipeline.danmaku.comments.comments_file import GeneratedComment
    from pipeline.danmaku.explanation.explained_file import Explained
    from pipeline.danmaku.explanation.selection import choose
    from pipeline.runtime.atomic_files import published
    from pipeline.runtime.json_lines import read_lines
    from pipeline.runtime.quantities import counted
    from pipeline.sources.pointers import open_source

    source = open_source(inputs.one_of("source", "stills"))
    comments = list(read_lines(inputs["comments"], GeneratedComment))
    explained = Explained.load(inputs["explained"])
    duration = float(source.duration)
    chosen = choose(comments, config.words, config.at, config.max_comments, duration).tolist()
    _require_maps(explained)
    attended = [_attended(comments[index], explained, index, config.map) for index in chosen]
    with published(outputs["strips"]) as strips, published(outputs["animation"]) as animation:
        _draw(strips, animation, source, attended, explained.seen_s[chosen].tolist())
    words = sum(len(comment.labels) for comment in attended)
    return f"{counted(len(attended), 'comment')}, {words:,} words and end marks"


def _draw(
    strips: Path,
    animation: Path,
    source: PictureSource,
    comments: Sequence[AttendedComment],
    seconds: Sequence[float],
) -> None:
    """Draw ``comments`` over the pictures of ``source`` at these ``seconds``."""
    from fractions import Fraction

    from pipeline.danmaku.explanation.spelling import RATE, Speller
    from pipeline.danmaku.explanation.strips import Sheet
    from pipeline.lettering.lettering import Lettering
    from pipeline.media.encode import VideoFormat, encoder
    from pipeline.media.pixels import resized
    from pipeline.runtime.logs import log
    from pipeline.runtime.progress import track

    aspect, lettering = float(source.aspect), Lettering()
    title = f"{source.name} · where the model looked for each word"
    sheet = Sheet(comments, aspect, title, lettering)
    speller = Speller(aspect, lettering)
    form = VideoFormat(size=speller.size, rate=RATE, pixel_format="rgb24")
    with encoder(animation, form) as sink:
        pairs = zip(comments, seconds, strict=True)
        for number, (comment, second) in enumerate(
            track(pairs, len(comments), "attention", "comments")
        ):
            picture = source.picture_at(Fraction(second), speller.picture[0])
            sheet.fill(number, resized(picture, sheet.cell))
            for spelt in speller.spell(comment, resized(picture, speller.picture)):
                sink.write(spelt)
    sheet.save(strips)
    if lettering.missing:
        log.warning("no font has: %s; they are drawn as boxes", " ".join(sorted(lettering.missing)))


def _require_maps(explained: Explained) -> None:
    from pipeline.runtime.errors import ExitCode, PipelineError

    if not explained.side:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            "the model pays no attention to positions of a square grid, which could be shown",
            "Train one that does: `train: {captioner: {attention: additive}}`, on one of"
            " `features: taps:` that is a square grid, such as stride16",
        )


def _attended(
    comment: GeneratedComment,
    explained: Explained,
    index: int,
    kind: Literal["attention", "saliency"],
) -> AttendedComment:
    """The ``index``-th comment with its maps of one ``kind``."""
    from pipeline.danmaku.explanation.attended import AttendedComment
    from pipeline.text.normalize import normalize

    def one_line(text: str) -> str:
        return normalize(text, None, nfkc=False)

    rows = explained.maps_of(index)
    if kind == "attention":
        heat, peaks = explained.attention[rows], explained.attention_peak[rows]
    else:
        heat, peaks = explained.saliency[rows], explained.saliency_peak[rows]
    # A long comment has maps of its first words only, and none of its end mark.
    labels = [*map(one_line, explained.words[index]), "end"][: len(heat)]
    return AttendedComment(comment.time_ms, one_line(comment.text), labels, heat, peaks)


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    return Expected(seconds=config.max_comments * 0.3, startup=2, bytes=config.max_comments * 1e5)


STAGE = Stage(
    inputs={
        "comments": "{item}/generated.jsonl",
        "explained": "{item}/explained.h5",
    },
    optional={"source": "{item}/source.video.json", "stills": "{item}/source.stills.json"},
    outputs={"strips": "{item}/attention.png", "animation": "{item}/attention.mp4"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    memory_mb=3000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
