"""Stages that learn from captioned pictures and write lines for others."""

WHOLE = ("captions-report", "captions-cards")
"""What the verb ``captions`` does, with all that these need."""
