"""Count the words of all training comments and keep the most frequent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """How many words a model may know."""

    size: Annotated[int, Meta(ge=1)] = 30_000
    """The article kept 30,000 of 75,356."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``vocabulary.json``."""
    from collections import Counter

    from pipeline.danmaku.comments.comments_file import TokenizedComment
    from pipeline.runtime.json_lines import read_lines
    from pipeline.runtime.quantities import counted
    from pipeline.text.vocabulary import Vocabulary

    tokens: Counter[tuple[str, str]] = Counter()
    for file in inputs.every("comments"):
        for comment in read_lines(file, TokenizedComment):
            tokens.update(zip(comment.words, comment.parts, strict=True))
    vocabulary = Vocabulary.from_counts(tokens, config.size)
    vocabulary.save(outputs["vocabulary"])
    return f"{len(vocabulary.words):,} of {counted(vocabulary.distinct, 'different word')} kept"


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    return Expected(seconds=amounts["comments"] * 2e-5, startup=0.1, bytes=amounts["comments"] * 10)


STAGE = Stage(
    inputs={"comments": "{train}/comments.jsonl"},
    outputs={"vocabulary": "models/danmaku/{model}/vocabulary.json"},
    config=Config,
    run=run,
    expect=expect,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
