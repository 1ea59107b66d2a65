"""How the files came about, and what became of the comments on the way."""
