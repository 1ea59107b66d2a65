"""TwitchDownloader's JSON: a list ``comments`` of objects from Twitch's old API."""

from __future__ import annotations

from pipeline.danmaku.comments.twitch import old_comment
from pipeline.reading.json_reader import json_reader

READER = json_reader(
    "TwitchDownloader JSON",
    forms={"comments.item": [["content_offset_seconds", "message"]]},
    record=old_comment,
    typical=["_id", "created_at", "commenter"],
)
