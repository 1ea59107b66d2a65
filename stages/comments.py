"""Read a video's comment file and split every comment into words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from pipeline.config import StageConfig
from pipeline.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """How text is brought into one spelling and split."""

    longest_run: Annotated[int, Meta(ge=1)] = 4
    """A character repeated more often is cut to so many: wwwwwwww becomes wwww."""
    dictionary: str = "ipadic"
    """MeCab's: ``ipadic``, or the folder of a compiled one."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``comments.jsonl``."""
    import msgspec

    from pipeline.artifacts.comments import WordedComment, write_lines
    from pipeline.artifacts.source import source_path
    from pipeline.comments.reading import read_comments
    from pipeline.text.mecab import Tokenizer
    from pipeline.text.normalize import normalize

    comments, report = read_comments(source_path(inputs["source"]))
    tokenizer = Tokenizer(config.dictionary)

    def worded() -> Iterator[WordedComment]:
        for comment in comments:
            words = tokenizer.words(normalize(comment.text, config.longest_run))
            yield WordedComment(
                **msgspec.structs.asdict(comment),
                words=[word.surface for word in words],
                parts=[word.part for word in words],
            )

    write_lines(outputs["comments"], worded())
    return str(report)


STAGE = Stage(
    name="comments",
    inputs={"source": "{video}/source.comments.json"},
    outputs={"comments": "{video}/comments.jsonl"},
    config=Config,
    run=run,
)

if __name__ == "__main__":
    STAGE.main()
