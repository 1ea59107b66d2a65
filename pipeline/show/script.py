"""The script of an episode: who is where and when, and does what."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.show.chance import Purpose, generator, season_generator
from pipeline.show.spec import FRAMES_PER_DRAWING, RATE, EpisodeSpec

CAST = ("ミオ", "ポチ", "タマ", "クロ", "ハナ", "ピコ")
"""Short katakana names that MeCab with the IPA dictionary does not split within a sentence."""
PLACES = ("street", "night street", "beach", "room", "school")
ACTIONS = ("standing", "walking", "jumping", "sleeping", "eating", "dancing")
OPENING, ENDING = "opening", "ending"

ENTRANCE_FRAMES = 18
"""Frames that walking in takes: 0.75 s."""

_DRAWINGS_PER_SECOND = RATE / FRAMES_PER_DRAWING
_MIN_SCENE = int(4 * _DRAWINGS_PER_SECOND)
_USUAL_SCENE = float(5.5 * _DRAWINGS_PER_SECOND)
_MAX_SCENE = int(9 * _DRAWINGS_PER_SECOND)
_CARD_SHARE = 0.08
_LONGEST_CARD = int(8 * _DRAWINGS_PER_SECOND)

_LEAD_WEIGHT = 2.5
_PATIENCE = 5.0
"""Seconds that nobody is missed for."""
COMPANY_CHANCES = (0.2, 0.4, 0.4)
"""Of one, two and three characters in a scene."""
STAGE_POSITIONS = {1: (0.5,), 2: (0.28, 0.72), 3: (0.19, 0.5, 0.81)}
"""Where so many characters stand, in widths of the picture."""
_ENTRANCE_CHANCE = 0.4


@dataclass(frozen=True)
class Role:
    """One character in one scene."""

    name: str
    action: str
    start_frame: int
    end_frame: int
    """Exclusive."""
    x: float
    """Where it stands, in widths of the picture."""
    ground: float
    """Where its feet are, in heights of the picture from above."""
    facing: int
    """-1 left, 1 right."""
    enters_from: int
    """-1 walks in from the left, 1 from the right; 0 is there from the first frame on."""

    def action_at(self, frame: int) -> str:
        """What it does on ``frame``; it walks while it enters."""
        return "walking" if self.arrival_at(frame) < 1 else self.action

    def arrival_at(self, frame: int) -> float:
        """The share of the way in that it has covered, 0–1."""
        if self.enters_from == 0:
            return 1.0
        return min((frame - self.start_frame) / ENTRANCE_FRAMES, 1.0)


@dataclass(frozen=True)
class Scene:
    """A stretch between two cuts."""

    number: int
    """From 0, the opening."""
    start_frame: int
    end_frame: int
    """Exclusive."""
    place: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Script:
    """A whole episode."""

    frame_count: int
    scenes: tuple[Scene, ...]

    def scene_at(self, frame: int) -> Scene:
        """The scene that a frame of the episode belongs to."""
        return next(scene for scene in self.scenes if frame < scene.end_frame)

    def on_screen(self, frame: int) -> tuple[Role, ...]:
        """Everybody visible on ``frame``."""
        return tuple(role for role in self.scene_at(frame).roles if role.start_frame <= frame)


def write_script(spec: EpisodeSpec) -> Script:
    """The script of the episode, a function of its seed, number and length."""
    rng = generator(spec, Purpose.SCRIPT)
    drawings = -(-spec.frame_count // FRAMES_PER_DRAWING)
    card = min(max(round(drawings * _CARD_SHARE), 1), _LONGEST_CARD)
    lengths = [card, *_scene_lengths(drawings - 2 * card, rng), card]
    cuts = np.cumsum([0, *lengths]) * FRAMES_PER_DRAWING
    cuts[-1] = spec.frame_count

    weights = _popularity(spec, rng)
    seen = np.zeros(len(CAST))
    scenes = []
    places: list[str] = []
    for number, (start, end) in enumerate(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)):
        if number in (0, len(lengths) - 1):
            scenes.append(Scene(number, start, end, ENDING if number else OPENING, ()))
            continue
        names = _company(weights, seen, rng)
        places.append(next_place(places, rng))
        roles = _roles(names, start, end, rng)
        for role in roles:
            seen[CAST.index(role.name)] += float((role.end_frame - role.start_frame) / RATE)
        scenes.append(Scene(number, start, end, places[-1], roles))
    return Script(spec.frame_count, tuple(scenes))


def _scene_lengths(drawings: int, rng: np.random.Generator) -> list[int]:
    """Lengths, in drawings, that add up to the whole; each within the limits, if possible."""
    min_count, max_count = -(-drawings // _MAX_SCENE), max(drawings // _MIN_SCENE, 1)
    count = min(max(round(drawings / _USUAL_SCENE), min_count), max_count)
    lengths = []
    for left in range(count - 1, -1, -1):
        low = max(_MIN_SCENE, drawings - left * _MAX_SCENE)
        mean = drawings // (left + 1)
        high = min(_MAX_SCENE, drawings - left * _MIN_SCENE, 2 * mean - _MIN_SCENE)
        length = int(rng.integers(low, max(low, high) + 1)) if left else drawings
        lengths.append(length)
        drawings -= length
    return lengths


def next_place(
    before: list[str], rng: np.random.Generator, places: tuple[str, ...] = PLACES
) -> str:
    """One of the ``places`` seen least so far, but not the last one."""
    others = [place for place in places if place not in before[-1:]]
    fewest = min(before.count(place) for place in others)
    return str(rng.choice([place for place in others if before.count(place) == fewest]))


def _popularity(spec: EpisodeSpec, rng: np.random.Generator) -> np.ndarray:
    """(cast,) the weight of each character; consecutive episodes have different leads."""
    leads = season_generator(spec.seed, Purpose.LEADS).permutation(len(CAST))
    weights = rng.uniform(0.7, 1.3, len(CAST))
    weights[leads[(spec.episode - 1) % len(CAST)]] = _LEAD_WEIGHT
    return weights


def _company(weights: np.ndarray, seen: np.ndarray, rng: np.random.Generator) -> list[str]:
    """Names for one scene; who was ``seen`` for few seconds for their weight comes first."""
    wanted = weights / (_PATIENCE + seen / weights) ** 4
    size = int(rng.choice(len(COMPANY_CHANCES), p=COMPANY_CHANCES)) + 1
    chosen = rng.choice(len(CAST), size, replace=False, p=wanted / wanted.sum())
    return [CAST[index] for index in chosen]


def _roles(names: list[str], start: int, end: int, rng: np.random.Generator) -> tuple[Role, ...]:
    roles = [
        Role(
            name=name,
            action=str(rng.choice(ACTIONS)),
            start_frame=start,
            end_frame=end,
            x=x + rng.uniform(-0.02, 0.02),
            ground=rng.uniform(0.9, 0.95),
            facing=int(rng.choice((-1, 1))),
            enters_from=0,
        )
        for name, x in zip(names, STAGE_POSITIONS[len(names)], strict=True)
    ]
    # Somebody is always there from the start; a character at an edge may enter later.
    if len(roles) > 1:
        roles[0] = _perhaps_later(roles[0], -1, rng)
    if len(roles) > 2:
        roles[-1] = _perhaps_later(roles[-1], 1, rng)
    return tuple(roles)


def _perhaps_later(role: Role, side: int, rng: np.random.Generator) -> Role:
    drawings = (role.end_frame - role.start_frame) // FRAMES_PER_DRAWING
    wait = int(drawings * rng.uniform(0.15, 0.6))
    if wait == 0 or rng.random() > _ENTRANCE_CHANCE:
        return role
    return replace(
        role,
        start_frame=role.start_frame + wait * FRAMES_PER_DRAWING,
        enters_from=side,
        facing=-side,
    )
