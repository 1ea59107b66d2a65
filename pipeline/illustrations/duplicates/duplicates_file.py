"""``duplicates.jsonl``: the pictures of a collection that equal others, or nearly do, by groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from pipeline.illustrations.duplicates.finding import Pair
from pipeline.runtime.grouping import groups
from pipeline.runtime.json_lines import read_lines, write_lines


class Duplicate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture of a group."""

    group: int
    """From 1; its pictures stand one after the other."""
    frame: int
    picture: str
    like: str = ""
    """The picture of the group that it is most like; empty for the first."""
    difference: float = 0.0
    """From that, of the block that differs most, in grey levels."""
    mirrored: bool = False


def duplicates_of(
    names: Sequence[str], rows: Sequence[int], pairs: Iterable[Pair]
) -> Iterator[Duplicate]:
    """The groups of stills called ``names``, which show ``rows``, of which ``pairs`` are alike."""
    first: dict[int, int] = {}
    links: dict[int, list[Pair]] = defaultdict(list)
    for frame, row in enumerate(rows):
        if first.setdefault(row, frame) != frame:
            links[frame].append(Pair(first[row], frame, False, 0.0))
    for pair in pairs:
        one, other = sorted((first[pair.one], first[pair.other]))
        links[other].append(pair._replace(one=one, other=other))
        links[one].append(pair._replace(one=other, other=one))
    linked = [(link.one, link.other) for some in links.values() for link in some]
    for number, members in enumerate(groups(linked), 1):
        yield Duplicate(group=number, frame=members[0], picture=names[members[0]])
        for frame in members[1:]:
            best = min(links[frame], key=lambda link: (link.difference, link.one))
            yield Duplicate(
                group=number,
                frame=frame,
                picture=names[frame],
                like=names[best.one],
                difference=best.difference,
                mirrored=best.mirrored,
            )


def write_duplicates(path: Path, duplicates: Iterable[Duplicate]) -> None:
    """Publish ``duplicates.jsonl``."""
    write_lines(path, duplicates)


def read_duplicates(path: Path) -> list[Duplicate]:
    """Read ``duplicates.jsonl``; raises PipelineError BAD_ARTIFACT."""
    return list(read_lines(path, Duplicate))
