"""The map: similar pictures close together, with the pictures themselves as points."""
