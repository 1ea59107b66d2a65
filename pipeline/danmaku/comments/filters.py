"""Which comments to drop, judged one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.text.word_lists import has_ng_words, lines_of

NG_LEVELS = {"weak": -10_000, "medium": -4_800, "strong": -1_000}
"""Niconico hides comments whose shared-NG score is at or below these."""

_SCRIPT = re.compile(
    r"/[A-Za-z_]\w*(?:\s|$|[({:=])|[@＠](?:デフォルト|置換|逆|ボタン|ピザ|ジャンプ|コメント禁止"
    r"|シーク禁止|ドア|CM|投票|カウンター|エフェクト|スコア|メッセージ|音|フィルタ|パレット|キーワード"
    r"|テキスト|ヘルプ)"
)
"""Commands of Niwango and of operators (``/nicoad {…}``), and the at-commands of uploaders."""

_STROKES = "　_|｜/\\／＼‾￣―─━│┃┌┐└┘├┤┬┴┼╋▀▄█▌▐░▒▓■□▲△▼▽◆◇●○◢◣◤◥／＼＿"
_MIN_ART_LINES = 3
_MIN_ART_STROKES = 8
"""A comment with at least this many of these characters is art, if they are more than half."""


@dataclass(frozen=True)
class Rules:
    """Filters for single comments; None, empty and False drop nothing."""

    forks: frozenset[str] = frozenset()
    """Forks to keep; empty keeps all. A comment without a fork counts as a viewer's, ``main``."""
    ng_score: int | None = None
    """Comments with a shared-NG score at or below this are dropped."""
    ng_words: re.Pattern[str] | None = None
    """Comments that match are dropped; see ``load_ng_words``."""
    ng_users: frozenset[str] = frozenset()
    """Digests of users whose comments are dropped."""
    drop_art: bool = False
    drop_scripts: bool = False
    max_characters: int | None = None
    """Longer comments are dropped."""

    def reason_to_drop(self, comment: Comment) -> str | None:
        """Why ``comment`` is dropped, in words that follow a number; None if it is kept."""
        if self.forks and (comment.fork or "main") not in self.forks:
            return f"of the fork {comment.fork or 'main'}"
        if self.ng_score is not None and comment.score <= self.ng_score:
            return "hidden by shared NG"
        if comment.user in self.ng_users:
            return "by NG users"
        if self.max_characters is not None and len(comment.text) > self.max_characters:
            return f"longer than {self.max_characters} characters"
        if has_ng_words(comment.text, self.ng_words):
            return "with NG words"
        if self.drop_scripts and is_script(comment.text):
            return "scripts"
        if self.drop_art and is_art(comment.text):
            return "comment art"
        return None


def is_script(text: str) -> bool:
    """Whether a comment is a command to the player: ``/…`` or ``@…``."""
    return _SCRIPT.match(text) is not None


def is_art(text: str) -> bool:
    """Whether a comment is art: three lines or more, or mostly strokes and blocks."""
    if text.strip().count("\n") >= _MIN_ART_LINES - 1:
        return True
    strokes = sum(map(text.count, _STROKES)) if not text.isascii() else 0
    return strokes >= _MIN_ART_STROKES and 2 * strokes > len(text)


def load_ng_users(path: Path) -> frozenset[str]:
    """Digests of the users in a file: one id or digest a line."""
    users = [line for _, line in lines_of(path)]
    return frozenset(users) | frozenset(filter(None, map(hashed_user, users)))
