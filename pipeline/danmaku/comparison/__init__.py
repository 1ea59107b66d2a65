"""Several models on one video: their figures, and whether these differ beyond chance."""
