"""The show's sense of humour: which jokes fit a picture, and how funny they are there.

It judges a text together with its picture, so it also grades jokes that a model wrote or chose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType as Table

from pipeline.show import jokes
from pipeline.show.album_truth import JokeKind, Person, StillTruth
from pipeline.show.script import CAST

_OUT_OF_PLACE: Table[tuple[str, str], int] = Table(
    {
        ("sleeping", "street"): 3,
        ("sleeping", "school"): 3,
        ("sleeping", "night street"): 1,
        ("eating", "school"): 2,
        ("eating", "street"): 1,
        ("dancing", "school"): 2,
        ("dancing", "night street"): 2,
        ("jumping", "room"): 1,
        ("jumping", "night street"): 1,
        ("walking", "room"): 2,
        ("standing", "beach"): 1,
        ("standing", "night street"): 1,
    }
)
"""How incongruous an action is at a place; 0 for the others."""
_OUT_OF_CHARACTER: Table[tuple[str, str], int] = Table(
    {
        ("ミオ", "dancing"): 1,
        ("ポチ", "standing"): 2,
        ("ポチ", "dancing"): 1,
        ("タマ", "walking"): 3,
        ("タマ", "eating"): 2,
        ("クロ", "walking"): 2,
        ("クロ", "jumping"): 1,
        ("ハナ", "jumping"): 3,
        ("ハナ", "dancing"): 2,
        ("ピコ", "eating"): 3,
        ("ピコ", "sleeping"): 1,
    }
)
"""How unlike a character an action is: the ghost has no feet, the bird could fly."""

_WORTH = {
    JokeKind.CHARACTER: 1.0,
    JokeKind.PAIR: 0.8,
    JokeKind.ACTION: 0.5,
    JokeKind.NAME: 0.3,
    JokeKind.PLACE: 1.1,
    JokeKind.PHRASE: 0.9,
    JokeKind.WRONG: -0.2,
}
"""What a kind is worth by itself. Jokes about somebody also have what follows."""
_NAMED = 0.2
_ACTING = 0.2
"""For jokes about somebody who does more than stand."""
_ODDITY = 0.9
"""For each unit of the oddity of whom it is about: the larger part of what is funny."""
_LETTER = -0.1
"""The shorter, the funnier, whomever it is about."""


@dataclass(frozen=True)
class Joke:
    """A text and what it needs of a picture; None needs nothing."""

    text: str
    kind: JokeKind
    name: str | None = None
    action: str | None = None
    place: str | None = None


@cache
def known_jokes() -> Table[str, Joke]:
    """Every joke of the show by its text; of each kind, the popular ones come first."""
    return Table({joke.text: joke for joke in _jokes()})


def _jokes() -> Iterator[Joke]:
    for template in jokes.NAME:
        yield from _named(template, JokeKind.NAME)
    for action, templates in jokes.ACTION.items():
        for template in templates:
            yield from _named(template, JokeKind.ACTION, action)
    for (action, place), templates in jokes.PAIR.items():
        for template in templates:
            yield from _named(template, JokeKind.PAIR, action, place)
    for (name, action), templates in jokes.CHARACTER.items():
        for template in templates:
            yield Joke(template.format(name), JokeKind.CHARACTER, name, action)
    for place, texts in jokes.PLACE.items():
        yield from (Joke(text, JokeKind.PLACE, place=place) for text in texts)
    yield from (Joke(text, JokeKind.PHRASE) for text in jokes.PHRASE)


def _named(
    template: str, kind: JokeKind, action: str | None = None, place: str | None = None
) -> Iterator[Joke]:
    """The joke for everybody, or the one joke that names nobody."""
    for name in CAST if "{}" in template else (None,):
        yield Joke(template.format(name), kind, name, action, place)


def oddity(person: Person, place: str) -> int:
    """How incongruous what somebody does is, from 0."""
    return _OUT_OF_PLACE.get((person.action, place), 0) + _OUT_OF_CHARACTER.get(
        (person.name, person.action), 0
    )


def fits(joke: Joke, person: Person, place: str) -> bool:
    """Whether ``joke`` can be made about ``person`` at ``place``."""
    return (
        joke.name in (None, person.name)
        and joke.action in (None, person.action)
        and joke.place in (None, place)
    )


def subject(joke: Joke, still: StillTruth) -> Person | None:
    """The person on the picture whom ``joke`` is about: the oddest of those whom it fits."""
    if joke.name is joke.action is None:
        return None
    fitting = [person for person in still.people if fits(joke, person, still.place)]
    return max(fitting, key=lambda person: oddity(person, still.place), default=None)


def funniness(joke: Joke, still: StillTruth) -> float:
    """How funny ``joke`` is as a caption of ``still``, without noise; -2 to 6."""
    length = _LETTER * len(joke.text)
    if joke.name is joke.action is None:
        wrong = joke.place not in (None, still.place)
        return _WORTH[JokeKind.WRONG if wrong else joke.kind] + length
    person = subject(joke, still)
    if person is None:
        return _WORTH[JokeKind.WRONG] + length
    named = _NAMED * (joke.name is not None)
    acting = _ACTING * (person.action != "standing")
    odd = _ODDITY * oddity(person, still.place)
    return _WORTH[joke.kind] + named + acting + odd + length
