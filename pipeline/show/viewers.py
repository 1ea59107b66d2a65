"""Viewers who comment on an episode, each with a delay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.show import sayings
from pipeline.show.chance import Purpose, generator
from pipeline.show.script import CAST, ENDING, OPENING, Role, Script
from pipeline.show.spec import RATE, EpisodeSpec
from pipeline.show.truth import Kind

MEDIAN_DELAY = 1.2
"""Median seconds from seeing something to the comment's appearance."""
_DELAY_SPREAD = 0.45
"""Standard deviation of the delay's logarithm."""
MIN_DELAY_MS = 200
_TICK_MS = 10
"""The times of comments are in centiseconds."""

_KINDS = {
    Kind.NAME: 0.54,
    Kind.ACTION: 0.13,
    Kind.PLACE: 0.06,
    Kind.LAUGHTER: 0.12,
    Kind.PHRASE: 0.11,
    Kind.TROLL: 0.04,
}
_CARD_KINDS = {Kind.CARD: 0.7, Kind.LAUGHTER: 0.08, Kind.PHRASE: 0.18, Kind.TROLL: 0.04}

_OPENING_SPIKE, _ENDING_SPIKE = 1.5, 1.8
_ENTRANCE_SPIKE, _ENTRANCE_FADES = 2.5, 0.8
"""How much livelier an entrance makes the viewers, and the seconds until that is 1/e."""
_LULL_EVERY, _LULL_SECONDS = 30, 4
_NEWCOMER_WEIGHT = 3.0
_NEWCOMER_SECONDS = 1.5


@dataclass(frozen=True)
class Saying:
    """One comment before it has a number, a writer and a date."""

    time_ms: int
    """When it appears."""
    delay_ms: int
    kind: Kind
    about: str | None
    text: str


def reactions(spec: EpisodeSpec, script: Script) -> list[Saying]:
    """The comments of all viewers, in the order in which they appear."""
    rng = generator(spec, Purpose.VIEWERS)
    liveliness = _liveliness(script, rng)
    count = int(rng.poisson(spec.comment_rate * script.frame_count / float(RATE)))
    frames = rng.choice(script.frame_count, count, p=liveliness / liveliness.sum())
    moments = np.ceil((frames + rng.random(count)) / float(RATE) * 1000 / _TICK_MS) * _TICK_MS
    delays = MEDIAN_DELAY * 1000 * np.exp(_DELAY_SPREAD * rng.standard_normal(count))
    delays = np.maximum(np.round(delays / _TICK_MS) * _TICK_MS, MIN_DELAY_MS)

    end_ms = script.frame_count * 1000 / RATE
    written = []
    for moment, delay in zip(
        moments.astype(int).tolist(), delays.astype(int).tolist(), strict=True
    ):
        if moment + delay < end_ms:
            kind, about, text = _say(script, int(moment * RATE // 1000), rng)
            written.append(Saying(moment + delay, delay, kind, about, text))
    return sorted(written, key=lambda saying: saying.time_ms)


def _liveliness(script: Script, rng: np.random.Generator) -> np.ndarray:
    """(frames,) the number of reactions to each frame, up to a factor."""
    seconds = np.arange(script.frame_count) / float(RATE)
    knots = np.arange(0, seconds[-1] + 3, 2.0)
    mood = np.exp(np.interp(seconds, knots, rng.normal(0, 0.45, len(knots))))
    entrances = np.ones(script.frame_count)
    for scene in script.scenes:
        here = slice(scene.start_frame, scene.end_frame)
        if scene.place in (OPENING, ENDING):
            mood[here] *= _OPENING_SPIKE if scene.place == OPENING else _ENDING_SPIKE
        for role in scene.roles:
            since = seconds[role.start_frame : role.end_frame] - role.start_frame / float(RATE)
            spike = _ENTRANCE_SPIKE * np.exp(-since / _ENTRANCE_FADES)
            entrances[role.start_frame : role.end_frame] += spike
    mood *= entrances
    for _ in range(int(seconds[-1] // _LULL_EVERY)):
        start = rng.uniform(0, seconds[-1] - _LULL_SECONDS)
        mood[(seconds >= start) & (seconds < start + _LULL_SECONDS)] = 0
    return np.asarray(mood)


def _say(script: Script, frame: int, rng: np.random.Generator) -> tuple[Kind, str | None, str]:
    """The kind, the subject and the text of a reaction to ``frame``."""
    frame = min(frame, script.frame_count - 1)
    scene, present = script.scene_at(frame), script.on_screen(frame)
    chances = _KINDS if present else _CARD_KINDS
    kind = list(chances)[int(rng.choice(len(chances), p=list(chances.values())))]
    match kind:
        case Kind.NAME:
            name = _noticed(present, frame, rng).name
            return kind, name, _naming(name, rng)
        case Kind.ACTION:
            role = _noticed(present, frame, rng)
            return kind, role.name, _pick(sayings.ACTIONS[role.action_at(frame)], rng)
        case Kind.PLACE:
            return kind, None, _pick(sayings.PLACES[scene.place], rng)
        case Kind.LAUGHTER:
            return kind, None, _laugh(rng)
        case Kind.CARD:
            return kind, None, _greet(scene.place, rng)
        case Kind.PHRASE:
            return kind, None, _pick(sayings.PHRASES, rng)
        case Kind.TROLL:
            absent = sorted(set(CAST) - {role.name for role in present})
            if rng.random() < 0.5:
                return kind, None, _pick(sayings.NONSENSE, rng)
            name = _pick(absent, rng)
            return kind, name, _naming(name, rng)


def _noticed(present: tuple[Role, ...], frame: int, rng: np.random.Generator) -> Role:
    """A character on screen; one that has just entered is the most likely."""
    fresh = _NEWCOMER_SECONDS * RATE
    weights = np.array(
        [_NEWCOMER_WEIGHT if frame - role.start_frame < fresh else 1.0 for role in present]
    )
    return present[int(rng.choice(len(present), p=weights / weights.sum()))]


def _naming(name: str, rng: np.random.Generator) -> str:
    templates = sayings.NAME_FIRST if rng.random() < 0.55 else sayings.NAME_LATER
    return _pick(templates, rng).format(name, name)


def _laugh(rng: np.random.Generator) -> str:
    if rng.random() < 0.35:
        return _pick(sayings.LAUGHS, rng)
    return _run(_pick("ｗｗw", rng), rng)


def _greet(place: str, rng: np.random.Generator) -> str:
    if rng.random() < 0.3:
        return _run(_pick("８８8", rng), rng)
    return _pick(sayings.OPENING if place == OPENING else sayings.ENDING, rng)


def _run(letter: str, rng: np.random.Generator) -> str:
    """A run of one letter, mostly short and now and then very long."""
    return letter * min(int(rng.geometric(0.22)) + 2, 60)


def _pick(choices: tuple[str, ...] | list[str] | str, rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]
