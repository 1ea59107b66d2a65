"""The screen that comments on a video are placed on, with the faces that they leave free."""

from __future__ import annotations

from pipeline.danmaku.drawing.screen import Screen, screen_of
from pipeline.engine.stage import Files
from pipeline.faces.tracks.showings import face_times
from pipeline.media.source import PictureSource


def video_screen(video: PictureSource, inputs: Files) -> Screen:
    """The screen of a video; its faces are avoided by stages that are given ``faces``.

    Raises PipelineError BAD_ARTIFACT for ``faces.jsonl`` of another video.
    """
    faces = inputs.get("faces")
    return screen_of(video, face_times(faces, inputs["frames"]) if faces else ())
