"""The numbers of one commented episode: those of the article's tables and plots."""
