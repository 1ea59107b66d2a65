"""Heads on frozen features: what a few hundred labels suffice to learn.

n  examples       f  features of an example       k  tags
"""
