"""The article's page about one commented episode: its numbers, plots and text."""
