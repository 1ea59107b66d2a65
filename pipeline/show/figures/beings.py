"""The ghost, the elephant and the robot."""

from __future__ import annotations

import math

from pipeline.show.acting import Pose
from pipeline.show.figures.faces import INK, cheeks, eyes, mouth
from pipeline.show.pen import Pen

_VEIL, _MIST, _FLAME = (236, 246, 255), (190, 216, 246), (120, 190, 255)
_LILAC, _MAUVE, _PETAL = (214, 170, 222), (176, 126, 190), (255, 140, 170)
_MINT, _TEAL, _SCREEN, _GLOW = (140, 220, 196), (70, 160, 146), (30, 50, 66), (120, 255, 240)
_STEEL = (200, 210, 216)


def draw_ghost(pen: Pen, pose: Pose) -> None:
    """タマ: white, without feet, a little flame above it."""
    hem = [
        (0.36 - 0.72 * step / 24, 0.1 + 0.04 * math.sin(step * 0.9 + 2 * pose.wave))
        for step in range(25)
    ]
    pen.shape([(-0.36, 0.55), (0.36, 0.55), *hem], fill=_VEIL)
    pen.disc(0, 0.55, 0.36, 0.36, fill=_VEIL)
    for x in (-0.2, 0.02, 0.22):
        pen.tube([(x, 0.2), (x * 1.05, 0.28)], 0.03, fill=_MIST)
    for side in (-1, 1):
        tip = (
            (side * 0.5, 0.66 + 0.06 * pose.wave)
            if pose.arms_up
            else (side * 0.46, 0.3 + 0.05 * side * pose.wave)
        )
        pen.tube([(side * 0.3, 0.42), (side * 0.46, 0.44), tip], 0.15, fill=_MIST, end=0.6)
    sway = 0.05 * pose.wave
    pen.tube([(0.16, 0.96), (0.3, 0.97), (0.16 + sway, 1.14)], 0.12, fill=_FLAME, end=0.2)
    pen.disc(0.18, 0.96, 0.035, fill="white")
    eyes(pen, 0.02, 0.62, 0.26, 0.11, pose.eyes)
    mouth(pen, 0.02, 0.49, 0.14, pose.mouth)
    cheeks(pen, 0.02, 0.52, 0.48, 0.12, (255, 184, 196))


def draw_elephant(pen: Pen, pose: Pose) -> None:
    """ハナ: lilac and large, with a flower on her head and a swinging trunk."""
    for side in (-1, 1):
        lift = max(side * pose.stride, 0) * 0.05
        pen.slab(side * 0.15 - 0.1, lift, side * 0.15 + 0.1, 0.22, 0.07, fill=_MAUVE)
        for toe in (-0.05, 0.0, 0.05):
            pen.disc(side * 0.15 + toe, 0.025 + lift, 0.02, fill="white")
    pen.disc(0, 0.3, 0.28, 0.25, fill=_LILAC)
    pen.disc(0, 0.24, 0.17, 0.16, fill=(240, 214, 244))
    for side in (-1, 1):
        flap = 0.03 * pose.wave
        pen.disc(side * (0.32 + flap), 0.7, 0.17, 0.22, fill=_MAUVE)
        pen.disc(side * (0.32 + flap), 0.7, 0.11, 0.16, fill=_PETAL)
        hand = (side * 0.4, 0.46 + 0.05 * pose.wave) if pose.arms_up else (side * 0.32, 0.2)
        pen.tube([(side * 0.2, 0.38), (side * 0.32, 0.35), hand], 0.11, fill=_MAUVE)
    pen.disc(0, 0.7, 0.28, 0.25, fill=_LILAC)
    eyes(pen, 0.02, 0.75, 0.28, 0.085, pose.eyes)
    if pose.arms_up:
        # A trunk that hangs down hides the mouth.
        mouth(pen, 0.04, 0.5, 0.14, pose.mouth)
    cheeks(pen, 0.02, 0.64, 0.42, 0.1, (255, 140, 180))
    swing = 0.08 * pose.wave
    trunk = (
        [(0.02, 0.68), (0.02, 0.48), (0.28, 0.5), (0.3 + swing, 0.78)]
        if pose.arms_up
        else [(0.02, 0.68), (0.0, 0.5), (0.02 + swing, 0.4), (0.14 + swing, 0.38)]
    )
    pen.tube(trunk, 0.13, fill=_MAUVE, end=0.62)
    for turn in range(5):
        angle = math.radians(72 * turn + 18)
        pen.disc(-0.12 + 0.055 * math.cos(angle), 0.94 + 0.055 * math.sin(angle), 0.04, fill=_PETAL)
    pen.disc(-0.12, 0.94, 0.035, fill=(255, 226, 90))


