"""Pretrained networks with named taps.

n  pictures in a batch        p  positions of a grid (14 · 14 for stride16 at 224 pixels)
s  side of a picture          c  channels of a tap
"""
