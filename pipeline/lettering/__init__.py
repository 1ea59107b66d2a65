"""Text of any script as masks and on pictures: fonts, shaping, lines, coloured emoji."""
