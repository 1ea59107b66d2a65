"""Which comments to leave out, judged one by one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from pipeline.danmaku.comments.content import Content
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.runtime.errors import ExitCode, PipelineError

NG_LEVELS = {"weak": -10_000, "medium": -4_800, "strong": -1_000}
"""Niconico hides comments whose shared-NG score is at or below these."""

_SCRIPT = re.compile(
    r"/[A-Za-z_]\w*(?:\s|$|[({:=])|[@＠](?:デフォルト|置換|逆|ボタン|ピザ|ジャンプ|コメント禁止"
    r"|シーク禁止|ドア|CM|投票|カウンター|エフェクト|スコア|メッセージ|音|フィルタ|パレット|キーワード"
    r"|テキスト|ヘルプ)"
)
"""Niwango and operators' commands (``/nicoad {…}``), and the at-commands of uploaders."""

_STROKES = "　_|｜/\\／＼‾￣―─━│┃┌┐└┘├┤┬┴┼╋▀▄█▌▐░▒▓■□▲△▼▽◆◇●○◢◣◤◥／＼＿"
_ART_LINES = 3
_ART_STROKES = 8
"""So many characters to draw with, and more than half of a comment, are a picture."""


@dataclass(frozen=True)
class Rules:
    """What the settings of the stage ``comments`` ask for; None and empty leave all in."""

    forks: frozenset[str] = frozenset()
    """Those to keep, if not all; a comment without a fork is a viewer's, ``main``."""
    lowest_score: int | None = None
    """Scores at or below are left out."""
    words: re.Pattern[str] | None = None
    """NG words."""
    users: frozenset[str] = frozenset()
    """Digests of NG users."""
    art: bool = False
    """Whether to leave out comment art."""
    scripts: bool = False
    """Whether to leave out comments that are commands to the player."""
    longest_text: int | None = None
    """Characters."""

    def verdict(self, comment: Comment) -> str | None:
        """Why ``comment`` is left out, in words that follow a number; None if it is not."""
        if self.forks and (comment.fork or "main") not in self.forks:
            return f"of the fork {comment.fork or 'main'}"
        if self.lowest_score is not None and comment.score <= self.lowest_score:
            return "hidden by shared NG"
        if comment.user in self.users:
            return "by NG users"
        if self.longest_text is not None and len(comment.text) > self.longest_text:
            return f"longer than {self.longest_text} characters"
        if has_ng_words(comment.text, self.words):
            return "with NG words"
        if self.scripts and is_script(comment.text):
            return "scripts"
        if self.art and is_art(comment.text):
            return "comment art"
        return None


def has_ng_words(text: str, words: re.Pattern[str] | None) -> bool:
    """Whether any of ``words``, as ``ng_words`` reads them, is in ``text``."""
    return words is not None and words.search(_folded(text)) is not None


def is_script(text: str) -> bool:
    """Whether a comment speaks to the player and not to viewers: ``/…`` and ``@…``."""
    return _SCRIPT.match(text) is not None


def is_art(text: str) -> bool:
    """Whether a comment is a picture: three lines or more, or mostly strokes and blocks."""
    if text.strip().count("\n") >= _ART_LINES - 1:
        return True
    strokes = sum(map(text.count, _STROKES)) if not text.isascii() else 0
    return strokes >= _ART_STROKES and 2 * strokes > len(text)


def ng_words(path: Path) -> re.Pattern[str] | None:
    """A pattern for any of the file's lines: a word, or an expression between slashes.

    Case and width do not count. Raises PipelineError INVALID_SETTING with the line.
    """
    patterns = []
    for number, line in _lines(path):
        expression = line[1:-1] if len(line) > 2 and line[0] == line[-1] == "/" else None
        try:
            re.compile(expression or "")
        except re.error as error:
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"{path}:{number}: {line} is no regular expression ({error})",
                "Mend it, or leave out its slashes to mean the word as it stands",
            ) from None
        patterns.append(expression or re.escape(_folded(line)))
    return re.compile("|".join(f"(?:{p})" for p in patterns)) if patterns else None


def ng_users(path: Path) -> frozenset[str]:
    """Digests of the users in a file, one a line: ids as their files have them, or digests."""
    users = [line for _, line in _lines(path)]
    return frozenset(users) | frozenset(filter(None, map(hashed_user, users)))


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        content = Content.of(path)
        why = "it is no text in a known encoding" if content.raw_head and not content.head else ""
    except OSError as error:
        why = error.strerror or str(error)
    if why:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"cannot read the list {path}: {why}",
            "Give the path of a text with one entry a line",
        )
    text = "".join(content.text())
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return [(number, line) for number, line in lines if line and not line.startswith("# ")]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
