"""Read a video's comment files, merge and filter them, and split every comment into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import NameOrPath, OwnFile, StageConfig
from pipeline.engine.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """Which comments to keep, how text is brought into one spelling, and how it is split."""

    forks: Annotated[tuple[Literal["main", "owner", "easy"], ...], Meta(min_length=1)] = (
        "main",
        "owner",
        "easy",
    )
    """Viewers', the uploader's, one-tap comments."""
    ng_level: Literal["off", "weak", "medium", "strong"] = "off"
    """Leave out what Niconico's shared NG hides at this level."""
    ng_words: OwnFile | None = None
    """A file of words or /expressions/, one a line, whose comments are left out."""
    ng_users: OwnFile | None = None
    """A file of user ids or their digests, one a line."""
    art: Literal["keep", "drop"] = "keep"
    """Comment art: pictures of three lines or more, or of strokes and blocks."""
    scripts: Literal["keep", "drop"] = "keep"
    """Commands to the player, /… and @…: they are never drawn nor learned. Dropped, those of the
    uploader are not carried out either."""
    longest_text: Annotated[int, Meta(ge=1)] | None = None
    """Characters; longer comments are left out."""
    posted_within_days: Annotated[float, Meta(gt=0)] | None = None
    """After the first comment was posted."""
    most_per_second: Annotated[int, Meta(ge=1)] | None = None
    """Of the video; more are thinned out evenly."""
    repeats_apart: Annotated[float, Meta(gt=0)] | None = None
    """Seconds within which an author's repeats are folded into one."""
    nfkc: bool = True
    """Whether ｗ８ｶﾞ become w8ガ."""
    longest_run: Annotated[int, Meta(ge=1)] | None = 4
    """A character repeated more often is cut to so many: wwwwwwww becomes wwww."""
    lines: Literal["join", "first", "drop"] = "join"
    """Of comments of several lines: joined, the first alone, or no words at all."""
    language: Literal["auto", "japanese", "chinese", "words", "characters"] = "auto"
    """How words are found: by MeCab, by jieba, by Unicode's rules, or each character one."""
    dictionary: NameOrPath = "ipadic"
    """MeCab's: ``ipadic``, ``unidic-lite``, ``system``, or the folder of a compiled one."""
    user_dictionary: OwnFile | None = None
    """Words of your own for MeCab."""


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError for a dictionary or a file of NG words or users that cannot be read."""
    from pathlib import Path

    from pipeline.danmaku.comments.filters import ng_users, ng_words
    from pipeline.text.splitting import make_splitter

    if config.ng_words:
        ng_words(Path(config.ng_words))
    if config.ng_users:
        ng_users(Path(config.ng_users))
    language = "japanese" if config.language == "auto" else config.language
    make_splitter(language, config.dictionary, config.user_dictionary)


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``comments.jsonl``, ``salvage.json`` and ``salvage.txt``."""
    import gc
    from functools import partial
    from pathlib import Path

    from pipeline.danmaku.comments.broadcast import SURELY_LATE_MS, Broadcast
    from pipeline.danmaku.comments.comments_file import write_lines
    from pipeline.danmaku.comments.filters import NG_LEVELS, Rules, ng_users, ng_words
    from pipeline.danmaku.comments.gathering import Gathering, Limits
    from pipeline.danmaku.comments.report import full_text, summary
    from pipeline.danmaku.comments.wording import worded
    from pipeline.runtime.atomic_files import write_text
    from pipeline.runtime.logs import log
    from pipeline.sources.pointers import comment_sources
    from pipeline.text.normalize import normalize

    gc.disable()  # nothing here is cyclic, and looking for cycles takes a tenth of the time
    sources = comment_sources(inputs["source"])
    gathering = Gathering(
        [Path(file.path) for file in sources.files],
        Broadcast.parse(sources.broadcast, sources.cuts) if sources.broadcast else None,
        Rules(
            forks=frozenset(config.forks),
            lowest_score=NG_LEVELS.get(config.ng_level),
            words=ng_words(Path(config.ng_words)) if config.ng_words else None,
            users=ng_users(Path(config.ng_users)) if config.ng_users else frozenset(),
            art=config.art == "drop",
            scripts=config.scripts == "drop",
            longest_text=config.longest_text,
        ),
        Limits(config.posted_within_days, config.most_per_second, config.repeats_apart),
    )
    spelling = partial(
        normalize, nfkc=config.nfkc, longest_run=config.longest_run, lines=config.lines
    )
    write_lines(
        outputs["comments"],
        worded(gathering, spelling, config.language, config.dictionary, config.user_dictionary),
    )
    salvage = gathering.salvage
    salvage.save(outputs["salvage"])
    write_text(outputs["salvage_text"], full_text(salvage))
    for line in summary(salvage):
        log.info("%s", line)
    if not sources.broadcast and (gathering.earliest_ms or 0) > SURELY_LATE_MS:
        log.warning(
            "no comment is earlier than %.1f hours; of a log of a broadcast, say with BROADCAST="
            " when the episode was on air",
            (gathering.earliest_ms or 0) / 3_600_000,
        )
    return f"{salvage.kept} comments kept"


STAGE = Stage(
    inputs={"source": "{item}/source.comments.json"},
    outputs={
        "comments": "{item}/comments.jsonl",
        "salvage": "{item}/salvage.json",
        "salvage_text": "{item}/salvage.txt",
    },
    config=Config,
    run=run,
    check=check,
    editable=("comments",),
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
