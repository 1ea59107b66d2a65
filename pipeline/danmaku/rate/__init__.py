"""How many comments each second of a video gets, learned from the pictures that viewers saw."""
