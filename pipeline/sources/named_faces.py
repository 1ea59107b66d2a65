"""Where in a video the faces are that comments may name."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pipeline.danmaku.evaluation.pointing import Whereabouts
from pipeline.faces.tracks.cast_file import read_cast
from pipeline.faces.tracks.tracks_file import read_tracks
from pipeline.labels.boxes import Box
from pipeline.media.source import PictureSource
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.logs import log


def named_faces(video: PictureSource, frames: Frames, cast: Path, tracks: Path) -> Whereabouts:
    """Where those of the cast are who have a name; a warning tells if nobody has.

    Raises PipelineError BAD_ARTIFACT.
    """
    name_of = {track: one.name for one in read_cast(cast) if one.name for track in one.tracks}
    if not name_of:
        log.warning("nobody of the cast has a name; `faces: cast: names:` gives them names")
    boxes: dict[int, dict[str, Box]] = defaultdict(dict)
    for track in read_tracks(tracks):
        for face in track.faces if track.number in name_of else ():
            for frame in range(face.frame, face.end_frame):
                boxes[frame][name_of[track.number]] = face.box
    width = round(video.width * video.sample_aspect)
    return Whereabouts(width, video.height, frames.cuts, lambda frame: boxes.get(frame, {}))
