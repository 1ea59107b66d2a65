"""Encoders of graphics cards, and which of them work on this machine."""

from __future__ import annotations

import re
import subprocess
from functools import cache

from pipeline.media.codecs import Codec, software_arguments
from pipeline.media.colors import Bits, Color
from pipeline.media.ffmpeg import running
from pipeline.runtime.errors import ExitCode, PipelineError

CANDIDATES: dict[str, tuple[str, ...]] = {
    "nvenc": ("-rc", "vbr", "-cq", "{crf}", "-b:v", "0"),
    "qsv": ("-global_quality", "{crf}"),
    # 100 is the best; 54 for x264's 23.
    "videotoolbox": ("-q:v", "{percent}"),
    "amf": ("-rc", "cqp", "-qp_i", "{qp}", "-qp_p", "{qp}"),
}
"""The suffix of an encoder's name, e.g. h264_nvenc, and how its quality is set."""

_TRIAL = ("-f", "lavfi", "-i", "color=s=256x256:d=0.04:r=25", "-frames:v", "1")
"""Encoders refuse pictures much smaller than that."""

_PIXELS = {"qsv": "nv12"}
"""The format for eight bits where it is not yuv420p; all take p010le for ten bits."""


@cache
def hardware_arguments(codec: Codec, bits: Bits = 8) -> tuple[str, ...]:
    """ffmpeg's arguments for the first encoder of a graphics card that works here.

    Raises PipelineError: FFMPEG_FAILED where none does.
    """
    tried = []
    for kind in CANDIDATES:
        arguments = card_arguments(codec, kind, bits)
        name = arguments[1]
        try:
            with running([*_TRIAL, *arguments, "-f", "null", "-"]) as ffmpeg:
                ffmpeg.finish(f"trying {name}")
        except PipelineError:
            tried.append(name)
        else:
            return arguments
    raise PipelineError(
        ExitCode.FFMPEG_FAILED,
        f"no graphics card encodes {codec.name} here (tried {', '.join(tried)})",
        "Turn hardware encoding off, or install the card's driver and an ffmpeg that knows it"
        " (IMAGEIO_FFMPEG_EXE names another one)",
    )


def encodes_ten_bits(codec: Codec) -> bool:
    """Whether the encoder that ``codec`` names takes ten bits here."""
    if codec.hardware:
        try:
            hardware_arguments(codec, 10)
        except PipelineError:
            return False
        return True
    name = software_arguments(codec)[1]
    return Color(bits=10).planar_format in pixel_formats(name)


@cache
def pixel_formats(encoder: str) -> frozenset[str]:
    """The formats that ffmpeg's ``encoder`` takes; empty for an encoder that it does not have."""
    with running(["-h", f"encoder={encoder}"], stdout=subprocess.PIPE) as ffmpeg:
        options = ffmpeg.stdout.read().decode()
        ffmpeg.finish(f"asking about {encoder}")
    formats = re.search("pixel formats: (.*)", options)
    return frozenset(formats[1].split() if formats else ())


def card_arguments(codec: Codec, kind: str, bits: Bits = 8) -> tuple[str, ...]:
    """ffmpeg's arguments for the encoder of one kind of card."""
    crf = codec.quality
    quality = {
        "crf": crf,
        "percent": max(1, 100 - 2 * crf),
        "qp": 4 * crf if codec.name == "av1" else crf,  # AV1's go up to 255, its crf to 63
    }
    settings = (setting.format(**quality) for setting in CANDIDATES[kind])
    pixels = "p010le" if bits == 10 else _PIXELS.get(kind, "yuv420p")
    return ("-c:v", f"{codec.name}_{kind}", *settings, "-pix_fmt", pixels)
