from collections import Counter
from pathlib import Path

import pytest

from pipeline.text.vocabulary import SPECIAL, UNKNOWN, Vocabulary, join_words

NOUN, MARK = "名詞", "記号"
TOKENS = [
    *[("草", NOUN)] * 3,
    *[("b", NOUN)] * 2,
    *[("a", NOUN)] * 2,
    *[("。", MARK)] * 4,
    ("rare", NOUN),
]


def counted(tokens: list[tuple[str, str]], size: int) -> Vocabulary:
    return Vocabulary.from_counts(Counter(tokens), size)


def test_words_are_ranked_by_count_and_then_by_spelling() -> None:
    vocabulary = counted(TOKENS, 10)
    assert vocabulary.words == ["。", "草", "a", "b", "rare"]
    assert vocabulary.counts == [4, 3, 2, 2, 1]


def test_the_rare_are_cut_and_still_counted() -> None:
    vocabulary = counted(TOKENS, 3)
    assert vocabulary.words == ["。", "草", "a"]
    assert (vocabulary.distinct, vocabulary.total) == (5, 12)
    assert len(vocabulary) == 3 + len(SPECIAL)


def test_the_order_of_the_tokens_is_of_no_account() -> None:
    assert counted([*reversed(TOKENS)], 4) == counted(TOKENS, 4)


def test_ids_follow_the_special_ones() -> None:
    vocabulary = counted(TOKENS, 10)
    ids = vocabulary.encode(vocabulary.words)
    assert ids == list(range(UNKNOWN + 1, len(vocabulary)))
    assert vocabulary.decode(ids) == vocabulary.words
    assert vocabulary.decode(range(4)) == SPECIAL


def test_words_that_were_cut_are_unknown() -> None:
    vocabulary = counted(TOKENS, 3)
    assert vocabulary.encode(["草", "b", "nowhere", "。"]) == [5, UNKNOWN, UNKNOWN, 4]
    assert vocabulary.encode([]) == []


def test_symbols_are_mostly_marks_or_hold_no_letter() -> None:
    tokens = [("。", MARK), ("!!", NOUN), ("w", MARK), ("w", MARK), ("w", NOUN), ("x", MARK)]
    tokens += [("x", NOUN), ("草", NOUN)]
    vocabulary = counted(tokens, 10)
    symbols = dict(zip(vocabulary.words, vocabulary.symbols, strict=True))
    assert symbols == {"w": True, "x": False, "!!": True, "。": True, "草": False}


def test_a_word_has_the_part_of_speech_that_it_is_most_often() -> None:
    vocabulary = counted([("w", MARK), ("w", NOUN), ("w", NOUN), ("x", NOUN), ("x", "動詞")], 10)
    assert (vocabulary.words, vocabulary.parts) == (["w", "x"], [NOUN, "動詞"])


def test_no_tokens_give_an_empty_vocabulary() -> None:
    vocabulary = counted([], 10)
    assert (vocabulary.words, vocabulary.total, len(vocabulary)) == ([], 0, 4)


def test_it_reads_back_what_it_saved(tmp_path: Path) -> None:
    vocabulary = counted([*TOKENS, ('"\\\n😀', NOUN)], 10)
    vocabulary.save(tmp_path / "vocabulary.json")
    assert Vocabulary.load(tmp_path / "vocabulary.json") == vocabulary


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["猫", "が", "来", "た", "!"], "猫が来た!"),
        (["nice", "boat", "."], "nice boat."),
        (["GJ", "ミオ", "2", "3"], "GJミオ2 3"),
        (["w", "w"], "w w"),
        (["Monday", "morning", ",", "again", "!"], "Monday morning, again!"),
        (["Wait", ".", ".", ".", "what", "?"], "Wait... what?"),
        (["3", ".", "5", "km", ",", "12", ":", "30"], "3.5 km, 12:30"),
        (["c'est", "l'été", "à", "Évian"], "c'est l'été à Évian"),
        (["привет", ",", "мир"], "привет, мир"),
        (["오늘", "아침"], "오늘 아침"),
        (["コーヒー", "GJ", "猫", ",", "犬"], "コーヒーGJ猫,犬"),
        ([], ""),
    ],
)
def test_words_are_joined_as_people_write(words: list[str], text: str) -> None:
    assert join_words(words) == text
