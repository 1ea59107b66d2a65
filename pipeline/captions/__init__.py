"""Captions: from pictures with jokes to jokes for pictures that nobody has captioned yet."""
