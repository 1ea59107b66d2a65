"""Tracks: faces over the time of a video, and the cast that they are of."""
