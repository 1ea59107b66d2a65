"""The readers of an album: the jokes that they write for its stills, and the stars they give."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from pipeline.show.album_truth import JokeKind, JokeTruth, StillTruth
from pipeline.show.chance import Purpose, season_generator
from pipeline.show.jokes import AUTHORS
from pipeline.show.script import CAST
from pipeline.show.spec import AlbumSpec
from pipeline.show.taste import Joke, fits, funniness, known_jokes, oddity, subject

_JOKES_OF_A_STILL = range(3, 9)
_KINDS = {
    JokeKind.NAME: 0.26,
    JokeKind.ACTION: 0.22,
    JokeKind.PAIR: 0.12,
    JokeKind.CHARACTER: 0.08,
    JokeKind.PLACE: 0.07,
    JokeKind.PHRASE: 0.20,
    JokeKind.WRONG: 0.05,
}
_NOISE = 0.55
"""Standard deviation of a joke's luck, in units of funniness."""
_STARS_AT_ZERO, _STARS_SPREAD = 2.5, 1.15
"""Stars of a joke without funniness, and the growth of their logarithm with each unit of it."""
MOST_STARS = 500
_UNKNOWN_CHANCE = 0.22
"""Of stars that the captions do not tell, as on the site."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Caption:
    """One joke as a reader wrote it for one still."""

    text: str
    star: int | None
    """What is told of its stars."""
    author: str
    truth: JokeTruth


def captions(spec: AlbumSpec, stills: Iterable[StillTruth]) -> list[Caption]:
    """The jokes of all readers about stills that show somebody; none occurs twice on a still."""
    rng = season_generator(spec.seed, Purpose.JOKES)
    written: list[Caption] = []
    for still in filter(lambda still: still.people, stills):
        for joke, kind in _jokes(still, rng).items():
            written.append(_rated(len(written) + 1, joke, kind, still, rng))
    return written


def _jokes(still: StillTruth, rng: np.random.Generator) -> dict[Joke, JokeKind]:
    count = int(rng.choice(_JOKES_OF_A_STILL))
    jokes: dict[Joke, JokeKind] = {}
    while len(jokes) < count:
        joke, kind = _joke(still, rng)
        jokes.setdefault(joke, kind)
    return jokes


def _rated(
    no: int, joke: Joke, kind: JokeKind, still: StillTruth, rng: np.random.Generator
) -> Caption:
    person = subject(joke, still)
    funny = funniness(joke, still)
    luck = _NOISE * rng.standard_normal()
    stars = min(int(_STARS_AT_ZERO * math.exp(_STARS_SPREAD * (funny + luck))), MOST_STARS)
    return Caption(
        text=joke.text,
        star=None if rng.random() < _UNKNOWN_CHANCE else stars,
        author=_popular(AUTHORS, rng),
        truth=JokeTruth(
            no=no,
            image=still.image,
            kind=kind,
            about=person.name if person else joke.name,
            funniness=round(funny, 3),
            stars=stars,
        ),
    )


def _joke(still: StillTruth, rng: np.random.Generator) -> tuple[Joke, JokeKind]:
    """What a reader comes up with."""
    kind = list(_KINDS)[int(rng.choice(len(_KINDS), p=list(_KINDS.values())))]
    if kind is JokeKind.WRONG:
        return _wrong_joke(still, rng), kind
    # Readers look at whoever does the oddest things.
    weights = np.array([2.0 + oddity(person, still.place) for person in still.people])
    person = still.people[int(rng.choice(len(weights), p=weights / weights.sum()))]
    fitting = [joke for joke in known_jokes().values() if fits(joke, person, still.place)]
    of_kind = [joke for joke in fitting if joke.kind is kind]
    if not of_kind:  # Nothing that they do is unlike them.
        of_kind = [joke for joke in fitting if joke.kind is JokeKind.ACTION]
    joke = _popular(of_kind, rng)
    return joke, joke.kind


def _wrong_joke(still: StillTruth, rng: np.random.Generator) -> Joke:
    """A joke that names somebody who is not there."""
    absent = sorted(set(CAST) - {person.name for person in still.people})
    name = absent[int(rng.integers(len(absent)))]
    kinds = (JokeKind.NAME, JokeKind.ACTION)
    named = [joke for joke in known_jokes().values() if joke.name == name and joke.kind in kinds]
    return _popular(named, rng)


def _popular(choices: Sequence[_T], rng: np.random.Generator) -> _T:
    """One of ``choices``, by Zipf's law: the n-th is chosen 1/n times as often as the first."""
    weights = 1 / np.arange(1, len(choices) + 1)
    return choices[int(rng.choice(len(choices), p=weights / weights.sum()))]
