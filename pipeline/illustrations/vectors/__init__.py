"""Vectors of pictures: whitened features and bit codes, whose products and distances compare."""
