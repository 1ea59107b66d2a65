import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.splitting import Language, detect_language, make_splitter

LANGUAGES: list[Language] = ["japanese", "chinese", "words", "characters"]
SPLITTERS = {language: make_splitter(language) for language in LANGUAGES}


def split(language: Language, text: str) -> tuple[list[str], list[str]]:
    return SPLITTERS[language].split(text)


@settings(deadline=None)
@pytest.mark.parametrize("language", LANGUAGES)
@given(st.text() | st.text(alphabet="猫们w8! ,\t\n한글สวัс.'-\u3000\u200d\u0301😀", max_size=30))
def test_words_are_the_text_without_its_white_space(language: Language, text: str) -> None:
    words, parts = split(language, text)
    assert "".join(words) == "".join(text.replace("\0", " ").split())
    assert len(words) == len(parts)
    assert all(word and not any(c.isspace() for c in word) for word in words)
    assert all(parts)


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        (
            "chinese",
            "我是生活在北京的男孩！",
            ["我", "是", "生活", "在", "北京", "的", "男孩", "！"],
        ),
        (
            "words",
            "Don't panic, 3.14 안녕 мир!",
            ["Don't", "panic", ",", "3.14", "안녕", "мир", "!"],
        ),
        ("characters", "猫 か\u3099w。", ["猫", "か\u3099", "w", "。"]),
    ],
)
def test_each_language_has_its_words(language: Language, text: str, words: list[str]) -> None:
    assert split(language, text)[0] == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_marks_are_symbols_and_nothing_else_is(language: Language) -> None:
    words, parts = split(language, "cat 猫 。 ！ 12")
    for word, part in zip(words, parts, strict=True):
        mark = unicodedata.category(word[0]).startswith(("P", "S"))
        assert part.endswith("記号") == mark, word


def test_chinese_nouns_are_told() -> None:
    words, parts = split("chinese", "我喜欢北京的男孩")
    assert [w for w, p in zip(words, parts, strict=True) if p == "名詞"] == ["北京", "男孩"]


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["草", "wwww", "かわいい", "888", "神回"], "japanese"),
        (["感动", "淡淡的忧伤", "2333", "前方高能", "好听"], "chinese"),
        (["lol", "nice", "안녕", "мир"], "words"),
        (["w", "8"], "words"),
        ([], "words"),
    ],
)
def test_the_language_shows_in_its_letters(texts: list[str], language: str) -> None:
    assert detect_language(texts * 10) == language
