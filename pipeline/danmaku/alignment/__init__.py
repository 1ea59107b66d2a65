"""Which picture each comment is about."""
