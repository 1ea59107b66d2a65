"""Comments that viewers left: one record, and a reader for each file format."""
