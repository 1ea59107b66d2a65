"""ねこまち, a synthetic show: episodes, sound and comments from a seed, with their truth."""
