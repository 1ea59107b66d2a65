"""Readers, one module a comment format.

Each declares ``READER``, a `pipeline.danmaku.comments.reader.Reader`, and is found because it lies
here: to add a format, add a file.
"""
