"""Comment formats that can be read: a module each, found by its being here.

Each declares ``READER``, a `pipeline.danmaku.comments.reader.Reader`. To add a format, add a file.
"""
