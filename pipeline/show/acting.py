"""The poses of characters, in short cycles, as cels are reused in limited animation."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from pipeline.show.script import CAST, Role
from pipeline.show.spec import FRAMES_PER_DRAWING

CYCLE = 8
"""Drawings in the cycle of an action: 1 s."""
_BLINK_EVERY = 19
_WALKING_REACH = 0.03
_JUMP_HEIGHT = 0.2


@dataclass(frozen=True)
class Pose:
    """Everything that the drawing of a character depends on; equal poses are drawn once."""

    squash: float = 1.0
    """Height relative to the height at rest; the width changes inversely."""
    lean: float = 0.0
    """Degrees, positive to the left."""
    stride: float = 0.0
    """-1–1: which leg is in front, and how far."""
    wave: float = 0.0
    """-1–1: the swing of arms, wings, tail and trunk."""
    arms_up: bool = False
    eyes: str = "open"
    """open, shut or happy."""
    mouth: str = "smile"
    """smile, open or shut."""
    extra: str = ""
    """"", zzz, notes or riceball."""
    beat: int = 0
    """Number of the drawing within the cycle if ``extra`` moves, or else 0."""
    facing: int = 1


@dataclass(frozen=True)
class Placement:
    """Where a pose is drawn."""

    x: float
    """Middle, in widths of the picture."""
    lift: float
    """Feet above the ground, in heights of the picture."""


def act(role: Role, frame: int) -> tuple[Pose, Placement]:
    """Pose and place of ``role`` on ``frame``."""
    drawing = (frame - role.start_frame) // FRAMES_PER_DRAWING
    beat = drawing % CYCLE
    turn = math.sin(2 * math.pi * beat / CYCLE)
    arrival = role.arrival_at(frame)
    if arrival < 1:
        edge = 0.0 if role.enters_from < 0 else 1.0
        x = edge + (role.x - edge) * arrival
        pose, lift = _ACTING["walking"](beat, turn)
        return replace(pose, facing=-role.enters_from), Placement(x, lift)

    pose, lift = _ACTING[role.action](beat, turn)
    if pose.eyes == "open" and (drawing + 5 * CAST.index(role.name)) % _BLINK_EVERY == 0:
        pose = replace(pose, eyes="shut")
    x, facing = role.x, role.facing
    if role.action == "walking":
        # Two seconds back and forth.
        around = 2 * math.pi * (drawing % (2 * CYCLE)) / (2 * CYCLE)
        x += _WALKING_REACH * math.sin(around)
        facing = 1 if math.cos(around) >= 0 else -1
    return replace(pose, facing=facing), Placement(x, lift)


def _stand(beat: int, turn: float) -> tuple[Pose, float]:
    return Pose(squash=1 + 0.02 * turn, wave=0.4 * turn), 0.0


def _walk(beat: int, turn: float) -> tuple[Pose, float]:
    step = (1.0, 0.0, -1.0, 0.0)[beat // 2]
    return Pose(stride=step, wave=step, lean=2 * step), 0.012 * (1 - abs(step))


def _jump(beat: int, turn: float) -> tuple[Pose, float]:
    if beat in (0, 7):
        return Pose(squash=0.84, wave=-1.0, mouth="shut"), 0.0
    share = (beat - 0.5) / 6
    lift = _JUMP_HEIGHT * 4 * share * (1 - share)
    rising = beat < 4
    return Pose(
        squash=1.06 if rising else 1.02,
        wave=1.0 if rising else 0.2,
        arms_up=True,
        eyes="happy",
        mouth="open",
    ), lift


def _sleep(beat: int, turn: float) -> tuple[Pose, float]:
    return Pose(
        squash=0.86 + 0.025 * turn, lean=7.0, eyes="shut", mouth="shut", extra="zzz", beat=beat
    ), 0.0


def _eat(beat: int, turn: float) -> tuple[Pose, float]:
    chewing = beat % 2 == 0
    return Pose(
        squash=1.0 if chewing else 0.975,
        eyes="happy",
        mouth="open" if chewing else "shut",
        extra="riceball",
        beat=beat % 2,
    ), 0.0


def _dance(beat: int, turn: float) -> tuple[Pose, float]:
    sway = (0.5, 1.0, 1.0, 0.5, -0.5, -1.0, -1.0, -0.5)[beat]
    return Pose(
        squash=0.95 if beat % 4 == 0 else 1.02,
        lean=13 * sway,
        stride=sway,
        wave=sway,
        arms_up=True,
        eyes="happy",
        mouth="open",
        extra="notes",
        beat=beat,
    ), 0.025 * (beat % 4 == 2)


_ACTING = {
    "standing": _stand,
    "walking": _walk,
    "jumping": _jump,
    "sleeping": _sleep,
    "eating": _eat,
    "dancing": _dance,
}
