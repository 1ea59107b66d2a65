"""YouTube's live chat as yt-dlp saves it (``live_chat.json``): one action of the player a line.

Messages, paid messages and members' messages are comments; the rest is reported as skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values
from pipeline.reading.content import Content
from pipeline.reading.json_stream import items

_MESSAGES = (
    "liveChatTextMessageRenderer",
    "liveChatPaidMessageRenderer",
    "liveChatMembershipItemRenderer",
)


def confidence(content: Content) -> float:
    """Certain if there are actions of the player."""
    return 1.0 if content.outline.has("", "replayChatItemAction") else 0.0


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every message with a text and a time."""
    for line in items(content, "", report, _is_line):
        replay = values.members(values.members(line).get("replayChatItemAction"))
        # Lines saved during the broadcast have their time outside the action.
        time = replay.get("videoOffsetTimeMsec", values.members(line).get("videoOffsetTimeMsec"))
        actions = replay.get("actions")
        for action in actions if isinstance(actions, list) else []:
            item = values.members(
                values.members(values.members(action).get("addChatItemAction")).get("item")
            )
            kind = next(filter(item.get, _MESSAGES), None)
            if kind is None:
                report.skip(
                    str(next(iter(item), None) or next(iter(values.members(action)), "action"))
                )
                continue
            report.read += 1
            comment = _comment(values.members(item[kind]), time, report)
            if comment is not None:
                yield comment


def _is_line(item: object) -> bool:
    return isinstance(item, dict) and "replayChatItemAction" in item


def _comment(message: Mapping[str, Any], time: object, report: CommentReport) -> Comment | None:
    microseconds = values.integer(message.get("timestampUsec"), values.MAX_ID) or 0
    simple = values.members(message.get("timestampText")).get("simpleText")
    offset = values.integer(time)
    # Before the start of the broadcast the offset stays at 0.
    if not offset and isinstance(simple, str) and (shown := values.clock_time(simple)):
        offset = shown
    return report.comment(
        time_ms=offset,
        text=_text(message.get("message")) or _text(message.get("headerSubtext")),
        user=hashed_user(values.text(message.get("authorExternalChannelId"))),
        posted_at=microseconds // 1_000_000 or None,
        posted_us=microseconds % 1_000_000,
    )


def _text(rich: object) -> str:
    """Join texts and emoji; a channel's own emoji appear by the name that viewers type."""
    runs = values.members(rich).get("runs")
    if not isinstance(runs, list):
        return values.text(values.members(rich).get("simpleText")) or ""
    return "".join(map(_run, map(values.members, runs)))


def _run(run: Mapping[str, Any]) -> str:
    if text := values.text(run.get("text")):
        return text
    emoji = values.members(run.get("emoji"))
    shortcuts = emoji.get("shortcuts")
    shortcut = shortcuts[0] if isinstance(shortcuts, list) and shortcuts else None
    of_channel = emoji.get("isCustomEmoji") is True or "/" in str(emoji.get("emojiId"))
    named = shortcut if of_channel else emoji.get("emojiId")
    return values.text(named) or values.text(shortcut) or ""


READER = Reader("YouTube live chat", "lines with replayChatItemAction", confidence, read)
