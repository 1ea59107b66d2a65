"""Ranking: the best pictures first, each once."""
