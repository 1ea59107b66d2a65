"""Stages that tag pictures, find similar ones and lay them out as a map."""

WHOLE = ("illustrations-report",)
"""What the verb ``illustrations`` does, with all that this needs."""
