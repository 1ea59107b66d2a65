"""The page on which a person decides which clusters and pictures are learned from."""
