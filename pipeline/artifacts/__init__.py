"""Every kind of file between stages: its schema, reading it, and publishing it whole."""
