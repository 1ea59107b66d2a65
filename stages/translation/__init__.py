"""Stages that learn to translate pictures from one domain into others."""

WHOLE = ("translation-train",)
"""What the verb ``translation`` does, with all that this needs."""
