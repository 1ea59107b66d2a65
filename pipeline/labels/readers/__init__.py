"""Readers of label files, one module a format; each declares ``READER``.

A new format is one new module here: it says by the content how surely a file is its own, yields
labels in bounded memory, and accounts in the report for everything that it does not yield.
"""
