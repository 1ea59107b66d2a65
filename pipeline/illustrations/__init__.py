"""Illustrations: tags with probabilities, similar pictures, and a map with pictures as points."""
