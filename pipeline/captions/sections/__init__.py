"""The page about the lines of one collection: a gallery, how good they are, how they came about."""
