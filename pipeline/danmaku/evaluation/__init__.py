"""How good generated comments are, measured beside rivals that never saw a picture."""
