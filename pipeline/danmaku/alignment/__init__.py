"""Which picture each comment is about, and which comments are held out of training."""
