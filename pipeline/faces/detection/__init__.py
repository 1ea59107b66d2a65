"""Boxes around faces: detectors, what several agree on, one's own, and what to correct first."""