def draw_robot(pen: Pen, pose: Pose) -> None:
    """ピコ: mint boxes with a screen for a face and a red lamp above."""
    for side in (-1, 1):
        lift = max(side * pose.stride, 0) * 0.06
        pen.slab(side * 0.13 - 0.04, 0.04 + lift, side * 0.13 + 0.04, 0.2, fill=_STEEL)
        pen.slab(side * 0.14 - 0.1, lift, side * 0.14 + 0.1, 0.08 + lift, 0.03, fill=_TEAL)
        hand = (
            (side * 0.42, 0.56 + 0.06 * pose.wave)
            if pose.arms_up
            else (side * 0.4, 0.18 + 0.05 * side * pose.wave)
        )
        pen.tube([(side * 0.2, 0.34), (side * 0.38, 0.36), hand], 0.06, fill=_STEEL)
        pen.disc(*hand, 0.06, fill=_TEAL)
    pen.slab(-0.23, 0.14, 0.23, 0.44, 0.06, fill=_MINT)
    pen.slab(-0.13, 0.22, 0.13, 0.36, 0.03, fill=_TEAL)
    for x, lamp in ((-0.07, (255, 96, 96)), (0.0, (255, 214, 90)), (0.07, (130, 230, 120))):
        pen.disc(x, 0.29, 0.028, fill=lamp)
    pen.slab(-0.08, 0.42, 0.08, 0.48, fill=_STEEL)
    pen.line([(0.0, 0.88), (0.02 * pose.wave, 0.97)], 0.03, fill=_STEEL)
    pen.disc(0.02 * pose.wave, 0.98, 0.05, fill=(240, 70, 70))
    for side in (-1, 1):
        pen.slab(side * 0.34 - 0.04, 0.6, side * 0.34 + 0.04, 0.76, 0.03, fill=_TEAL)
    pen.slab(-0.34, 0.46, 0.34, 0.9, 0.08, fill=_MINT)
    pen.slab(-0.27, 0.51, 0.27, 0.84, 0.07, fill=_SCREEN)
    _screen_face(pen, pose)
    pen.line([(-0.2, 0.8), (-0.12, 0.8)], 0.02, fill=(90, 120, 140))


def _screen_face(pen: Pen, pose: Pose) -> None:
    for side in (-1, 1):
        x = 0.02 + side * 0.13
        if pose.eyes == "open":
            pen.slab(x - 0.04, 0.64, x + 0.04, 0.77, 0.03, fill=_GLOW)
        elif pose.eyes == "shut":
            pen.slab(x - 0.055, 0.68, x + 0.055, 0.705, 0.01, fill=_GLOW)
        else:
            pen.bow(x, 0.67, 0.055, 0.06, (190, 350), 0.03, fill=_GLOW)
    if pose.mouth == "open":
        pen.slab(-0.05, 0.53, 0.09, 0.61, 0.03, fill=_GLOW)
        pen.slab(-0.03, 0.55, 0.07, 0.59, 0.02, fill=INK)
    elif pose.mouth == "smile":
        pen.bow(0.02, 0.61, 0.07, 0.04, (15, 165), 0.024, fill=_GLOW)
    else:
        pen.slab(-0.01, 0.575, 0.05, 0.595, 0.01, fill=_GLOW)
