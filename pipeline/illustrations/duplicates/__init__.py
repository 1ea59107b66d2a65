"""The same picture encoded again, cut off a little at the edges, or mirrored.

Candidates are laid over one another. ``pipeline.pictures.near_duplicates`` compares pictures as
they lie, of which it takes any number.
"""
