"""Comments that viewers left: one record, readers and writers for each file format, and filters."""
