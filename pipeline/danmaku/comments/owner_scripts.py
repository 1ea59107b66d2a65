"""The uploader's scripts (ニコスクリプト): comments that change how others are drawn.

An uploader's comment that begins with ＠ and a name is a command to the player. Those that change
how comments are drawn are applied:

- ＠デフォルト: place, size, colour and font of comments that ask for none.
- ＠置換 keyword replacement [単|全] [target] [部分一致|完全一致]: other words, or the whole text.
- ＠逆 [全|コメ|投コメ]: what scrolls does so to the right.
- ＠コメント禁止: viewers' comments are not shown.

They are active from their time on, for the seconds of their command ``@N``. Without one, the first
two stay active to the end, the last two for 30 seconds. Each is applied once, the latest first.
＠シーク禁止, ＠ジャンプ and all others do nothing here. The rules are those of Niconico's HTML5
player as niconicomments reproduces them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pipeline.danmaku.comments.bilibili import REVERSE_WORD
from pipeline.danmaku.comments.filters import is_script
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.drawing.style import category

INVISIBLE = "invisible"
"""The command that hides a comment."""

_NAME = re.compile(r"[@＠](デフォルト|置換|逆|コメント禁止)\s*(.*)", re.DOTALL)
_SECONDS = re.compile(r"[@＠](\d+(?:\.\d+)?)", re.ASCII)
_ARGUMENT = re.compile(r"「([^」]*)」|\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|(\S+)", re.DOTALL)
_APPEARANCE = ("place", "size", "color", "font")
_DEFAULT_MS = 30_000
"""How long ＠逆 and ＠コメント禁止 are active without ``@N``."""
_MAX_TEXT = 4096
"""Characters to which replacements may let a text grow; beyond that they are not made."""
_MAX_SCRIPTS = 1000
"""Scripts of one video that are applied; more are ignored."""


@dataclass(frozen=True)
class _Script:
    """One script."""

    name: str
    start_ms: int
    end_ms: float
    """Infinite for one that is active to the end."""
    commands: Sequence[str]
    """Its commands for place, size, colour and font."""
    arguments: Sequence[str]

    def is_active_at(self, comment: Comment) -> bool:
        """Whether it is active at the time of ``comment``."""
        return self.start_ms <= comment.time_ms < self.end_ms


def apply_scripts(comments: Sequence[Comment]) -> list[Comment]:
    """Apply the uploader's scripts to all comments, and return them in the same order.

    The scripts themselves, and comments that they forbid, get the command ``invisible``.
    """
    scripts = [script for comment in comments if (script := _script(comment))][:_MAX_SCRIPTS]
    scripts.sort(key=lambda script: script.start_ms, reverse=True)  # the latest first
    return [_applied(comment, scripts) for comment in comments]


def is_player_command(comment: Comment) -> bool:
    """Whether a comment is a command to the player: an uploader's ＠… or anyone's /…."""
    text = comment.text
    if comment.fork == "owner":
        return text.startswith("/") or is_script(text)
    return text.startswith("/") and is_script(text)


def _script(comment: Comment) -> _Script | None:
    match = _NAME.match(comment.text) if comment.fork == "owner" else None
    if match is None:
        return None
    name = match[1]
    seconds = next(filter(None, map(_SECONDS.fullmatch, comment.commands)), None)
    default_ms = _DEFAULT_MS if name in ("逆", "コメント禁止") else float("inf")
    return _Script(
        name=name,
        start_ms=comment.time_ms,
        end_ms=comment.time_ms + (float(seconds[1]) * 1000 if seconds else default_ms),
        commands=[word for word in comment.commands if category(word) in _APPEARANCE],
        arguments=[_argument(argument) for argument in _ARGUMENT.finditer(match[2])],
    )


def _argument(match: re.Match[str]) -> str:
    """The text of an argument; only quoted ones may hold escapes."""
    bracketed, double, single, bare = match.groups()
    quoted = double if double is not None else single
    if quoted is not None:
        return re.sub(r"\\(.)", lambda e: "\n" if e[1] == "n" else e[1], quoted)
    return bracketed if bracketed is not None else bare


def _applied(comment: Comment, scripts: Sequence[_Script]) -> Comment:
    if comment.fork == "owner" and is_player_command(comment):
        return _with(comment, commands=[*comment.commands, INVISIBLE])
    for script in scripts:
        if script.is_active_at(comment):
            comment = _changed(comment, script)
    return comment


def _changed(comment: Comment, script: _Script) -> Comment:
    is_owner = comment.fork == "owner"
    match script.name:
        case "デフォルト":
            own = set(map(category, comment.commands))
            words = [word for word in script.commands if category(word) not in own]
            return _with(comment, commands=[*comment.commands, *words]) if words else comment
        case "置換":
            return _replaced(comment, script)
        case "逆":
            target = script.arguments[0] if script.arguments else "全"
            if target == ("コメ" if is_owner else "投コメ"):
                return comment
            return _with(comment, commands=[*comment.commands, REVERSE_WORD])
        case _:
            return comment if is_owner else _with(comment, commands=[*comment.commands, INVISIBLE])


def _replaced(comment: Comment, script: _Script) -> Comment:
    """Apply ＠置換 once: its replacement is not searched again."""
    defaults = ("", "", "単", "コメ", "部分一致")
    given = script.arguments[: len(defaults)]
    keyword, replacement, extent, target, condition = (*given, *defaults[len(given) :])
    is_owner = comment.fork == "owner"
    # 含む and 含まない include and exclude the uploader's comments.
    if (is_owner and target in ("コメ", "含まない")) or (not is_owner and target == "投コメ"):
        return comment
    text = comment.text
    if not keyword or not (text == keyword if condition == "完全一致" else keyword in text):
        return comment
    changed = text.replace(keyword, replacement) if extent == "単" else replacement
    if len(changed) > _MAX_TEXT:
        return comment
    # The first command of a category wins, so the script's go before the comment's.
    return _with(comment, text=changed, commands=[*script.commands, *comment.commands])


def _with(comment: Comment, **changes: object) -> Comment:
    return msgspec.structs.replace(comment, **changes)
