"""What the model is worth, where it looked, and how it learned."""
