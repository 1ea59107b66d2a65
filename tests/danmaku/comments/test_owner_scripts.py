"""The uploader's scripts: carried out where they change drawing, never drawn nor learned."""

from pathlib import Path

import pytest

from pipeline.danmaku.comments.owner_scripts import apply_scripts, is_player_command
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.tokenization import tokenized
from pipeline.danmaku.comments.writing import write_comments


def script(text: str, at_s: float = 0, *commands: str) -> Comment:
    return Comment(time_ms=round(at_s * 1000), text=text, commands=list(commands), fork="owner")


def posted(text: str = "草", at_s: float = 1, *commands: str, fork: str = "main") -> Comment:
    return Comment(time_ms=round(at_s * 1000), text=text, commands=list(commands), fork=fork)


def drawn(*comments: Comment) -> list[tuple[str, list[str]]]:
    """Of the comments that are no scripts."""
    after = zip(comments, apply_scripts(comments), strict=True)
    return [(new.text, new.commands) for old, new in after if not is_player_command(old)]


def test_default_gives_what_a_comment_does_not_ask_for() -> None:
    found = drawn(script("＠デフォルト", 0, "green", "big"), posted(), posted("x", 1, "ue", "red"))
    assert found == [("草", ["green", "big"]), ("x", ["ue", "red", "big"])]


def test_scripts_hold_from_their_time_for_their_seconds() -> None:
    for text in ("@デフォルト", "＠デフォルト"):
        found = drawn(script(text, 5, "red", "@10"), *(posted("x", at) for at in (4, 5, 14, 16)))
        assert [commands for _, commands in found] == [[], ["red"], ["red"], []]
    (late,) = drawn(script("＠デフォルト", 5, "red"), posted("x", 5000))
    assert late == ("x", ["red"])


def test_the_latest_of_two_counts() -> None:
    found = drawn(
        script("＠デフォルト", 0, "red"), script("＠デフォルト", 9, "blue"), posted("x", 10)
    )
    assert found == [("x", ["blue"])]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("草 森", ["森", "大森原", "草の主"]),
        ("「草」 「森」 全 コメ", ["森", "森", "草の主"]),
        ('"草" "森\\n林" 単', ["森\n林", "大森\n林原", "草の主"]),
        ("草 森 単 全", ["森", "大森原", "森の主"]),
        ("草 森 単 投コメ", ["草", "大草原", "森の主"]),
        ("草 森 単 含む", ["森", "大森原", "森の主"]),
        ("草 森 単 含まない", ["森", "大森原", "草の主"]),
        ("草 森 単 コメ 完全一致", ["森", "大草原", "草の主"]),
        ("草", ["", "大原", "草の主"]),
        ("「」 森", ["草", "大草原", "草の主"]),
        ("", ["草", "大草原", "草の主"]),
    ],
)
def test_replacement_follows_its_arguments(arguments: str, expected: list[str]) -> None:
    others = posted(), posted("大草原"), posted("草の主", fork="owner")
    found = drawn(script(f"@置換 {arguments}", 0), *others)
    assert [text for text, _ in found] == expected


def test_a_replacement_brings_its_looks() -> None:
    found = drawn(script("@置換 草 森 単", 0, "ue", "red"), posted("草", 1, "blue"), posted("x"))
    assert found == [("森", ["ue", "red", "blue"]), ("x", [])]


def test_replacements_do_not_loop_nor_grow_without_bound() -> None:
    (once,) = drawn(script("@置換 草 草草", 0), posted())
    assert once[0] == "草草"
    circle = [script("@置換 a b", 0), script("@置換 b a", 0)]
    assert drawn(*circle, posted("a"))[0][0] in ("a", "b")
    (bomb,) = drawn(*(script("@置換 草 草草", 0) for _ in range(60)), posted())
    assert len(bomb[0]) <= 4096


@pytest.mark.parametrize(
    ("target", "viewer", "owner"), [("", 1, 1), (" 全", 1, 1), (" コメ", 1, 0), (" 投コメ", 0, 1)]
)
def test_reverse_turns_those_that_it_means_for_thirty_seconds(
    target: str, viewer: int, owner: int
) -> None:
    others = posted(), posted("主", fork="owner"), posted("late", 31)
    found = drawn(script(f"＠逆{target}", 0), *others)
    assert [commands for _, commands in found] == [["reverse"] * viewer, ["reverse"] * owner, []]


def test_forbidden_comments_are_not_shown_and_the_uploaders_are() -> None:
    others = posted("x", 1), posted("主", 1, fork="owner"), posted("later", 11)
    found = drawn(script("＠コメント禁止", 0, "@10"), *others)
    assert [commands for _, commands in found] == [["invisible"], [], []]


@pytest.mark.parametrize("text", ["＠シーク禁止", "＠ジャンプ #13:00", "@ジャンプ sm9", "/dt('x')"])
def test_what_does_not_change_drawing_is_ignored_and_not_drawn(text: str) -> None:
    first, other = apply_scripts([script(text), posted()])
    assert first.commands == ["invisible"]
    assert other == posted()


def test_a_viewer_has_no_scripts() -> None:
    viewer = posted("＠デフォルト", 0, "red")
    assert apply_scripts([viewer, posted()]) == [viewer, posted()]


def test_scripts_are_not_learned() -> None:
    comments = [
        script("＠デフォルト"),
        script("普通"),
        posted("@置換 a b"),
        posted("/nicoad {}"),
    ]
    words = tokenized(comments, str, "characters", "ipadic", None)
    assert [bool(comment.words) for comment in words] == [False, True, True, False]


def test_files_for_players_without_scripts_have_their_effect(tmp_path: Path) -> None:
    comments = [script("@置換 草 森", 0), posted(), script("主のコメント", 2)]
    for name in ("vtt", "bilibili.xml", "ass"):
        message = write_comments(tmp_path / name, name, comments)
        written = (tmp_path / name).read_text()
        assert "森" in written
        assert "草" not in written
        assert "主のコメント" in written
        assert "cannot carry" in message
    for name in ("niconico.xml", "csv"):
        write_comments(tmp_path / name, name, comments)
        assert "@置換 草 森" in (tmp_path / name).read_text()
