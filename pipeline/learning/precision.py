"""The precision of networks; apart from torch, so that settings can name it."""

from typing import Literal

Precision = Literal["auto", "float32", "bfloat16"]
