from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ExitCode, PipelineError
from pipeline.text.mecab import Tokenizer, dictionary_folder
from pipeline.text.normalize import normalize

TOKENIZER = Tokenizer("ipadic")


def surfaces(text: str) -> list[str]:
    return [word.surface for word in TOKENIZER.words(text)]


@pytest.mark.parametrize("name", ["ミオ", "タマ", "ポチ", "クロ", "ハナ"])
@pytest.mark.parametrize("sentence", ["{}", "{}かわいい", "{}が来た!", "また{}か www", "{}と{}"])
def test_names_in_katakana_stay_whole(name: str, sentence: str) -> None:
    assert name in surfaces(sentence.format(name, name))


def test_words_carry_their_part_of_speech() -> None:
    words = TOKENIZER.words("猫が来た。")
    assert [(word.surface, word.part) for word in words] == [
        ("猫", "名詞"),
        ("が", "助詞"),
        ("来", "動詞"),
        ("た", "助動詞"),
        ("。", "記号"),
    ]


def test_a_text_without_words_has_none() -> None:
    assert surfaces("") == surfaces("   ") == []


@settings(deadline=None)
@given(st.text() | st.text(alphabet="猫かわいいミオw8! 、😀𠮟ｷﾞ\u200d\u0301", max_size=40))
def test_words_joined_are_the_text_without_its_spaces(text: str) -> None:
    normal = normalize(text, 4)
    words = surfaces(normal)
    assert "".join(words) == normal.replace(" ", "")
    assert all(word and not set(word) & set(" \u3000\n") for word in words)


def test_a_long_text_loses_nothing() -> None:
    text = "猫かわいいミオw8、" * 5000
    assert "".join(surfaces(text)) == text


def test_a_folder_may_name_the_dictionary() -> None:
    same = Tokenizer(str(dictionary_folder("ipadic")))
    assert same.words("猫が来た") == TOKENIZER.words("猫が来た")


def test_a_folder_without_a_dictionary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        Tokenizer(str(tmp_path))
    assert caught.value.code == ExitCode.DICTIONARY_UNAVAILABLE
    assert str(tmp_path) in caught.value.problem


def test_a_broken_dictionary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sys.dic").write_bytes(b"no dictionary")
    (tmp_path / "dicrc").touch()
    with pytest.raises(PipelineError) as caught:
        Tokenizer(str(tmp_path))
    assert caught.value.code == ExitCode.DICTIONARY_UNAVAILABLE


def test_a_dictionary_in_a_folder_with_spaces_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "my words"
    folder.symlink_to(dictionary_folder("ipadic"))
    assert Tokenizer(str(folder)).words("猫")[0].surface == "猫"
