"""What people said about pictures: one record, readers and writers one file a format.

``importing.py`` is the way in: files and sidecars become labels of the pictures of a collection,
with an account of every one that was dropped.
"""
