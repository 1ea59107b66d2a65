import csv
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import natto
import numpy as np
import pytest

from pipeline.show.album import make_album
from pipeline.show.album_truth import AlbumTruth, JokeKind, JokeTruth, Person, StillTruth
from pipeline.show.humour import MOST_STARS
from pipeline.show.script import ACTIONS, CAST, PLACES
from pipeline.show.spec import AlbumSpec
from pipeline.show.taste import funniness, known_jokes, oddity
from pipeline.show.truth import truth_path

SPEC = AlbumSpec(stills=400, width=64, height=36)


@dataclass(frozen=True)
class Line:
    """A line of the captions with the truth about it."""

    text: str
    star: str
    author: str
    joke: JokeTruth


@dataclass(frozen=True)
class Album:
    truth: AlbumTruth
    lines: list[Line]

    def by_picture(self) -> dict[str, list[Line]]:
        groups = defaultdict(list)
        for line in self.lines:
            groups[line.joke.image].append(line)
        return groups


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    folder = tmp_path_factory.mktemp("album")
    path = make_album(folder, SPEC)
    truth = AlbumTruth.load(truth_path(folder, SPEC.stem))
    with (path / "captions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["image"] for row in rows] == [joke.image for joke in truth.jokes]
    lines = [
        Line(row["caption"], row["star"], row["author"], joke)
        for row, joke in zip(rows, truth.jokes, strict=True)
    ]
    return Album(truth, lines)


def of(album: Album, *kinds: JokeKind) -> list[Line]:
    found = [line for line in album.lines if line.joke.kind in kinds]
    assert found
    return found


def test_a_picture_has_three_to_eight_different_jokes(album: Album) -> None:
    groups = album.by_picture()
    assert set(groups) == {still.image for still in album.truth.stills}
    for lines in groups.values():
        assert 3 <= len(lines) <= 8
        assert len({line.text for line in lines}) == len(lines)
    assert len({len(lines) for lines in groups.values()}) == 6


def test_jokes_name_who_is_there_except_wrong_ones(album: Album) -> None:
    for line in album.lines:
        said, there = album.truth.names_said(line.text), album.truth.on_picture(line.joke.image)
        if line.joke.kind is JokeKind.WRONG:
            assert said
            assert not said & there
        else:
            assert said <= there
    assert all(album.truth.names_said(line.text) for line in of(album, JokeKind.NAME))


def test_jokes_say_what_is_done_and_where(album: Album) -> None:
    for line in of(album, JokeKind.ACTION, JokeKind.PAIR, JokeKind.CHARACTER):
        known, still = known_jokes()[line.text], album.truth.still(line.joke.image)
        actions = {person.name: person.action for person in still.people}
        assert line.joke.about is not None
        assert known.action == actions[line.joke.about]
        assert known.place in (None, still.place)
    for line in of(album, JokeKind.PLACE):
        assert known_jokes()[line.text].place == album.truth.still(line.joke.image).place


def test_most_jokes_need_the_picture_and_the_commonest_does_not(album: Album) -> None:
    shares = {kind: len(of(album, kind)) / len(album.lines) for kind in JokeKind}
    assert shares[JokeKind.PHRASE] == pytest.approx(0.2, abs=0.05)
    assert shares[JokeKind.WRONG] == pytest.approx(0.05, abs=0.025)
    assert sum(bool(album.truth.names_said(line.text)) for line in album.lines) > 0.55 * len(
        album.lines
    )
    texts = Counter(line.text for line in album.lines)
    (commonest, count), *_ = texts.most_common()
    assert known_jokes()[commonest].kind is JokeKind.PHRASE
    assert count > 15 * np.median(list(texts.values()))


def test_a_few_authors_write_most(album: Album) -> None:
    counts = sorted(Counter(line.author for line in album.lines).values(), reverse=True)
    assert sum(counts[:5]) > 0.5 * sum(counts)


def test_stars_are_heavy_tailed_and_some_are_unknown(album: Album) -> None:
    stars = np.array([line.joke.stars for line in album.lines])
    assert stars.min() == 0
    assert np.median(stars) < 10
    assert 200 < stars.max() <= MOST_STARS
    assert stars.mean() > 2.5 * np.median(stars)
    unknown = [line for line in album.lines if line.star == ""]
    assert len(unknown) / len(album.lines) == pytest.approx(0.22, abs=0.03)
    assert all(line.star in ("", str(line.joke.stars)) for line in album.lines)


def agreement(album: Album, score: Callable[[Line], float]) -> float:
    """The share of pairs of one picture that ``score`` orders as the known stars do.

    Where it is undecided, half a pair counts.
    """
    agree = []
    for lines in album.by_picture().values():
        for one, other in combinations([line for line in lines if line.star], 2):
            if one.joke.stars != other.joke.stars:
                better = np.sign(score(one) - score(other))
                agree.append((1 + better * np.sign(one.joke.stars - other.joke.stars)) / 2)
    return float(np.mean(agree))


def test_the_taste_depends_on_the_picture_and_the_text_together(album: Album) -> None:
    elsewhere = defaultdict(list)
    for line in album.lines:
        if line.star:
            elsewhere[line.text].append(line)
    usual = float(np.mean([np.log1p(line.joke.stars) for line in album.lines]))

    def text_alone(line: Line) -> float:
        """The mean rating of the text on other pictures and one that is as usual."""
        others = [
            float(np.log1p(other.joke.stars))
            for other in elsewhere[line.text]
            if other.joke.image != line.joke.image
        ]
        return (sum(others) + usual) / (len(others) + 1)

    figures = {
        "shorter": agreement(album, lambda line: -len(line.text)),
        "text": agreement(album, text_alone),
        "taste": agreement(album, lambda line: line.joke.funniness),
    }
    print(len(album.lines), "jokes:", {name: round(value, 3) for name, value in figures.items()})
    assert 0.5 < figures["shorter"] < 0.57
    assert 0.57 < figures["text"] < 0.68
    assert 0.77 < figures["taste"] < 0.86


def person(name: str, action: str) -> Person:
    return Person(name, action, (0, 0, 1, 1))


def judged(text: str, place: str, *people: Person) -> float:
    return funniness(known_jokes()[text], StillTruth("0001.png", 0, place, people))


def test_the_same_joke_is_funnier_where_it_is_out_of_place() -> None:
    text = "会議に出席中のミオ"
    asleep = person("ミオ", "sleeping")
    assert judged(text, "school", asleep) > judged(text, "room", asleep)


def test_the_same_joke_is_funnier_about_somebody_who_does_what_is_unlike_them() -> None:
    text = "証拠を隠滅する{}"
    robot, dog = (judged(text.format(n), "room", person(n, "eating")) for n in ("ピコ", "ポチ"))
    assert robot > dog


def test_a_name_is_funnier_of_somebody_who_acts() -> None:
    dancing, standing = (
        judged("締切前のピコ", "room", person("ピコ", action)) for action in ("dancing", "standing")
    )
    assert dancing > standing


def test_what_is_not_on_the_picture_is_dull() -> None:
    text = "会議に出席中のミオ"
    right = judged(text, "room", person("ミオ", "sleeping"))
    assert judged(text, "room", person("ミオ", "eating")) < right
    assert judged(text, "room", person("ハナ", "sleeping")) < right
    assert judged("日直が帰りました", "room") < judged("日直が帰りました", "school")


def test_specific_jokes_are_funnier_and_phrases_dull(album: Album) -> None:
    def mean(kind: JokeKind) -> float:
        return float(np.mean([line.joke.funniness for line in of(album, kind)]))

    assert mean(JokeKind.CHARACTER) > mean(JokeKind.PAIR) > mean(JokeKind.ACTION)
    assert mean(JokeKind.NAME) > mean(JokeKind.PHRASE) > mean(JokeKind.WRONG)


def test_the_truth_says_what_the_taste_says(album: Album) -> None:
    for line in album.lines:
        still = album.truth.still(line.joke.image)
        assert line.joke.funniness == pytest.approx(
            funniness(known_jokes()[line.text], still), abs=0.001
        )


def test_every_action_can_be_in_its_place() -> None:
    people = [person(name, action) for name in CAST for action in ACTIONS]
    ordinary = {(one.action, place) for one in people for place in PLACES if not oddity(one, place)}
    assert {action for action, _ in ordinary} == set(ACTIONS)


def test_jokes_are_short_distinct_and_in_normal_form() -> None:
    known = known_jokes()
    templates = {
        joke.text if joke.name is None else joke.text.replace(joke.name, "{}")
        for joke in known.values()
    }
    assert 60 <= len(templates) <= 130
    for text, joke in known.items():
        assert 4 <= len(text) <= 24
        assert unicodedata.normalize("NFKC", text) == text
        assert {name for name in CAST if name in text} == ({joke.name} if joke.name else set())


def test_mecab_keeps_names_whole_in_every_joke(mecab: natto.MeCab) -> None:
    for text, joke in known_jokes().items():
        tokens = [node.surface for node in mecab.parse(text, as_nodes=True)]
        names = [token for token in tokens if token in CAST]
        assert names == ([joke.name] if joke.name else []), text
