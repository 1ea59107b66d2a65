"""Writers of label files, one module a format; each declares ``WRITER``.

A module's name is the name of its format, with dots for underscores.
"""
