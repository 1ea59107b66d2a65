"""The captioner that a spec describes."""

from __future__ import annotations

from pipeline.captioning.captioner import Captioner, CaptionerSpec
from pipeline.captioning.lstm import LstmCaptioner
from pipeline.captioning.transformer import TransformerCaptioner


def build_captioner(spec: CaptionerSpec) -> Captioner:
    """A captioner with fresh weights, drawn from torch's generator."""
    return TransformerCaptioner(spec) if spec.decoder == "transformer" else LstmCaptioner(spec)
