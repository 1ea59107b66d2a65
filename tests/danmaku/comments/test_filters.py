import dataclasses
from pathlib import Path
from typing import Any

import pytest

from pipeline.danmaku.comments.filters import (
    NG_LEVELS,
    Rules,
    is_art,
    is_script,
    load_ng_users,
)
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.word_lists import load_ng_words

KEEP_ALL = Rules(
    forks=frozenset({"main", "owner", "easy"}),
    ng_score=None,
    ng_words=None,
    ng_users=frozenset(),
    drop_art=False,
    drop_scripts=False,
    max_characters=None,
)
ART = "　∧＿∧\n（　´∀｀）\n（　　　　）"


def reason_to_drop(comment: Comment, **rules: Any) -> str | None:
    return dataclasses.replace(KEEP_ALL, **rules).reason_to_drop(comment)


def posted(text: str = "草", **fields: Any) -> Comment:
    return Comment(time_ms=0, text=text, **fields)


def test_nothing_is_dropped_by_default() -> None:
    for comment in (
        posted(ART),
        posted("/nicoad {}"),
        posted(score=-99_999, fork="easy"),
        posted("a" * 9999),
    ):
        assert reason_to_drop(comment) is None


def test_forks_are_chosen_and_no_fork_is_a_viewers() -> None:
    viewers = frozenset({"main"})
    assert reason_to_drop(posted(fork="owner"), forks=viewers) == "of the fork owner"
    assert reason_to_drop(posted(fork="main"), forks=viewers) is None
    assert reason_to_drop(posted(), forks=viewers) is None
    assert reason_to_drop(posted(), forks=frozenset({"owner"})) == "of the fork main"


@pytest.mark.parametrize(
    ("level", "score", "hidden"),
    [
        ("weak", -10_000, True),
        ("weak", -9_999, False),
        ("medium", -4_800, True),
        ("medium", -4_799, False),
        ("strong", -1_000, True),
        ("strong", 0, False),
    ],
)
def test_shared_ng_hides_at_its_level_and_below(level: str, score: int, hidden: bool) -> None:
    found = reason_to_drop(posted(score=score), ng_score=NG_LEVELS[level])
    assert found == ("hidden by shared NG" if hidden else None)


def test_long_texts_are_counted_in_characters() -> None:
    assert reason_to_drop(posted("あ" * 10), max_characters=10) is None
    assert reason_to_drop(posted("あ" * 11), max_characters=10) == "longer than 10 characters"


def test_ng_words_ignore_case_and_width(tmp_path: Path) -> None:
    path = tmp_path / "ng.txt"
    path.write_text("\ufeffSpam.\n\n# a note\n#tag\n/^buy \\d+/\nカード\n", encoding="utf-8")
    words = load_ng_words(str(path))
    for hit in ("it is ｓｐａｍ. yes", "a #tag", "BUY 12", "ｶｰﾄﾞ"):
        assert reason_to_drop(posted(hit), ng_words=words) == "with NG words", hit
    for miss in ("spam!", "a note", "I buy 12", "カー"):
        assert reason_to_drop(posted(miss), ng_words=words) is None, miss


def test_an_empty_list_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "ng.txt").write_text("\n\n")
    assert load_ng_words(str(tmp_path / "ng.txt")) is None


def test_an_invalid_expression_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "ng.txt"
    path.write_text("fine\n/(/\n")
    with pytest.raises(PipelineError, match=r"ng\.txt:2") as caught:
        load_ng_words(str(path))
    assert caught.value.code == ExitCode.INVALID_SETTING


def test_a_missing_list_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="none"):
        load_ng_users(tmp_path / "none.txt")


def test_ng_users_are_ids_or_digests(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    path.write_text(f"12345\n{hashed_user('abc')}\n")
    users = load_ng_users(path)
    assert reason_to_drop(posted(user=hashed_user("12345")), ng_users=users) == "by NG users"
    assert reason_to_drop(posted(user=hashed_user("abc")), ng_users=users) == "by NG users"
    assert reason_to_drop(posted(user=hashed_user("other")), ng_users=users) is None
    assert reason_to_drop(posted(), ng_users=users) is None


@pytest.mark.parametrize(
    "text", ['/nicoad {"version":"1"}', "/vote start", "/emotion", "@デフォルト big", "＠置換 a b"]
)
def test_scripts_are_recognised(text: str) -> None:
    assert is_script(text)
    assert reason_to_drop(posted(text), drop_scripts=True) == "scripts"


@pytest.mark.parametrize("text", ["/", "//", "/(^o^)\\", "@ 5分", "@user hi", "9/10", "/100点"])
def test_slashes_and_ats_of_viewers_are_no_scripts(text: str) -> None:
    assert not is_script(text)


@pytest.mark.parametrize("text", [ART, "■■■■□□□■■■", "a\nb\nc", "／￣￣￣￣￣＼"])
def test_comment_art_is_recognised(text: str) -> None:
    assert is_art(text)
    assert reason_to_drop(posted(text), drop_art=True) == "comment art"


@pytest.mark.parametrize(
    "text", ["草", "wwwwwwwwwww", "え？\nまじ", "\n\nおお\n", "────！", "あ　あ　あ"]
)
def test_speech_is_no_art(text: str) -> None:
    assert not is_art(text)
