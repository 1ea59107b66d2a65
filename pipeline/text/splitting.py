"""Words of comments in any language: which splitter suits, and what each gives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, Protocol

Words = tuple[list[str], list[str]]
"""The words of a text and their parts of speech, as many. No word is empty or has white space;
together they are the text without its white space."""

Language = Literal["japanese", "chinese", "words", "characters"]

_KANA = re.compile("[ぁ-ゖァ-ヺｦ-ﾝ]")
_HAN = re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")
_SAMPLE = 2000  # texts
_JAPANESE_SHARE = 0.1
"""A tenth of texts with kana: of Japanese comments two thirds have some, of Chinese hardly one."""
_CHINESE_SHARE = 0.25
"""Of texts with ideographs; the rest may be 2333 and 666."""


class Splitter(Protocol):
    """Splits texts into words."""

    def split(self, text: str) -> Words:
        """The words of a text."""


def make_splitter(
    language: str, dictionary: str = "ipadic", user_dictionary: str | None = None
) -> Splitter:
    """The splitter of a ``Language``; the dictionaries are MeCab's, see pipeline.text.mecab.

    ``words`` goes by Unicode's word boundaries, ``characters`` takes each for a word.
    Raises PipelineError DICTIONARY_UNAVAILABLE, and ValueError for no language.
    """
    match language:
        case "japanese":
            from pipeline.text.mecab import MecabSplitter

            return MecabSplitter(dictionary, user_dictionary)
        case "chinese":
            from pipeline.text.chinese import ChineseSplitter

            return ChineseSplitter()
        case "words":
            from pipeline.text.unicode_words import WordSplitter

            return WordSplitter()
        case "characters":
            from pipeline.text.unicode_words import CharacterSplitter

            return CharacterSplitter()
        case _:
            raise ValueError(f"no splitter for {language}")


def spaced(text: str) -> str:
    """The text with single spaces for all white space and NUL, which ends strings in C."""
    return " ".join(text.replace("\0", " ").split())


def detect_language(texts: Iterable[str]) -> Language:
    """Japanese where kana are common, Chinese where ideographs are, else ``words``."""
    sample = [text for text, _ in zip(texts, range(_SAMPLE), strict=False)]
    with_kana = sum(map(bool, map(_KANA.search, sample)))
    if with_kana > _JAPANESE_SHARE * len(sample):
        return "japanese"
    with_han = sum(map(bool, map(_HAN.search, sample)))
    return "chinese" if with_han > _CHINESE_SHARE * len(sample) else "words"
