"""Comment formats that can be written: a module each, found by its being here.

``niconico_xml.py`` writes what is named ``niconico.xml``, and declares ``WRITER``, a
`pipeline.danmaku.comments.writer.Writer`. To add a format, add a file.
"""
