"""What the figures of an annotated video mean, in a few sentences."""
