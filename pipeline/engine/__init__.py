"""Plans and runs stages, and knows nothing of what they are about."""
