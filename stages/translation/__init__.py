"""Stages that learn to translate pictures from one domain into others, and do it."""

WHOLE = ("translation-report", "translation-translate", "translation-video")
"""What the verb ``translation`` does, with all that this needs."""
