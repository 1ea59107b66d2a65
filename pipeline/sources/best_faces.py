"""When in a video the faces are that somebody likes best."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from pipeline.faces.ranking.ranks import read_ranking
from pipeline.pictures.frames_file import Frames


def seconds_of_best_faces(frames: Path, ranking: Path) -> list[Fraction]:
    """When the pictures of a ``ranking.csv`` are shown, the best first.

    Raises PipelineError BAD_ARTIFACT.
    """
    times = Frames.load(frames).times
    return [times.seconds(int(frame)) for frame in read_ranking(ranking)]
