"""Scores: a person's taste in faces, learned from rated ones.

n  examples      k  steps between levels of the scale
"""
