"""The cat, the dog and the bird."""

from __future__ import annotations

from pipeline.show.acting import Pose
from pipeline.show.figures.faces import INK, cheeks, eyes, mouth, muzzle
from pipeline.show.pen import Pen

_GOLD, _AMBER, _CREAM = (255, 190, 70), (226, 136, 38), (255, 244, 220)
_BROWN, _COCOA, _SAND = (176, 112, 66), (112, 66, 40), (250, 226, 190)
_NIGHT, _PLUME, _BEAK = (56, 58, 92), (84, 90, 140), (255, 190, 40)
_PINK, _RED = (255, 160, 160), (226, 62, 66)


def draw_cat(pen: Pen, pose: Pose) -> None:
    """ミオ: golden, striped, with a red ribbon."""
    sway = pose.wave * 0.1
    tail = [(0.12, 0.1), (0.46, 0.05), (0.3 + sway, 0.4), (0.5 + sway, 0.52)]
    pen.tube(tail, 0.09, fill=_AMBER)
    for side in (-1, 1):
        pen.disc(side * 0.1, 0.05 + max(side * pose.stride, 0) * 0.06, 0.1, 0.05, fill=_AMBER)
    pen.disc(0, 0.22, 0.2, 0.2, fill=_GOLD)
    pen.disc(0, 0.18, 0.11, 0.14, fill=_CREAM)
    for side in (-1, 1):
        hand = (
            (side * 0.33, 0.5 + 0.05 * pose.wave)
            if pose.arms_up
            else (side * 0.26, 0.2 + side * 0.04 * pose.wave)
        )
        pen.tube([(side * 0.14, 0.3), (side * 0.24, 0.27), hand], 0.09, fill=_AMBER)
        pen.shape([(side * 0.31, 0.66), (side * 0.29, 1.0), (side * 0.06, 0.82)], fill=_GOLD)
        pen.shape([(side * 0.27, 0.74), (side * 0.265, 0.93), (side * 0.13, 0.82)], fill=_PINK)
    pen.disc(0, 0.62, 0.34, 0.25, fill=_GOLD)
    for x, drop in ((-0.09, 0.08), (0, 0.11), (0.09, 0.08)):
        pen.tube([(x, 0.85), (x * 0.8, 0.85 - drop)], 0.035, fill=_AMBER)
    pen.disc(0.02, 0.51, 0.15, 0.1, fill=_CREAM)
    eyes(pen, 0.02, 0.645, 0.3, 0.1, pose.eyes)
    pen.disc(0.02, 0.565, 0.025, 0.018, fill=INK)
    muzzle(pen, 0.02, 0.545, 0.13, pose.mouth)
    cheeks(pen, 0.02, 0.54, 0.46, 0.1, (255, 146, 110))
    for side in (-1, 1):
        pen.line([(side * 0.27, 0.6), (side * 0.41, 0.63)], 0.012, fill=INK)
        pen.line([(side * 0.27, 0.56), (side * 0.41, 0.54)], 0.012, fill=INK)
        pen.shape([(0, 0.36), (side * 0.14, 0.44), (side * 0.14, 0.28)], fill=_RED)
    pen.disc(0, 0.36, 0.045, fill=(255, 220, 80))


