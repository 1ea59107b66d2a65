"""Comments of a model over a whole video: how many, when, and their words."""
