"""A network of which all layers learn a taste, and not only a head on what it sees."""
