"""The uploader's scripts (ニコスクリプト): comments that change how others are drawn.

An uploader's comment that begins with ＠ and one of the names below is a command to the player.
Five of them change drawing or forbid something, and those that change drawing are carried out:

- ＠デフォルト: place, size, colour and font of comments that ask for none.
- ＠置換 keyword replacement [単|全] [target] [部分一致|完全一致]: other words, or the whole text.
- ＠逆 [全|コメ|投コメ]: what scrolls does so to the right.
- ＠コメント禁止: viewers' comments are not shown.

They hold from their time on, for the seconds of their command ``@N``; without one, the last two
for 30 seconds, the first two to the end. Each is carried out once, the latest first. ＠シーク禁止,
＠ジャンプ and all others do nothing here. The rules are those of Niconico's HTML5 player as
niconicomments reproduces them.
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
"""The command of what is not drawn."""

_NAME = re.compile(r"[@＠](デフォルト|置換|逆|コメント禁止)\s*(.*)", re.DOTALL)
_SECONDS = re.compile(r"[@＠](\d+(?:\.\d+)?)", re.ASCII)
_ARGUMENT = re.compile(r"「([^」]*)」|\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|(\S+)", re.DOTALL)
_LOOKS = ("place", "size", "color", "font")
_USUAL_MS = 30_000
_MAX_TEXT = 4096
"""Characters to which replacements may let a text grow."""
_MAX_SCRIPTS = 1000
"""Scripts of one video that are heeded."""


@dataclass(frozen=True)
class _Script:
    """One command of the uploader's."""

    name: str
    start_ms: int
    end_ms: float
    """Infinite for one that holds to the end."""
    commands: Sequence[str]
    """Of place, size, colour and font."""
    arguments: Sequence[str]

    def holds(self, comment: Comment) -> bool:
        """Whether it is about a comment's time."""
        return self.start_ms <= comment.time_ms < self.end_ms


def apply_scripts(comments: Sequence[Comment]) -> list[Comment]:
    """All comments as the uploader's scripts have them drawn, in the same order.

    The scripts themselves, and comments that they forbid, get the command ``invisible``.
    """
    scripts = [script for comment in comments if (script := _script(comment))][:_MAX_SCRIPTS]
    scripts.sort(key=lambda script: script.start_ms, reverse=True)  # the latest counts first
    return [_as_drawn(comment, scripts) for comment in comments]


def is_player_command(comment: Comment) -> bool:
    """Whether a comment is a command: an uploader's ＠…, or anyone's /…."""
    text = comment.text
    if comment.fork == "owner":
        return text.startswith("/") or is_script(text)
    return text.startswith("/") and is_script(text)


def _script(comment: Comment) -> _Script | None:
    found = _NAME.match(comment.text) if comment.fork == "owner" else None
    if found is None:
        return None
    name = found[1]
    told = next(filter(None, map(_SECONDS.fullmatch, comment.commands)), None)
    usual = _USUAL_MS if name in ("逆", "コメント禁止") else float("inf")
    return _Script(
        name=name,
        start_ms=comment.time_ms,
        end_ms=comment.time_ms + (float(told[1]) * 1000 if told else usual),
        commands=[word for word in comment.commands if category(word) in _LOOKS],
        arguments=[_argument(argument) for argument in _ARGUMENT.finditer(found[2])],
    )


def _argument(found: re.Match[str]) -> str:
    """Quotes allow escaped line breaks; 「」 and bare words are taken as they stand."""
    bracketed, double, single, bare = found.groups()
    quoted = double if double is not None else single
    if quoted is not None:
        return re.sub(r"\\(.)", lambda e: "\n" if e[1] == "n" else e[1], quoted)
    return bracketed if bracketed is not None else bare


def _as_drawn(comment: Comment, scripts: Sequence[_Script]) -> Comment:
    if comment.fork == "owner" and is_player_command(comment):
        return _with(comment, commands=[*comment.commands, INVISIBLE])
    for script in scripts:
        if script.holds(comment):
            comment = _changed(comment, script)
    return comment


def _changed(comment: Comment, script: _Script) -> Comment:
    is_owner = comment.fork == "owner"
    match script.name:
        case "デフォルト":
            asked = set(map(category, comment.commands))
            words = [word for word in script.commands if category(word) not in asked]
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
    """＠置換 once: what it puts in is not looked at again."""
    defaults = ("", "", "単", "コメ", "部分一致")
    given = script.arguments[: len(defaults)]
    keyword, replacement, extent, target, condition = (*given, *defaults[len(given) :])
    is_owner = comment.fork == "owner"
    # 含む and 含まない say whether the uploader's comments are included.
    if (is_owner and target in ("コメ", "含まない")) or (not is_owner and target == "投コメ"):
        return comment
    text = comment.text
    if not keyword or not (text == keyword if condition == "完全一致" else keyword in text):
        return comment
    changed = text.replace(keyword, replacement) if extent == "単" else replacement
    if len(changed) > _MAX_TEXT:
        return comment
    # The first word of a category counts.
    return _with(comment, text=changed, commands=[*script.commands, *comment.commands])


def _with(comment: Comment, **changes: object) -> Comment:
    return msgspec.structs.replace(comment, **changes)
