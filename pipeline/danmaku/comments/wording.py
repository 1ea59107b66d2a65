"""Comments and their words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice

import msgspec

from pipeline.danmaku.comments.comments_file import WordedComment
from pipeline.danmaku.comments.owner_scripts import speaks_to_player
from pipeline.danmaku.comments.record import Comment
from pipeline.text.splitting import detect_language, make_splitter
from pipeline.text.words import Words

_SAMPLE = 2000  # comments by which the language is told
_REMEMBERED = 1 << 15
"""Texts whose words are kept: of real comments 7 to 47 % repeat an earlier one."""
_LONGEST_REMEMBERED = 100  # characters


def worded(
    comments: Iterable[Comment],
    spelling: Callable[[str], str],
    language: str,
    dictionary: str,
    user_dictionary: str | None,
) -> Iterator[WordedComment]:
    """Each comment with the words of its text as ``spelling`` writes it; none for scripts.

    ``language`` is one of pipeline.text.splitting, or ``auto`` to tell it from the first
    comments. Raises PipelineError DICTIONARY_UNAVAILABLE.
    """
    remaining = iter(comments)
    sample = list(islice(remaining, _SAMPLE))
    if language == "auto":
        language = detect_language(spelling(comment.text) for comment in sample)
    splitter = make_splitter(language, dictionary, user_dictionary)

    def split(text: str) -> Words:
        return splitter.split(spelling(text))

    remembered = lru_cache(_REMEMBERED)(split)
    for comment in chain(sample, remaining):
        known = len(comment.text) <= _LONGEST_REMEMBERED
        words, parts = (remembered if known else split)(comment.text)
        if comment.text[:1] in "/@＠" and speaks_to_player(comment):
            words, parts = [], []
        yield WordedComment(**msgspec.structs.asdict(comment), words=words, parts=parts)
