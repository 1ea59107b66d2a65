"""TwitchDownloader's JSON: a list ``comments`` of objects from Twitch's old API."""

from __future__ import annotations

from pipeline.danmaku.comments.json_reader import json_reader
from pipeline.danmaku.comments.twitch import old_comment

READER = json_reader(
    "TwitchDownloader JSON",
    forms={"comments.item": [["content_offset_seconds", "message"]]},
    comment=old_comment,
    typical=["_id", "created_at", "commenter"],
)
