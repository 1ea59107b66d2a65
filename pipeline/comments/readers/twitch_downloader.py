"""TwitchDownloader's JSON: ``comments`` of Twitch's old API with ``content_offset_seconds``."""

from __future__ import annotations

from pipeline.comments.json_reader import json_reader
from pipeline.comments.twitch import old_comment

READER = json_reader(
    "TwitchDownloader JSON",
    forms={"comments.item": [["content_offset_seconds", "message"]]},
    comment=old_comment,
    typical=["_id", "created_at", "commenter"],
)
