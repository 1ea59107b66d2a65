"""Comments and their words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from pipeline.artifacts.comments import WordedComment
from pipeline.comments.record import Comment
from pipeline.text.splitting import detect_language, make_splitter

_BATCH = 2000  # comments split at once


def worded(
    comments: Iterable[Comment],
    spelling: Callable[[str], str],
    language: str,
    dictionary: str,
    user_dictionary: str | None,
) -> Iterator[WordedComment]:
    """Each comment with the words of its text as ``spelling`` writes it.

    ``language`` is one of pipeline.text.splitting, or ``auto`` to tell it from the first
    comments. Raises PipelineError DICTIONARY_UNAVAILABLE.
    """
    remaining = iter(comments)
    splitter = None
    while batch := list(islice(remaining, _BATCH)):
        texts = [spelling(comment.text) for comment in batch]
        if splitter is None:
            known = detect_language(texts) if language == "auto" else language
            splitter = make_splitter(known, dictionary, user_dictionary)
        for comment, (words, parts) in zip(batch, splitter.split(texts), strict=True):
            yield WordedComment(**msgspec.structs.asdict(comment), words=words, parts=parts)
