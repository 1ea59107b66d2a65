"""Statistics of the comments that the model learned from, and of this video's own."""
