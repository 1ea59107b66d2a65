"""Danbooru's metadata: a line a picture, with its tags between spaces, by groups and all together.

Content ratings are whole words, because the letter ``s`` has had two meanings.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pipeline.labels.record import Label
from pipeline.labels.tag_lists import GROUPS, RATING
from pipeline.labels.tag_names import with_underscores
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a line for each picture; spaces in tags become underscores. All are held in memory."""
    encode = msgspec.json.encode
    posts: dict[str, dict[str, list[str]]] = {}
    for label in labels:
        group = label.group if label.group in GROUPS else ""
        if group != label.group:
            output.lose("groups that Danbooru does not have")
        name = with_underscores(label.value)
        if name != label.value:
            output.lose("spaces in tags")
        posts.setdefault(label.picture, {}).setdefault(group, []).append(name)
    with output.file() as file:
        for picture, tags in posts.items():
            ratings = tags.pop(RATING, [])
            output.lose("more than one content rating of a picture", max(0, len(ratings) - 1))
            named = [name for group in (*GROUPS, "") for name in tags.get(group, ())]
            line = {"file_name": picture, "tag_string": " ".join(named)}
            line |= {
                f"tag_string_{group}": " ".join(tags[group]) for group in GROUPS if group in tags
            }
            if ratings:
                line["rating"] = ratings[0]
            file.write(encode(line) + b"\n")
            output.written += len(named) + len(ratings[:1])


WRITER = Writer(kinds=frozenset({"tag"}), carries=frozenset({"group", "complete"}), write=write)
