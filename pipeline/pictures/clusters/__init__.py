"""Clusters of pictures: found, compared with what is known, and shown on contact sheets."""
