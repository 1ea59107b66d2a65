"""Stages that find faces, cut them out, and rank them by a taste."""

WHOLE = ("faces-page", "faces-crops", "faces-rank")
"""What the verb ``faces`` does, with all that these need."""
