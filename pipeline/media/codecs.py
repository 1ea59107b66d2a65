"""The codecs that videos are written in, as ffmpeg's arguments."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pipeline.media.colors import BT709, Color
from pipeline.media.mastering import parameters

CodecName = Literal["h264", "hevc", "av1", "prores", "vp9"]
Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]
Container = Literal["mp4", "mov", "webm", "nut"]

DEFAULT_CRF: dict[CodecName, int] = {"h264": 23, "hevc": 26, "av1": 32, "vp9": 32}
"""About the same quality to the eye; ProRes has no such setting."""

_SVT_PRESETS: dict[Preset, int] = {
    "ultrafast": 11,
    "superfast": 10,
    "veryfast": 9,
    "faster": 8,
    "fast": 7,
    "medium": 6,
    "slow": 4,
}
_VPX_SPEEDS: dict[Preset, int] = {
    "ultrafast": 5,
    "superfast": 5,
    "veryfast": 4,
    "faster": 3,
    "fast": 2,
    "medium": 1,
    "slow": 0,
}


@dataclass(frozen=True)
class Codec:
    """How pictures are encoded."""

    name: CodecName = "h264"
    """ProRes (4444) and VP9 keep transparency; the others have none."""
    preset: Preset = "veryfast"
    """x264's names: slower ones make smaller files. Ignored by ProRes and by hardware."""
    crf: int | None = None
    """The codec's own constant rate factor: lower is better and larger. None: ``DEFAULT_CRF``."""
    hardware: bool = False
    """Whether a graphics card encodes; for h264, hevc and av1 only."""

    @property
    def quality(self) -> int:
        """``crf``, or the default."""
        return DEFAULT_CRF.get(self.name, 0) if self.crf is None else self.crf


H264 = Codec()
"""The codec that plays everywhere."""


def software_arguments(codec: Codec, color: Color = BT709) -> list[str]:
    """ffmpeg's arguments for an encoder that runs on the processor.

    H.264, HEVC and AV1 get the bits and the mastering metadata of ``color``.
    """
    constant = ["-crf", str(codec.quality)]
    pixels = _pixels(color.planar_format)
    match codec.name:
        case "h264":
            extra = _parameters("-x264-params", parameters(color.mastering, "h264"))
            return ["-c:v", "libx264", "-preset", codec.preset, *constant, *extra, *pixels]
        case "hevc":
            extra = ["log-level=error", *parameters(color.mastering, "hevc")]
            if color.dynamic_range == "pq":
                extra.append("hdr10-opt=1")
            fixed = ["-c:v", "libx265", *_parameters("-x265-params", extra), *pixels]
            return [*fixed, "-preset", codec.preset, *constant]
        case "av1":
            speed = ["-preset", str(_SVT_PRESETS[codec.preset])]
            extra = _parameters("-svtav1-params", parameters(color.mastering, "av1"))
            return ["-c:v", "libsvtav1", *speed, *constant, *extra, *pixels]
        case "vp9":
            # No alternate reference frames: they cannot hold transparency.
            fixed = ["-c:v", "libvpx-vp9", "-auto-alt-ref", "0", "-row-mt", "1", "-b:v", "0"]
            speed = ["-deadline", "good", "-cpu-used", str(_VPX_SPEEDS[codec.preset])]
            return [*fixed, *speed, *constant, *_pixels("yuva420p")]
        case "prores":
            fixed = ["-c:v", "prores_ks", "-profile:v", "4444", "-vendor", "apl0"]
            return [*fixed, "-alpha_bits", "16", *_pixels("yuva444p10le")]


def container_arguments(container: Container, codec: CodecName, unit: Fraction) -> list[str]:
    """ffmpeg's arguments for the container, which need not show in the file's name.

    ``unit`` is the seconds in one unit of its pictures' times.
    """
    if container in ("mp4", "mov"):
        # Apple's players recognise HEVC by this tag only.
        tag = ["-tag:v", "hvc1"] if codec == "hevc" else []
        # The unit in which mp4 writes the time of the first picture; otherwise milliseconds.
        precise = ["-movie_timescale", str(unit.denominator)]
        return [*tag, *precise, "-movflags", "+faststart", "-f", container]
    if container == "nut":
        # Keep all times: those below 0 are of decoding, and NUT does not write them.
        return ["-avoid_negative_ts", "disabled", "-f", "nut"]
    return ["-f", container]


def _parameters(option: str, values: list[str]) -> list[str]:
    return [option, ":".join(values)] if values else []


def _pixels(name: str) -> list[str]:
    return ["-pix_fmt", name]
