"""The page about one annotated video: what was written, what was learned, what it is worth."""
