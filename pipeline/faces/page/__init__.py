"""Offline pages on which people correct boxes of faces, rate faces, and look at a ranking."""
