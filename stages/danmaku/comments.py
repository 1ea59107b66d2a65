"""Read a video's comment files, merge and filter them, and split every comment into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.danmaku.comments.settings import LimitSettings
from pipeline.engine.settings import NameOrPath, OwnFile, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.text.settings import NormalizationSettings

if TYPE_CHECKING:
    from pipeline.danmaku.comments.filters import Rules
    from pipeline.danmaku.comments.importing import CommentImport
    from pipeline.sources.pointers import CommentSources


class Config(StageConfig, frozen=True):
    """Which comments to keep, how texts are normalised, and how they are split into words."""

    forks: Annotated[tuple[Literal["main", "owner", "easy"], ...], Meta(min_length=1)] = (
        "main",
        "owner",
        "easy",
    )
    """Viewers' comments, the uploader's, and one-tap comments."""
    ng_level: Literal["off", "weak", "medium", "strong"] = "off"
    """Drop what Niconico's shared NG hides at this level."""
    ng_words: OwnFile | None = None
    """A file of words or /expressions/, one a line; comments with any of them are dropped."""
    ng_users: OwnFile | None = None
    """A file of user ids or their digests, one a line; their comments are dropped."""
    art: Literal["keep", "drop"] = "keep"
    """Comment art: three lines or more, or mostly strokes and blocks."""
    scripts: Literal["keep", "drop"] = "keep"
    """Commands to the player, /… and @…. They are never drawn nor learned from; if dropped, those
    of the uploader are not applied either."""
    max_characters: Annotated[int, Meta(ge=1)] | None = None
    """Longer comments are dropped."""
    limits: LimitSettings = LimitSettings()
    normalization: NormalizationSettings = NormalizationSettings()
    language: Literal["auto", "japanese", "chinese", "words", "characters"] = "auto"
    """How words are found: by MeCab, by jieba, by Unicode's rules, or each character is one."""
    dictionary: NameOrPath = "ipadic"
    """MeCab's: ``ipadic``, ``unidic-lite``, ``system``, or the folder of a compiled one."""
    user_dictionary: OwnFile | None = None
    """More words for MeCab."""


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError if a dictionary or a list of NG words or users cannot be read."""
    from pipeline.text.splitting import make_splitter

    _rules(config)
    language = "japanese" if config.language == "auto" else config.language
    make_splitter(language, config.dictionary, config.user_dictionary)


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``comments.jsonl``, ``import_report.json`` and ``import_report.txt``."""
    import gc
    from functools import partial

    import msgspec

    from pipeline.danmaku.comments.import_report_text import full_text, summary
    from pipeline.danmaku.comments.tokenization import tokenized
    from pipeline.runtime.atomic_files import write_text
    from pipeline.runtime.json_lines import write_lines
    from pipeline.runtime.logs import log
    from pipeline.sources.pointers import comment_sources
    from pipeline.text.normalize import normalize

    gc.disable()  # nothing here is cyclic, and looking for cycles takes a tenth of the time
    sources = comment_sources(inputs["source"])
    comments = _comment_import(config, sources)
    spelling = partial(normalize, **msgspec.structs.asdict(config.normalization))
    write_lines(
        outputs["comments"],
        tokenized(comments, spelling, config.language, config.dictionary, config.user_dictionary),
    )
    comments.report.save(outputs["import_report"])
    write_text(outputs["import_report_text"], full_text(comments.report))
    for line in summary(comments.report):
        log.info("%s", line)
    if not sources.broadcast:
        _warn_of_a_broadcast_log(comments.earliest_ms or 0)
    return f"{comments.report.kept} comments kept"


def _comment_import(config: Config, sources: CommentSources) -> CommentImport:
    from pathlib import Path

    from pipeline.danmaku.comments.broadcast import Broadcast
    from pipeline.danmaku.comments.importing import CommentImport

    broadcast = sources.broadcast and Broadcast.parse(sources.broadcast, sources.cuts)
    files = [Path(file.path) for file in sources.files]
    return CommentImport(files, broadcast or None, _rules(config), config.limits)


def _rules(config: Config) -> Rules:
    from pathlib import Path

    from pipeline.danmaku.comments.filters import NG_LEVELS, Rules, load_ng_users
    from pipeline.text.word_lists import load_ng_words

    return Rules(
        forks=frozenset(config.forks),
        ng_score=NG_LEVELS.get(config.ng_level),
        ng_words=load_ng_words(config.ng_words),
        ng_users=load_ng_users(Path(config.ng_users)) if config.ng_users else frozenset(),
        drop_art=config.art == "drop",
        drop_scripts=config.scripts == "drop",
        max_characters=config.max_characters,
    )


def _warn_of_a_broadcast_log(earliest_ms: int) -> None:
    from pipeline.danmaku.comments.broadcast import LATE_FIRST_COMMENT_MS
    from pipeline.runtime.logs import log

    if earliest_ms > LATE_FIRST_COMMENT_MS:
        log.warning(
            "no comment is earlier than %.1f hours; if this is a broadcast log, give the time the"
            " episode was on air with BROADCAST=",
            earliest_ms / 3_600_000,
        )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes for XML, 150 bytes a comment."""
    comments = amounts["comment_bytes"] / 150
    return Expected(seconds=comments * 1e-4, bytes=comments * 250, amounts={"comments": comments})


def measure(outputs: Files) -> Amounts:
    """Count the comments."""
    from pipeline.runtime.json_lines import count_lines

    return {"comments": count_lines(outputs["comments"])}


STAGE = Stage(
    inputs={"source": "{item}/source.comments.json"},
    outputs={
        "comments": "{item}/comments.jsonl",
        "import_report": "{item}/import_report.json",
        "import_report_text": "{item}/import_report.txt",
    },
    config=Config,
    run=run,
    check=check,
    expect=expect,
    measure=measure,
    editable=("comments",),
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
