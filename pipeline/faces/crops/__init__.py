"""Crops: faces cut out of their pictures, as pictures of their own."""
