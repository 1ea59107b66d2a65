"""The page about a collection's translations: what they look like, how good they are, and why."""
