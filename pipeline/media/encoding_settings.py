"""Settings of stages that encode videos; apart from PyAV, so that stages can declare them."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

from pipeline.media.codecs import Preset

ChosenCodec = Annotated[
    Literal["auto", "h264", "hevc", "av1"],
    Meta(extra={"also": {"h265": "hevc", "x265": "hevc", "x264": "h264", "avc": "h264"}}),
]
Crf = Annotated[int, Meta(ge=0, le=63)]


class EncodingSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Codec, depth and range of a new video."""

    codec: ChosenCodec = "auto"
    """``auto`` is h264, which plays everywhere, and hevc for video of more than eight bits."""
    eight_bits: bool = False
    """Whether deeper video is dithered down to eight bits; otherwise it keeps ten."""
    tonemap: Literal["keep", "sdr"] = "keep"
    """``sdr`` tone-maps HDR to standard range: BT.709 in eight bits."""
    hardware: bool = False
    """Whether a graphics card encodes."""
    preset: Preset = "veryfast"
    """x264's names; slower presets make smaller files."""
    crf: Crf | None = None
    """The codec's constant rate factor: lower is better and larger. None: 23 for h264, 26 for
    hevc, 32 for av1."""


class EncodingWanted(Protocol):
    """Settings that have what ``EncodingSettings`` has."""

    @property
    def codec(self) -> Literal["auto", "h264", "hevc", "av1"]:
        """The codec."""

    @property
    def eight_bits(self) -> bool:
        """Whether deeper video is dithered down."""

    @property
    def tonemap(self) -> Literal["keep", "sdr"]:
        """What becomes of HDR."""

    @property
    def hardware(self) -> bool:
        """Whether a graphics card encodes."""

    @property
    def preset(self) -> Preset:
        """How much effort."""

    @property
    def crf(self) -> int | None:
        """The quality."""
