"""One episode on disk: the video, its comments and its truth."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import PipelineError
from pipeline.show.making import code_digest, make_once
from pipeline.show.spec import FRAMES_PER_DRAWING, RATE, EpisodeSpec
from pipeline.show.truth import (
    Appearance,
    CommentTruth,
    DrawingTruth,
    SceneTruth,
    Truth,
    truth_path,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.show.niconico import Comment
    from pipeline.show.script import Role, Script

_CRF = 18


def make_episode(
    folder: Path, spec: EpisodeSpec, *, drawn: Callable[[int], object] = lambda frames: None
) -> Path:
    """Write the episode's mp4, xml and truth.json into ``folder``; return the video's path.

    Nothing is done if it ``is_made`` already. ``drawn`` is called with the number of frames that
    each drawing adds. Raises PipelineError: DISK_FULL or FFMPEG_FAILED; OSError.
    """
    video = folder / f"{spec.stem}.mp4"
    make_once(folder, lambda: is_made(folder, spec), lambda: _make(video, spec, drawn))
    return video


def _make(video: Path, spec: EpisodeSpec, drawn: Callable[[int], object]) -> None:
    from pipeline.show.niconico import comments, to_xml
    from pipeline.show.script import write_script
    from pipeline.show.viewers import reactions

    script = write_script(spec)
    written = comments(spec, reactions(spec, script))
    target = truth_path(video.parent, spec.stem)
    # The truth marks an episode as complete: the old one is removed first, the new one comes last.
    target.unlink(missing_ok=True)
    roles = _film(video, spec, script, drawn)
    with published(video.with_suffix(".xml")) as temporary:
        temporary.write_bytes(to_xml(spec, written))
    _truth(spec, script, roles, written).save(target)


def is_made(folder: Path, spec: EpisodeSpec) -> bool:
    """Whether ``folder`` holds this episode, made from ``spec`` by the present code."""
    files = [folder / f"{spec.stem}{ending}" for ending in (".mp4", ".xml")]
    try:
        truth = Truth.load(truth_path(folder, spec.stem))
    except (OSError, PipelineError):
        return False
    return truth.spec == spec and truth.made_by == code_digest() and all(f.is_file() for f in files)


def _film(
    video: Path, spec: EpisodeSpec, script: Script, drawn: Callable[[int], object]
) -> dict[Role, list[DrawingTruth]]:
    """Write the video; return the box and action of every character, drawing by drawing."""
    from pipeline.media.codecs import Codec
    from pipeline.media.encode import VideoFormat, encoder
    from pipeline.media.probe import probe_sound
    from pipeline.show.lights import lit
    from pipeline.show.music import write_music
    from pipeline.show.stage import drawings

    roles: dict[Role, list[DrawingTruth]] = {
        role: [] for scene in script.scenes for role in scene.roles
    }
    with tempfile.TemporaryDirectory() as scratch, published(video) as temporary:
        sound = Path(scratch) / "sound.wav"
        write_music(sound, spec, script)
        size = (spec.width, spec.height)
        with encoder(
            temporary,
            VideoFormat(size=size, rate=RATE, pixel_format="rgb24", codec=Codec(crf=_CRF)),
            source=probe_sound(sound),
        ) as sink:
            for drawing in drawings(spec, script):
                pixels = lit(drawing.picture, spec.light).tobytes()
                for _ in drawing.frames:
                    sink.write(pixels)
                for role, placed in drawing.placed.items():
                    action = role.action_at(drawing.frames.start)
                    roles[role].append(DrawingTruth(placed.box, action, placed.face))
                drawn(len(drawing.frames))
    return roles


def _truth(
    spec: EpisodeSpec,
    script: Script,
    roles: dict[Role, list[DrawingTruth]],
    written: list[Comment],
) -> Truth:
    from pipeline.show.script import CAST

    return Truth(
        made_by=code_digest(),
        spec=spec,
        frame_rate=str(RATE),
        frame_count=script.frame_count,
        frames_per_drawing=FRAMES_PER_DRAWING,
        cast=CAST,
        scenes=tuple(
            SceneTruth(scene.start_frame, scene.end_frame, scene.place) for scene in script.scenes
        ),
        appearances=tuple(
            Appearance(role.name, role.start_frame, role.end_frame, tuple(drawings))
            for role, drawings in roles.items()
        ),
        comments=tuple(
            CommentTruth(
                no=comment.no,
                time_ms=comment.saying.time_ms,
                delay_ms=comment.saying.delay_ms,
                kind=comment.saying.kind,
                about=comment.saying.about,
            )
            for comment in written
        ),
    )
