import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text import mecab
from pipeline.text.mecab import MecabSplitter, dictionary_folder
from pipeline.text.normalize import normalize

IPADIC = MecabSplitter("ipadic")


NODES = mecab._mecab(dictionary_folder("ipadic"), "")


def surfaces(text: str, splitter: MecabSplitter = IPADIC) -> list[str]:
    words, parts = splitter.split(text)
    assert len(words) == len(parts)
    return words


@pytest.mark.parametrize("name", ["ミオ", "タマ", "ポチ", "クロ", "ハナ"])
@pytest.mark.parametrize("sentence", ["{}", "{}かわいい", "{}が来た!", "また{}か www", "{}と{}"])
def test_names_in_katakana_stay_whole(name: str, sentence: str) -> None:
    assert name in surfaces(sentence.format(name, name))


def test_words_carry_their_part_of_speech() -> None:
    assert [IPADIC.split(text) for text in ("猫が来た。", "", "草")] == [
        (["猫", "が", "来", "た", "。"], ["名詞", "助詞", "動詞", "助動詞", "記号"]),
        ([], []),
        (["草"], ["名詞"]),
    ]


def test_a_text_without_words_has_none() -> None:
    assert surfaces("") == surfaces("   ") == []


@settings(deadline=None)
@given(
    st.lists(
        st.text()
        | st.text(alphabet="猫かわいいミオw8! 、\t\n\0　😀𠮟ｷﾞ\u200d\u0301\x85", max_size=40),
        max_size=5,
    )
)
def test_words_are_those_of_mecabs_own_nodes(texts: list[str]) -> None:
    for text in texts:
        words, parts = IPADIC.split(text)
        pure = " ".join(text.replace("\0", " ").split())
        nodes = [n for n in NODES.parse(pure, as_nodes=True) if n.is_nor() or n.is_unk()]
        assert words == [node.surface for node in nodes]
        assert parts == [node.feature.partition(",")[0] for node in nodes]


@settings(deadline=None)
@given(st.text() | st.text(alphabet="猫かわいいミオw8! 、😀𠮟ｷﾞ\u200d\u0301", max_size=40))
def test_words_joined_are_the_text_without_its_spaces(text: str) -> None:
    normal = normalize(text, 4)
    words = surfaces(normal)
    assert "".join(words) == normal.replace(" ", "")
    assert all(word and not set(word) & set(" \u3000\n") for word in words)


@pytest.mark.parametrize("text", ["猫かわいいミオw8、" * 5000, "ｗ" * 100_000, "a" * 100_000])
def test_a_long_text_loses_nothing(text: str) -> None:
    assert "".join(surfaces(text)) == text


def test_unidic_is_a_dictionary_too() -> None:
    pytest.importorskip("unidic_lite")
    words, parts = MecabSplitter("unidic-lite").split("猫が来た。")
    assert words == ["猫", "が", "来", "た", "。"]
    assert parts == ["名詞", "助詞", "動詞", "助動詞", "補助記号"]


@pytest.mark.parametrize("dictionary", ["ipadic", "unidic-lite"])
def test_a_users_words_stay_whole(tmp_path: Path, dictionary: str) -> None:
    if dictionary == "unidic-lite":
        pytest.importorskip("unidic_lite")
    words = tmp_path / "my words.txt"
    words.write_text('\ufeff草生えるw\n\n# a note\nﾈｺﾈｺﾋﾞｰﾑ\n"a,b"\n', encoding="utf-8")
    splitter = MecabSplitter(dictionary, str(words))
    found, parts = splitter.split("また草生えるwとネコネコビームが")
    assert found == ["また", "草生えるw", "と", "ネコネコビーム", "が"]
    assert parts[1] == parts[3] == "名詞"
    assert "草生えるw" not in surfaces("また草生えるw", MecabSplitter(dictionary))


@pytest.mark.parametrize("dictionary", ["ipadic", "unidic-lite"])
def test_a_users_table_may_be_in_mecabs_format(tmp_path: Path, dictionary: str) -> None:
    if dictionary == "unidic-lite":
        pytest.importorskip("unidic_lite")
    table = tmp_path / "words.csv"
    table.write_text(
        '化猫ちゃん,1,1,-9000,感動詞,*\n草生えるw,,,,名詞,*\n\nネコビーム\n"a,b"\n', "utf-8"
    )
    splitter = MecabSplitter(dictionary, str(table))
    assert [splitter.split(text) for text in ("化猫ちゃん", "草生えるwネコビーム", "a,b")] == [
        (["化猫ちゃん"], ["感動詞"]),
        (["草生えるw", "ネコビーム"], ["名詞", "名詞"]),
        (["a,b"], ["名詞"]),
    ]


def test_a_users_word_with_a_space_leaves_none_in_words(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("nice boat\n", encoding="utf-8")
    splitter = MecabSplitter("ipadic", str(tmp_path / "words.txt"))
    assert splitter.split("nice boat") == (["nice", "boat"], ["名詞", "名詞"])


def test_a_faulty_row_is_refused_and_the_process_goes_on(tmp_path: Path) -> None:
    (tmp_path / "words.csv").write_text("猫,70000,70000,0,名詞\n", encoding="utf-8")
    with pytest.raises(PipelineError, match="cannot compile") as caught:
        MecabSplitter("ipadic", str(tmp_path / "words.csv"))
    assert caught.value.code == ExitCode.DICTIONARY_UNAVAILABLE


def test_a_compiled_dictionary_of_another_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("unidic_lite")
    shutil.copyfile(dictionary_folder("ipadic") / "sys.dic", tmp_path / "words.dic")
    with pytest.raises(PipelineError) as caught:
        MecabSplitter("unidic-lite", str(tmp_path / "words.dic"))
    assert caught.value.code == ExitCode.DICTIONARY_UNAVAILABLE


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\x81\xff", None])
@pytest.mark.parametrize("name", ["words.txt", "words.dic"])
def test_a_useless_user_dictionary_is_refused(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(PipelineError) as caught:
        MecabSplitter("ipadic", str(tmp_path / name))
    assert caught.value.code == ExitCode.DICTIONARY_UNAVAILABLE


def test_a_dictionary_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unidic_lite", None)
    with pytest.raises(PipelineError, match="pip install unidic-lite"):
        MecabSplitter("unidic-lite")


def test_a_system_dictionary_is_told_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mecab, "_SYSTEM_FOLDERS", (f"{tmp_path}/*/dic",))
    with pytest.raises(PipelineError, match="mecab-ipadic"):
        MecabSplitter("system")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "dic").symlink_to(dictionary_folder("ipadic"))
    assert surfaces("猫", MecabSplitter("system")) == ["猫"]


def test_a_folder_may_name_the_dictionary() -> None:
    same = MecabSplitter(str(dictionary_folder("ipadic")))
    assert same.split("猫が来た") == IPADIC.split("猫が来た")


def test_a_folder_without_a_dictionary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        MecabSplitter(str(tmp_path))
    assert caught.value.code == ExitCode.DICTIONARY_UNAVAILABLE
    assert str(tmp_path) in caught.value.problem


def test_a_broken_dictionary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sys.dic").write_bytes(b"no dictionary")
    (tmp_path / "dicrc").touch()
    with pytest.raises(PipelineError) as caught:
        MecabSplitter(str(tmp_path))
    assert caught.value.code == ExitCode.DICTIONARY_UNAVAILABLE


def test_a_dictionary_in_a_folder_with_spaces_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "my words"
    folder.symlink_to(dictionary_folder("ipadic"))
    assert surfaces("猫", MecabSplitter(str(folder))) == ["猫"]
