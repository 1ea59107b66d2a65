"""The splitters of texts into words, one per language, and which one suits a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, Protocol

from pipeline.text.words import Words

Language = Literal["japanese", "chinese", "words", "characters"]

_KANA = re.compile("[ぁ-ゖァ-ヺｦ-ﾝ]")
_HAN = re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")
_SAMPLE = 2000  # texts that are looked at
_JAPANESE_SHARE = 0.1
"""Share of texts with kana from which on they are Japanese. Two thirds of Japanese comments have
kana, and hardly any Chinese one."""
_CHINESE_SHARE = 0.25
"""Share of texts with ideographs from which on they are Chinese; the rest may be 2333 and 666."""


class Splitter(Protocol):
    """Splits texts into words."""

    def split(self, text: str) -> Words:
        """The words of a text."""


def make_splitter(
    language: str, dictionary: str = "ipadic", user_dictionary: str | None = None
) -> Splitter:
    """The splitter of a ``Language``; both dictionaries are MeCab's, see ``pipeline.text.mecab``.

    ``words`` splits at Unicode's word boundaries, ``characters`` makes a word of each character.
    Raises PipelineError DICTIONARY_UNAVAILABLE, and ValueError for an unknown language.
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


def detect_language(texts: Iterable[str]) -> Language:
    """Japanese if kana are common, Chinese if ideographs are, else ``words``."""
    sample = [text for text, _ in zip(texts, range(_SAMPLE), strict=False)]
    with_kana = sum(map(bool, map(_KANA.search, sample)))
    if with_kana > _JAPANESE_SHARE * len(sample):
        return "japanese"
    with_han = sum(map(bool, map(_HAN.search, sample)))
    return "chinese" if with_han > _CHINESE_SHARE * len(sample) else "words"
