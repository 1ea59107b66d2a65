"""Each measure, on a world whose truth is known."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.captions.captions_file import Candidate
from pipeline.captions.evaluation.better import measure_better
from pipeline.captions.evaluation.evaluate import evaluate
from pipeline.captions.evaluation.evaluation_file import Evaluation
from pipeline.captions.evaluation.likelihood import measure_likelihood
from pipeline.captions.evaluation.lines import measure_lines
from pipeline.captions.evaluation.ranking import run_ranking
from pipeline.captions.evaluation.subject import Subject
from tests.captions.toys import HELD_OUT, LEARNED, World, candidate, key_of, line


@pytest.fixture(scope="module")
def subject(world: World) -> Subject:
    found = world.written(world.held_out)
    lines = [line(row, *some) for row, some in zip(world.held_out.tolist(), found, strict=True)]
    return world.subject(lines)


def test_pictures_that_were_learned_are_not_measured(world: World, subject: Subject) -> None:
    assert subject.on == "another collection"
    assert subject.rows.tolist() == world.held_out.tolist()
    learned = [msgspec.structs.replace(world.texts[0], frame=row) for row in range(LEARNED)]
    rows = np.arange(LEARNED + HELD_OUT)
    keys = [key_of(row) for row in rows.tolist()]

    def prepared(texts: list) -> Subject:  # type: ignore[type-arg]
        return Subject.prepare(world.model, world.learned, world.bank, texts, [], rows, keys, rows)

    both = prepared([*learned, *world.texts])
    assert both.on == "held-out pictures"
    assert both.rows.tolist() == world.held_out.tolist()
    only = prepared(learned)
    assert only.on == "training pictures"
    assert only.rows.tolist() == list(range(LEARNED))


def test_the_right_picture_makes_captions_likelier(subject: Subject) -> None:
    found = measure_likelihood(subject, 0)
    assert found.captions == 4 * HELD_OUT
    assert found.words == 16 * HELD_OUT
    assert found.pmi.low is not None and found.pmi.low > 0.1
    assert found.pmi_shuffled.low is not None and found.pmi_shuffled.low > 0.1
    assert found.nll.mean < found.nll_mean_picture.mean < found.nll_unigram
    assert found.nll.mean < found.nll_shuffled.mean
    assert found.pmi.mean == pytest.approx(found.nll_mean_picture.mean - found.nll.mean)


def test_who_sees_ranks_ahead_of_who_does_not(subject: Subject) -> None:
    table, gains = run_ranking(subject, 500, 0.0, 0)
    assert table.all.queries == HELD_OUT
    mrr = {name: one.reciprocal_rank.mean for name, one in table.all.scorers.items()}
    blind = [mrr[name] for name in ("model, text only", "popularity", "length", "random")]
    assert mrr["model"] > 1.5 * max(blind)
    assert mrr["model, PMI"] > 1.5 * max(blind)
    assert mrr["model, shuffled pictures"] < 1.5 * max(blind)
    for name in ("random", "model, shuffled pictures", "model, text only"):
        low = gains[name].low
        assert low is not None and low > 0
    assert "model" not in gains


def test_only_so_many_pictures_are_ranked(subject: Subject) -> None:
    table, _ = run_ranking(subject, 31, 0.0, 0)
    assert table.all.queries == 31
    few, gains = run_ranking(subject, 10, 0.0, 0)
    assert (few.all.queries, few.all.scorers, gains) == (10, {}, {})


def test_lines_about_the_picture_are_nearer_to_peoples(subject: Subject) -> None:
    found = measure_lines(subject, 0)
    assert set(found) == {"model", "shuffled", "nearest", "frequent"}
    assert found["model"].chrf.mean > found["shuffled"].chrf.mean + 5
    assert found["nearest"].chrf.mean > found["frequent"].chrf.mean
    assert found["nearest"].copied == found["frequent"].copied == 1
    assert found["frequent"].near_copies == 0
    for measure in ("distinct_1", "distinct_2", "copied", "near_copies"):
        assert getattr(found["model"], measure) == getattr(found["shuffled"], measure)


def test_a_line_that_somebody_wrote_is_as_near_as_can_be(world: World) -> None:
    lines = [line(text.frame, candidate(*text.words)) for text in world.texts[::4]]
    assert measure_lines(world.subject(lines), 0)["model"].chrf.mean == pytest.approx(100)


def test_copies_and_near_copies_are_counted(world: World) -> None:
    known = world.learned.sentences()[0]
    long = (*known, *known, *known, *known)
    corpus = replace(world.learned, texts=[*world.learned.texts])
    corpus.texts[0] = [*corpus.texts[0], msgspec.structs.replace(corpus.texts[0][0], words=long)]
    near = (*long[:-1], "！")
    new = ("全く", "別", "の", "話")
    rows = world.held_out[:40].tolist()
    said: list[Candidate] = [candidate(*(known, near, new, new)[n % 4]) for n in range(len(rows))]
    subject = replace(
        world.subject([line(row, one) for row, one in zip(rows, said, strict=True)]),
        learned=corpus,
    )
    found = measure_lines(subject, 0)["model"]
    assert found.copied == 0.25
    assert found.near_copies == 0.25


def test_what_people_like_is_told_by_who_knows_it(subject: Subject) -> None:
    found = measure_better(subject)
    assert found is not None
    assert found.pairs > 200
    for name, least in [("rating", 0.55), ("text only", 0.75)]:
        low = found.scorers[name].low
        assert low is not None and low > least, name
    # Likeliness and length have nothing to do with it here.
    for name in ("blind", "length", "PMI", "likelihood"):
        assert 0.3 < found.scorers[name].mean < 0.7, name
    assert found.blind == found.scorers["text only"].mean


def test_captions_without_ratings_have_no_better_one(world: World) -> None:
    texts = [msgspec.structs.replace(text, rating=None) for text in world.texts]
    assert measure_better(replace(world, texts=texts).subject()) is None
    equal = [msgspec.structs.replace(text, rating=3.0) for text in world.texts]
    assert measure_better(replace(world, texts=equal).subject()) is None


def test_all_measures_read_back(subject: Subject, tmp_path: Path) -> None:
    found = evaluate(subject, "album", max_queries=40, blind_weight=0.5, seed=0)
    assert found.too_little == {}
    found.save(tmp_path / "captions.evaluation.json")
    assert Evaluation.load(tmp_path / "captions.evaluation.json") == found
    assert found.summary.startswith("another collection: a picture makes its captions likelier")


def test_too_little_is_said_and_not_measured(world: World) -> None:
    few = replace(world, texts=world.texts[:8])
    found = evaluate(few.subject(), "album", max_queries=40, blind_weight=0.5, seed=0)
    assert found.too_little == {"likelihood": 8, "ranking": 2, "lines": 0}
    assert (found.likelihood, found.lines, found.better) == (None, {}, None)
    assert "too few" in found.summary
