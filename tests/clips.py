"""Tiny clips of every awkward kind, made by the project's own ffmpeg."""

import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from pipeline.media.colors import color_of
from pipeline.media.decode import planar_pictures
from pipeline.media.encode import VideoFormat, encoder
from pipeline.media.ffmpeg import ffmpeg_path
from pipeline.media.probe import MediaInfo, VideoInfo

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def ffmpeg(*arguments: str | Path) -> None:
    command = [ffmpeg_path(), "-hide_banner", "-nostdin", "-v", "error", "-y"]
    subprocess.run([*command, *map(str, arguments)], check=True)


def pictures(size: str = "64x48", rate: str = "25", seconds: float = 1) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}")


def sound(seconds: float = 1, layout: str = "stereo") -> tuple[str, ...]:
    channels = {"stereo": 2, "5.1": 6}[layout]
    waves = "|".join(f"sin({440 + 110 * channel}*2*PI*t)/4" for channel in range(channels))
    return ("-f", "lavfi", "-i", f"aevalsrc={waves}:c={layout}:s=44100:d={seconds}")


def constant(path: Path, size: str = "64x48", rate: str = "25", seconds: float = 1) -> Path:
    ffmpeg(*pictures(size, rate, seconds), *H264, path)
    return path


def numbered(rate: str, seconds: float) -> tuple[str, ...]:
    """Grey pictures, each three levels of luma brighter than the one before."""
    grey = "geq=lum=16+3*N:cb=128:cr=128"
    return ("-f", "lavfi", "-i", f"color=s=64x48:r={rate}:d={seconds},format=yuv420p,{grey}")


def variable_rate(path: Path, source: tuple[str, ...] = ()) -> Path:
    """Two seconds in which runs of six pictures alternate with gaps, B-pictures among them."""
    chosen = r"select=lt(mod(n\,10)\,6)+eq(mod(n\,17)\,0)"
    codec = ("-c:v", "libx264", "-preset", "medium", "-pix_fmt", "yuv420p")
    every = source or pictures(rate="30", seconds=2)
    ffmpeg(*every, "-vf", chosen, "-fps_mode", "passthrough", *codec, path)
    return path


def true_times(path: Path) -> list[Fraction]:
    """When each picture is shown, in seconds from the file's start, as PyAV decodes it."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = [
            frame.pts * stream.time_base
            for frame in container.decode(stream)
            if frame.pts is not None and stream.time_base is not None
        ]
        starts = [
            s.start_time * s.time_base
            for s in container.streams
            if s.start_time is not None and s.time_base is not None
        ]
    return [time - min(starts) for time in times]


def packet_count(path: Path, kind: str = "video") -> int:
    with av.open(str(path)) as container:
        stream = next(s for s in container.streams if s.type == kind)
        return sum(packet.size > 0 for packet in container.demux(stream))


def packets(path: Path, kind: str) -> list[list[bytes]]:
    """The coded content of each stream of a kind."""
    with av.open(str(path)) as container:
        wanted = [n for n, stream in enumerate(container.streams) if stream.type == kind]
    found = []
    for number in wanted:
        with av.open(str(path)) as container:
            found.append([bytes(p) for p in container.demux(container.streams[number]) if p.size])
    return found


def re_encoded(
    video: VideoInfo,
    target: Path,
    since: Fraction = Fraction(0),
    until: Fraction | None = None,
    *,
    source: MediaInfo | None = None,
    **options: Any,
) -> Path:
    """Pass the pictures of ``video`` through the encoder as the render stage does."""
    made = VideoFormat(
        size=video.even_size,
        rate=video.rate,
        unit=video.time_unit,
        sample_aspect=video.sample_aspect,
        color=color_of(video),
    )
    with encoder(target, replace(made, **options), source=source) as sink:
        for picture in planar_pictures(video, since, until):
            sink.write(picture.planes, int(picture.time / video.time_unit))
    return target
