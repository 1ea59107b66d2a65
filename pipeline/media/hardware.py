"""Encoders of graphics cards: which of them works on this machine."""

from __future__ import annotations

from functools import cache

from pipeline.errors import ExitCode, PipelineError
from pipeline.media.codecs import Codec
from pipeline.media.ffmpeg import finish, running

CANDIDATES: dict[str, tuple[str, ...]] = {
    "nvenc": ("-rc", "vbr", "-cq", "{crf}", "-b:v", "0", "-pix_fmt", "yuv420p"),
    "qsv": ("-global_quality", "{crf}", "-pix_fmt", "nv12"),
    # Out of 100, the best: 54 for x264's 23.
    "videotoolbox": ("-q:v", "{of_hundred}", "-pix_fmt", "yuv420p"),
    "amf": ("-rc", "cqp", "-qp_i", "{qp}", "-qp_p", "{qp}", "-pix_fmt", "yuv420p"),
}
"""What comes behind the codec's name, e.g. h264_nvenc, and how its quality is set."""

_TRIAL = ("-f", "lavfi", "-i", "color=s=256x256:d=0.04:r=25", "-frames:v", "1")
"""Encoders refuse pictures much smaller than that."""


@cache
def hardware_arguments(codec: Codec) -> tuple[str, ...]:
    """ffmpeg's arguments for the first encoder of a graphics card that works here.

    Raises PipelineError: FFMPEG_FAILED where none does.
    """
    tried = []
    for kind in CANDIDATES:
        arguments = card_arguments(codec, kind)
        name = arguments[1]
        try:
            with running([*_TRIAL, *arguments, "-f", "null", "-"]) as (process, said):
                finish(process, said, f"trying {name}")
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


def card_arguments(codec: Codec, kind: str) -> tuple[str, ...]:
    """ffmpeg's arguments for the encoder of one kind of card."""
    crf = codec.quality
    quality = {
        "crf": crf,
        "of_hundred": max(1, 100 - 2 * crf),
        "qp": 4 * crf if codec.name == "av1" else crf,  # up to 255, where crf ends at 63
    }
    settings = (setting.format(**quality) for setting in CANDIDATES[kind])
    return ("-c:v", f"{codec.name}_{kind}", *settings)
