"""A version of a video that every browser plays; streams are copied where possible."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import av

from pipeline.media.codecs import H264, container_arguments, software_arguments
from pipeline.media.colors import TONE_MAPPED, color_tags, dynamic_range
from pipeline.media.encode import BITEXACT
from pipeline.media.ffmpeg import running
from pipeline.media.interlacing import deinterlacing
from pipeline.media.probe import VideoInfo
from pipeline.media.progress import OnProgress, reporting
from pipeline.media.sound import changing
from pipeline.media.stream_copy import readable_sound, sound_arguments
from pipeline.media.tonemap import tone_mapping

WebContainer = Literal["mp4", "webm"]

_PICTURES: dict[WebContainer, set[tuple[str, str]]] = {
    "mp4": {("h264", "yuv420p"), ("h264", "yuvj420p")},
    "webm": {("vp8", "yuv420p"), ("vp9", "yuv420p")},
}
"""Codecs and formats that play everywhere. AV1 fails on some of Apple's devices; HEVC, more than
eight bits, and colour at full resolution play hardly anywhere."""
_SOUND: dict[WebContainer, frozenset[str]] = {
    "mp4": frozenset({"aac", "mp3"}),
    "webm": frozenset({"opus", "vorbis"}),
}


def web_container(video: VideoInfo) -> WebContainer:
    """The container for ``video``: mp4, unless its pictures can be copied into webm."""
    return "webm" if _is_copied(video, "webm") else "mp4"


def write_for_web(video: VideoInfo, target: Path, on_progress: OnProgress | None = None) -> None:
    """Write the pictures and the first sound track as a file of ``web_container(video)``.

    Times count from the file's start. Streams that cannot be copied become H.264 and AAC.
    ``on_progress`` is called as ``OnProgress`` says. Raises PipelineError: DISK_FULL,
    FFMPEG_FAILED.
    """
    container = web_container(video)
    with reporting(on_progress) as progress, tone_mapping(video) as tones:
        pictures = ["-c:v", "copy"]
        if not _is_copied(video, container):
            pictures = _encoded(video, tones)
        arguments = [
            *("-i", str(video.path), "-map", f"0:{video.stream}", *pictures),
            *_sound(video, container),
            *("-map_metadata", "-1", "-map_chapters", "-1", *progress.arguments, *BITEXACT),
            *(*container_arguments(container, "h264", video.time_unit), str(target)),
        ]
        with running(arguments, pass_fds=progress.pass_fds) as ffmpeg:
            ffmpeg.finish(f"copying {video.path.name}")


def _encoded(video: VideoInfo, tones: list[str]) -> list[str]:
    """ffmpeg's arguments that make H.264 of the pictures; ``tones`` are its filters for HDR."""
    filters = [*deinterlacing(video), "pad=ceil(iw/2)*2:ceil(ih/2)*2", *tones]
    tags = []
    if tones:
        filters.append(f"scale=out_color_matrix={TONE_MAPPED.matrix}:out_range=tv")
        tags = color_tags(TONE_MAPPED)
    timing = ["-fps_mode:v", "passthrough", "-enc_time_base:v", "demux"]
    return ["-vf", ",".join(filters), *timing, *software_arguments(H264), *tags]


def _is_copied(video: VideoInfo, container: WebContainer) -> bool:
    if dynamic_range(video.color_transfer) or deinterlacing(video):
        return False
    with av.open(str(video.path)) as file:
        stream = file.streams[video.stream]
        assert isinstance(stream, av.VideoStream)
        context = stream.codec_context
        return (context.name, context.pix_fmt) in _PICTURES[container]


def _sound(video: VideoInfo, container: WebContainer) -> list[str]:
    """The first track, as no browser lets people choose one."""
    arguments = []
    for number in readable_sound(video)[:1]:
        arguments += ["-map", f"0:{video.sound_streams[number]}"]
        codec = video.sound_codecs[number]
        decoded = changing(video).get(video.sound_streams[number])
        arguments += sound_arguments(0, codec, container, _SOUND[container], decoded)
    return arguments
