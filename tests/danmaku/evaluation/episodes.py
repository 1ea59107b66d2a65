"""Episodes whose truth is made by hand."""

from collections.abc import Mapping
from itertools import pairwise

from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.show.spec import EpisodeSpec
from pipeline.show.truth import Appearance, DrawingTruth, SceneTruth, Truth

CAST = ("ミオ", "ポチ", "タマ", "クロ")
Box = tuple[int, int, int, int]


def truth(
    shown: Mapping[str, tuple[int, int]],
    cuts: tuple[int, ...],
    boxes: Mapping[str, Box] | None = None,
) -> Truth:
    """300 frames of 100×100; ``shown`` tells from and until which frame somebody is there."""
    edges = (0, *cuts, 300)
    appearances = tuple(
        Appearance(
            name,
            start,
            end,
            tuple(
                DrawingTruth((boxes or {}).get(name, (0, 0, 10, 10)), "standing")
                for _ in range(start, end, 3)
            ),
        )
        for name, (start, end) in shown.items()
    )
    return Truth(
        made_by="hand",
        spec=EpisodeSpec(width=100, height=100, seconds=12.5),
        frame_rate="24",
        frame_count=300,
        frames_per_drawing=3,
        cast=CAST,
        scenes=tuple(SceneTruth(start, end, "room") for start, end in pairwise(edges)),
        appearances=appearances,
        comments=(),
    )


def comment(frame: int, *words: str) -> GeneratedComment:
    return GeneratedComment(
        time_ms=frame * 1000 // 24,
        text="".join(words),
        commands=[],
        words=[*words],
        frame=frame,
        viewers=1,
    )
