from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.captioning.settings import Attention, Decoder
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.explanation.model_output import ModelOutput
from pipeline.danmaku.explanation.ranks import rank_comments
from pipeline.evaluation.candidates import Query, draw_candidates
from pipeline.evaluation.corpus import Corpus, Sentence
from pipeline.runtime.arrays import Int64s
from pipeline.text.vocabulary import BEGIN, END
from tests.attending import VOCABULARY, captioner, comment
from tests.danmaku.explanation.subjects import written

SEED = 3


def comments(count: int, seed: int) -> list[GeneratedComment]:
    """Of two seconds, not in order of time, and often several about one picture."""
    draws = np.random.default_rng(seed)
    return [
        comment(
            int(draws.integers(2000)),
            *draws.choice(VOCABULARY.words, draws.integers(1, 4)).tolist(),
            frame=int(draws.integers(2)) * 5,
            viewers=int(draws.integers(1, 9)),
        )
        for _ in range(count)
    ]


def corpus(seed: int, count: int = 400) -> Corpus:
    draws = np.random.default_rng(seed)
    words = [*VOCABULARY.words, "リゼ"]
    return Corpus(tuple(draws.choice(words, draws.integers(1, 7))) for _ in range(count))


def plain_nats(subject: ModelOutput, at: int, words: Sentence) -> float:
    """Word by word, at the moment of a comment."""
    network = subject.model.captioner
    sentence = [*subject.model.encode(words), END]
    total = 0.0
    with torch.inference_mode():
        moment = subject.inputs.take(np.array([at]))
        state = network.start(moment.prompt(subject.bank, torch.device("cpu")))
        for read, told in zip([BEGIN, *sentence], sentence, strict=False):
            step = network.step(torch.tensor([read]), state)
            state = step.state
            chances: Tensor = network.softmax.log_probs(step.hidden)
            total -= float(chances[0, told])
    return total


def others_of(second: int, said: list[GeneratedComment], training: Corpus) -> list[Sentence]:
    """Training comments that were not written in that second, as the ranking protocol draws."""
    in_time = sorted(said, key=lambda one: one.time_ms)
    earlier = [tuple(one.words) for one in in_time if one.time_ms < 1000 * second]
    here = [tuple(one.words) for one in in_time if one.time_ms // 1000 == second]
    query = Query(0, second, tuple(earlier[-5:]), (here[0],), frozenset(here))
    (drawn,) = draw_candidates([query], training, SEED)
    return [
        one for one, positive in zip(drawn.sentences, drawn.positive, strict=True) if not positive
    ]


@pytest.mark.parametrize(
    ("decoder", "attention"), [("lstm", "additive"), ("lstm", "none"), ("transformer", "dot")]
)
def test_ranks_are_those_of_scoring_one_by_one(
    tmp_path: Path, decoder: Decoder, attention: Attention
) -> None:
    said, training = comments(5, 1), corpus(2, 200)
    subject = written(tmp_path, captioner(decoder, attention), *said)
    found = rank_comments(subject, training, 99, SEED)
    nats = cache(partial(plain_nats, subject))
    moments = [(one.time_ms // 1000, one.frame) for one in said]
    assert 2 < len(set(moments)) < len(said)  # some share a moment
    for index, one in enumerate(said):
        others = others_of(one.time_ms // 1000, said, training)
        first = moments.index(moments[index])
        own = nats(first, tuple(one.words))
        likelier = sum(nats(first, other) < own - 1e-4 for other in others)
        assert found.rank[index] == 1 + likelier
        assert found.candidates[index] == 1 + len(others) == 100
    assert len(set(found.rank.tolist())) > 2


def test_every_comment_of_a_crowded_second_is_ranked_among_the_same(tmp_path: Path) -> None:
    words = VOCABULARY.words
    said = [comment(10 * n, *words[: n % 3 + 1], *words[n // 3 :], frame=0) for n in range(9)]
    assert len({tuple(one.words) for one in said}) > 5
    subject, training = written(tmp_path, captioner(), *said), corpus(4)
    found = rank_comments(subject, training, 99, SEED)
    others = [plain_nats(subject, 0, other) for other in others_of(0, said, training)]
    for rank, one in zip(found.rank, said, strict=True):
        own = plain_nats(subject, 0, tuple(one.words))
        assert rank == 1 + sum(other < own - 1e-4 for other in others)
    assert (found.candidates == 100).all()


def test_what_was_written_in_the_same_second_is_no_rival(tmp_path: Path) -> None:
    subject = written(
        tmp_path, captioner(), comment(0, "w"), comment(300, "チノ"), comment(1500, "w")
    )
    found = rank_comments(subject, Corpus([("w",), ("チノ",), ("かわいい", "w")]), 99, SEED)
    assert found.candidates.tolist() == [2, 2, 3]
    alone = rank_comments(subject, Corpus([("w",)]), 99, SEED)
    assert (alone.rank.tolist(), alone.candidates.tolist()) == ([1, 1, 1], [1, 1, 1])


def test_equally_likely_ones_share_the_better_place(tmp_path: Path) -> None:
    """Words that the model does not know are all one to it."""
    subject = written(tmp_path, captioner(), comment(0, "リゼ"))
    unknown = [(f"x{number}",) for number in range(60)]
    assert rank_comments(subject, Corpus(unknown), 99, SEED).rank.tolist() == [1]
    # Not so where the known are likelier.
    ids: Int64s = np.array([subject.model.encode(["リゼ"])[0]])
    with torch.no_grad():
        subject.model.captioner.softmax.get_submodule("out").bias[ids] = -30.0  # type: ignore[operator]
    mixed = Corpus([*unknown, ("w",), ("チノ",)])
    assert rank_comments(subject, mixed, 99, SEED).rank.tolist() == [3]


def test_moments_beyond_the_bound_are_left_out_evenly(tmp_path: Path) -> None:
    said = [comment(400 * n, "w", "チノ", frame=2 * n) for n in range(10)]
    said.append(comment(3610, "かわいい", frame=18))  # on the last one's picture
    subject, training = written(tmp_path, captioner(), *said), corpus(6)
    every = rank_comments(subject, training, 10, SEED)
    assert (every.rank > 0).all()
    some = rank_comments(subject, training, 4, SEED)
    asked = np.flatnonzero(some.rank)
    assert asked.tolist() == [0, 3, 6, 9, 10]
    assert some.rank[asked].tolist() == every.rank[asked].tolist()
    assert (some.candidates > 0).tolist() == (some.rank > 0).tolist()
    assert np.flatnonzero(rank_comments(subject, training, 1, SEED).rank).tolist() == [0]


def test_the_seed_draws_the_others(tmp_path: Path) -> None:
    subject, training = written(tmp_path, captioner(), *comments(20, 5)), corpus(7, 3000)
    ranks = [rank_comments(subject, training, 99, seed).rank.tolist() for seed in (1, 1, 2)]
    assert ranks[0] == ranks[1] != ranks[2]


def test_times_outside_the_video_are_ranked_too(tmp_path: Path) -> None:
    subject = written(
        tmp_path, captioner(), comment(-50, "w", frame=0), comment(9999, "w", frame=19)
    )
    assert (rank_comments(subject, corpus(8), 99, SEED).candidates == 100).all()


def test_no_comments_have_no_ranks(tmp_path: Path) -> None:
    found = rank_comments(written(tmp_path, captioner()), corpus(9), 99, SEED)
    assert found.rank.shape == found.candidates.shape == (0,)
