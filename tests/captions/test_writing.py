import re

import numpy as np
import pytest

from pipeline.captioning.settings import DecodingSettings
from pipeline.captions.captions_file import Candidate
from pipeline.captions.writing import judge
from tests.captions.toys import ANIMALS, VOCABULARY, World, animal_of


def lines(found: list[list[Candidate]]) -> list[list[str]]:
    return [[one.text for one in candidates] for candidates in found]


def test_lines_are_mostly_about_their_pictures(world: World) -> None:
    found = world.written(world.held_out)
    right = [
        candidates[0].words[0] == animal_of(row)
        for row, candidates in zip(world.held_out.tolist(), found, strict=True)
    ]
    assert np.mean(right) > 0.8


def test_a_picture_gets_the_same_lines_in_any_company_and_anywhere(world: World) -> None:
    rows = world.held_out
    alone = lines(world.written(rows[5:6]))
    assert lines(world.written(rows))[5:6] == alone
    assert lines(world.written(rows[::-1]))[len(rows) - 6 : len(rows) - 5] == alone


def test_another_seed_gives_other_lines(world: World) -> None:
    rows = world.held_out[:8]
    assert lines(world.written(rows)) == lines(world.written(rows))
    assert lines(world.written(rows)) != lines(world.written(rows, seed=2))


def test_no_line_has_ng_words(world: World) -> None:
    rows = world.held_out
    assert any("夜" in text for some in lines(world.written(rows)) for text in some)
    without = lines(world.written(rows, ng_words=re.compile("夜")))
    assert not any("夜" in text for some in without for text in some)
    none_is_allowed = world.written(rows, ng_words=re.compile("."))
    assert none_is_allowed == [[]] * len(rows)


@pytest.mark.parametrize("strategy", ["sample", "argmax", "beam"])
def test_no_line_is_empty_or_there_twice(world: World, strategy: str) -> None:
    decoding = DecodingSettings(strategy=strategy, temperature=5, top_k=0, top_p=1)  # type: ignore[arg-type]
    for texts in lines(world.written(world.held_out[:16], decoding=decoding, candidates=30)):
        assert texts
        assert all(texts)
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("blind", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("liking", [0.0, 2.0])
def test_the_best_candidate_comes_first(world: World, blind: float, liking: float) -> None:
    for candidates in world.written(world.held_out[:8], blind=blind, liking=liking):
        scores = [one.score for one in candidates]
        assert scores == sorted(scores, reverse=True)
        for one in candidates:
            expected = blind * one.blind_nats - one.nats + liking * one.rating
            assert one.score == pytest.approx(expected, abs=2e-4 * (1 + liking))


def test_liking_prefers_what_people_rate_higher(world: World) -> None:
    means = [
        np.mean([one[0].rating for one in world.written(world.held_out, liking=liking)])
        for liking in (0.0, 20.0)
    ]
    assert means[1] > means[0] + 0.1


def test_lines_of_training_are_marked(world: World) -> None:
    found = [one for some in world.written(world.held_out) for one in some]
    known = world.learned.known
    assert {one.copied for one in found} == {True, False}
    assert all(one.copied == (tuple(one.words) in known) for one in found)


def test_what_is_likely_without_a_picture_does_not_depend_on_it(world: World) -> None:
    sentence = VOCABULARY.encode([ANIMALS[0], "寝る", "朝"])
    rows = world.held_out[:8]
    judged = judge(world.model, world.bank, rows, [sentence] * len(rows))
    assert np.ptp(judged.blind_nats) < 1e-5
    assert np.ptp(judged.nats) > 1
    assert judged.nats[0] == judged.nats.min(), "the first picture shows the animal"