def draw_dog(pen: Pen, pose: Pose) -> None:
    """ポチ: brown and tall, with hanging ears and a blue collar."""
    wag = pose.wave * 0.12
    pen.tube([(-0.1, 0.14), (-0.34, 0.16), (-0.36 + wag, 0.4)], 0.1, fill=_COCOA, end=0.6)
    for side in (-1, 1):
        pen.slab(
            *(side * 0.12 - 0.08, 0.0 + max(side * pose.stride, 0) * 0.06),
            *(side * 0.12 + 0.08, 0.2),
            *(0.06,),
            fill=_COCOA,
        )
    pen.slab(-0.21, 0.07, 0.21, 0.46, 0.16, fill=_BROWN)
    pen.disc(0, 0.22, 0.12, 0.14, fill=_SAND)
    for side in (-1, 1):
        hand = (
            (side * 0.36, 0.52 + 0.05 * pose.wave)
            if pose.arms_up
            else (side * 0.28, 0.2 - side * 0.05 * pose.wave)
        )
        pen.tube([(side * 0.16, 0.36), (side * 0.28, 0.33), hand], 0.1, fill=_COCOA)
    pen.slab(-0.2, 0.4, 0.2, 0.46, 0.03, fill=(60, 120, 220))
    pen.disc(0, 0.4, 0.04, fill=(255, 220, 80))
    pen.slab(-0.29, 0.43, 0.29, 1.0, 0.26, fill=_BROWN)
    pen.disc(0.13, 0.74, 0.12, 0.13, fill=_SAND)
    for side in (-1, 1):
        swing = 0.03 * pose.wave
        pen.tube(
            [(side * 0.2, 0.93), (side * 0.38, 0.9), (side * (0.37 + swing), 0.5)],
            *(0.13,),
            fill=_COCOA,
            end=1.35,
        )
    pen.disc(0.02, 0.58, 0.19, 0.13, fill=_SAND)
    eyes(pen, 0.02, 0.75, 0.24, 0.085, pose.eyes)
    pen.disc(0.02, 0.655, 0.065, 0.045, fill=INK)
    pen.disc(0.0, 0.668, 0.02, 0.012, fill="white")
    muzzle(pen, 0.02, 0.6, 0.17, pose.mouth)
    cheeks(pen, 0.02, 0.64, 0.44, 0.09, (226, 120, 96))


def draw_bird(pen: Pen, pose: Pose) -> None:
    """クロ: small, round and black, with a yellow beak and a green scarf."""
    for side in (-1, 1):
        foot = max(side * pose.stride, 0) * 0.07
        pen.line([(side * 0.13, 0.2), (side * 0.13, 0.03 + foot)], 0.045, fill=_BEAK)
        pen.disc(side * 0.15, 0.03 + foot, 0.1, 0.035, fill=_BEAK)
    pen.shape([(-0.3, 0.3), (-0.58, 0.46 + 0.05 * pose.wave), (-0.36, 0.14)], fill=_PLUME)
    for turn in (-0.1, 0.0, 0.1):
        pen.tube([(0.0, 0.86), (turn, 1.02 - abs(turn))], 0.06, fill=_NIGHT)
    pen.disc(0, 0.5, 0.43, 0.42, fill=_NIGHT)
    pen.disc(0.04, 0.27, 0.26, 0.16, fill=_PLUME)
    for side in (-1, 1):
        tip = (side * 0.62, 0.66 + 0.08 * pose.wave) if pose.arms_up else (side * 0.5, 0.18)
        bend = 0.06 * pose.wave
        pen.tube([(side * 0.34, 0.5), (side * (0.54 + bend), 0.44), tip], 0.2, fill=_PLUME, end=0.5)
    pen.tube([(-0.35, 0.36), (0, 0.22), (0.35, 0.36)], 0.1, fill=(70, 180, 110))
    pen.tube([(0.22, 0.3), (0.34, 0.2), (0.3 + 0.04 * pose.wave, 0.08)], 0.1, fill=(50, 150, 90))
    for side in (-1, 1):
        pen.disc(0.04 + side * 0.16, 0.65, 0.12, 0.13, fill="white")
    eyes(pen, 0.05, 0.645, 0.28, 0.11, pose.eyes)
    if pose.mouth == "open":
        mouth(pen, 0.04, 0.47, 0.2, "open")
    pen.shape([(-0.07, 0.56), (0.15, 0.56), (0.04, 0.46)], fill=_BEAK)
    pen.disc(0.04, 0.56, 0.11, 0.04, fill=(255, 214, 90))
    cheeks(pen, 0.04, 0.5, 0.54, 0.13, (206, 100, 130))
