"""Writers, one module a comment format.

``niconico_xml.py`` writes the format ``niconico.xml`` and declares ``WRITER``, a
`pipeline.danmaku.comments.writer.Writer`. It is found because it lies here: to add a format, add
a file.
"""
