"""How the pictures of a new video are encoded, given the one that they come from."""

from __future__ import annotations

from pipeline.media.codecs import Codec
from pipeline.media.colors import Color, bits_of, color_of, shown_color
from pipeline.media.encoding_settings import EncodingWanted
from pipeline.media.hardware import encodes_ten_bits
from pipeline.media.probe import VideoInfo
from pipeline.runtime.logs import log


def encoding(video: VideoInfo, wanted: EncodingWanted) -> tuple[Color, Codec]:
    """The colours and bits of what is made of ``video``, and its codec; it warns of losses."""
    color = color_of(video, 8 if wanted.eight_bits else bits_of(video))
    if wanted.tonemap == "sdr" and color.dynamic_range:
        color = shown_color(video)
    name = wanted.codec
    if name == "auto":
        name = "hevc" if color.bits > 8 else "h264"
    codec = Codec(name, wanted.preset, wanted.crf, wanted.hardware)
    if color.bits > 8 and not encodes_ten_bits(codec):
        log.warning("no encoder for %s takes ten bits here", name)
        color = color_of(video)
    if color.dynamic_range and color.bits == 8:
        log.warning("HDR in eight bits shows banding; `tonemap: sdr` makes it standard range")
    if color.dynamic_range and wanted.hardware and color.mastering.peak:
        log.warning("graphics cards drop the mastering metadata of the video")
    return color, codec


def depth_and_range(video: VideoInfo, color: Color, codec: Codec) -> str:
    """What has become of ten bits and HDR, for a summary; nothing for an ordinary video."""
    before = color_of(video, bits_of(video))
    kind = before.dynamic_range
    parts = []
    if kind and color.dynamic_range is None:
        parts.append(f"HDR ({kind.upper()}) made standard range")
    elif kind:
        parts.append(f"HDR ({kind.upper()}) kept")
    if before.bits > 8:
        parts.append("ten bits" if color.bits > 8 else "dithered down to eight bits")
    return "".join(f", {part}" for part in [*parts, f"as {codec.name}"] if parts)
