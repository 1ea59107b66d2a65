"""Settings of scores; apart from numpy, so that stages can declare them."""

from __future__ import annotations

from typing import Literal, TypeAlias

View: TypeAlias = Literal["auto", "crop", "picture", "both"]
"""What a taste looks at; auto takes what is best on unseen examples."""
Best: TypeAlias = Literal["highest", "lowest"]
"""Which end of the scale is the best."""
