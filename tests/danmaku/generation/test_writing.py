import re
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from pipeline.captioning.inputs import CaptionInputs
from pipeline.danmaku.training.inputs import inputs_at
from pipeline.captioning.generation import (
    Plan,
    Wishes,
    counts_as_expected,
    counts_as_in,
    plan_comments,
    write_comments,
)

from pipeline.captioning import generation
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.decoding import Decoding
from pipeline.captioning.prompt import CONTEXT_COMMENTS, CONTEXT_WORDS
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.media.frame_times import FrameTimes, Int64s
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from pipeline.text.vocabulary import PADDING, join_words
from tests.captioning import toys
from tests.captioning.conftest import features_file
from tests.captioning.toys import Kind

RATE = 5  # frames a second, which all show one picture
PER_SECOND = [0, 1, 2, 5]
SEED = 7
APART_S = 4.0
BLOCK_S = 15


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a short video has several."""
    monkeypatch.setattr(generation, "BLOCK_S", BLOCK_S)


def video(seconds: float, fingerprint: str = "00ff") -> Frames:
    number = np.arange(round(seconds * RATE), dtype=np.int64)
    times = FrameTimes(number, Fraction(1, RATE), len(number))
    return Frames(times, number // RATE, fingerprint, number[:0])


def counts(frames: Frames, seed: int = SEED) -> Int64s:
    """Two a second on the average."""
    return counts_as_in(PER_SECOND, frames, seed)


def plan(frames: Frames, rate: float = 1, delay_ms: int = 0, seed: int = SEED) -> Plan:
    viewers = counts(frames, seed)
    return plan_comments(rate * viewers, viewers, frames, delay_ms, seed)


def plan_each(frames: Frames, each: float, delay_ms: int = 0) -> Plan:
    """As many in every second, whatever viewers would write."""
    viewers = np.arange(int(np.ceil(float(frames.times.duration)))) % 10
    return plan_comments(each, viewers, frames, delay_ms, SEED)


def times(plan: Plan) -> list[int]:
    return [*map(int, plan.time_ms)]


def test_counts_are_those_of_random_training_seconds() -> None:
    found = counts(video(2000))
    assert found.dtype == np.int64
    shares = {count: int((found == count).sum()) for count in PER_SECOND}
    assert sum(shares.values()) == len(found) == 2000
    assert all(400 < share < 600 for share in shares.values())


@pytest.mark.parametrize("rate", [0.1, 0.5, 1, 2.3])
def test_a_rate_scales_what_is_written_and_not_what_viewers_would_write(rate: float) -> None:
    found = plan(video(3000), rate)
    assert found.viewers.tolist() == counts(video(3000)).tolist()
    assert (abs(found.counts - rate * found.viewers) < 1).all()
    assert found.counts.mean() == pytest.approx(2 * rate, rel=0.12)


@pytest.mark.parametrize(("wanted", "nearest"), [(0, {0}), (3, {3}), (2.25, {2, 3})])
def test_a_fixed_count_is_met_as_nearly_as_can_be(wanted: float, nearest: set[int]) -> None:
    found = plan_each(video(2000), wanted).counts
    assert set(found.tolist()) == nearest
    assert found.mean() == pytest.approx(wanted, abs=0.05)


def expected(seconds: int) -> npt.NDArray[np.float64]:
    return np.tile([0.0, 0.5, 4.0], seconds)[:seconds]


@pytest.mark.parametrize("dispersion", [0.0, 0.5])
def test_counts_vary_about_what_is_expected_of_their_second(dispersion: float) -> None:
    found = counts_as_expected(expected(6000), dispersion, video(6000), SEED)
    for place, mean in enumerate([0.0, 0.5, 4.0]):
        some = found[place::3]
        assert some.mean() == pytest.approx(mean, rel=0.1)
        assert some.var() == pytest.approx(mean + dispersion * mean**2, rel=0.15)


def test_what_is_expected_of_a_second_changes_its_count_alone() -> None:
    before, raised = expected(60), expected(60)
    raised[31] = 100
    found, other = (counts_as_expected(e, 0.5, video(60), SEED) for e in (before, raised))
    assert np.flatnonzero(found != other).tolist() == [31]


@pytest.mark.parametrize("seconds", [20, 20.4])
def test_a_longer_video_has_the_same_counts_in_the_seconds_both_have(seconds: float) -> None:
    short, long = video(seconds), video(40)
    some = int(np.ceil(seconds))
    assert np.array_equal(counts(short), counts(long)[:some])
    found, more = (
        counts_as_expected(expected(n), 0.5, frames, SEED)
        for n, frames in ((some, short), (40, long))
    )
    assert np.array_equal(found, more[:some])


def test_seeds_and_videos_have_chances_of_their_own() -> None:
    shown = video(200)
    assert times(plan(shown)) == times(plan(shown))
    assert times(plan(shown)) != times(plan(video(200, "00fe")))
    other = plan_comments(counts(shown), counts(shown), shown, 0, seed=8)
    assert times(plan(shown)) != times(other)
    assert not np.array_equal(counts(shown), counts(shown, seed=8))
    found = counts_as_expected(expected(200), 0.5, shown, SEED)
    assert not np.array_equal(found, counts_as_expected(expected(200), 0.5, shown, 8))


def test_times_are_in_order_and_spread_over_their_seconds() -> None:
    shown = video(2000)
    found = plan(shown)
    assert found.counts.tolist() == counts(shown).tolist()
    assert np.array_equal(np.repeat(np.arange(2000), found.counts), found.time_ms // 1000)
    assert (np.diff(found.time_ms) >= 0).all()
    tenths = np.bincount(found.time_ms % 1000 // 100) / len(found.time_ms)
    assert tenths == pytest.approx([0.1] * 10, abs=0.02)


@pytest.mark.parametrize("seconds", [20, 20.4])
def test_a_longer_video_has_the_same_comments_in_the_seconds_both_have(seconds: float) -> None:
    short, long = plan(video(seconds), 3), plan(video(40), 3)
    assert times(short) == [time for time in times(long) if time < seconds * 1000]
    assert len(times(long)) > len(times(short)) > 0
    assert np.array_equal(short.counts, np.bincount(short.time_ms // 1000))


def test_comments_are_about_the_frame_a_delay_before_their_time() -> None:
    shown = video(60)
    at_once, late = plan(shown), plan(shown, delay_ms=2300)
    assert times(late) == times(at_once)
    assert np.array_equal(late.counts, at_once.counts)
    assert np.array_equal(at_once.frame, at_once.time_ms * RATE // 1000)
    assert np.array_equal(late.frame, np.maximum(late.time_ms - 2300, 0) * RATE // 1000)


def test_nothing_expected_plans_nothing() -> None:
    found = plan_each(video(20), 0, delay_ms=1000)
    assert len(found.time_ms) == len(found.frame) == 0
    assert not found.counts.any()


def wishes(**changes: Any) -> Wishes:
    """``changes`` are fields of the wishes, or of the decoding."""
    decoding = Decoding("sample", temperature=1.0, top_k=0, top_p=1.0, beams=3, max_words=3)
    fields: dict[str, Any] = {"first_by_frequency": False, "ng": None, "apart_s": 0.0, "seed": SEED}
    for name, value in changes.items():
        if name in Decoding._fields:
            decoding = decoding._replace(**{name: value})
        else:
            fields[name] = value
    return Wishes(decoding=decoding, **fields)


def sensitive(kind: Kind, **changes: Any) -> Captioner:
    """So that every word and picture matters to all that comes after."""
    network = toys.captioner(kind, **changes)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(3)
    return network


def saying_only(kind: Kind, word: int) -> Captioner:
    network = toys.captioner(kind)
    with torch.no_grad():
        network.get_parameter("softmax.out.bias")[word] += 60
    return network


def bank(folder: Path, kind: Kind, changed: slice | None = None) -> FeatureBank:
    """Fifty pictures, some of them others where something is ``changed``."""
    rows = toys.features(kind, 50)
    if changed is not None:
        rows[changed] = toys.features(kind, 50, seed=6)[changed]
    path = features_file(folder / f"{changed is None}.h5", tap=rows.numpy())
    return FeatureBank([path], "tap")


def few(seconds: float = 20, delay_ms: int = 0, each: float = 2.5) -> Plan:
    """Two or three comments each second."""
    return plan_each(video(seconds), each, delay_ms)


def write(
    network: Captioner,
    shown: FeatureBank,
    asked: Wishes,
    seconds: float = 20,
    delay_ms: int = 0,
    each: float = 2.5,
) -> list[GeneratedComment]:
    found = few(seconds, delay_ms, each)
    return write_comments(found, video(seconds), network, toys.VOCABULARY, shown, asked)


def firsts(comments: list[GeneratedComment]) -> list[str]:
    return [comment.words[0] for comment in comments]


@toys.all_kinds
def test_every_plan_gets_its_words(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    found = write(network, shown, wishes(), delay_ms=1500)
    asked = few(delay_ms=1500)
    assert [comment.time_ms for comment in found] == times(asked)
    assert [comment.frame for comment in found] == asked.frame.tolist()
    assert [c.viewers for c in found] == asked.viewers[asked.time_ms // 1000].tolist()
    for comment in found:
        assert 1 <= len(comment.words) <= 3
        assert set(comment.words) <= set(toys.VOCABULARY.words)
        assert comment.text == join_words(comment.words)
    assert len({comment.text for comment in found}) > 5
    assert found == write(network, shown, wishes(), delay_ms=1500)
    assert found != write(network, shown, wishes(seed=8), delay_ms=1500)


@pytest.mark.parametrize("how", ["argmax", "beam"])
def test_other_ways_of_decoding_write_as_much(tmp_path: Path, how: str) -> None:
    network, shown = sensitive(toys.TRANSFORMER), bank(tmp_path, toys.TRANSFORMER)
    found = write(network, shown, wishes(how=how))
    assert [comment.time_ms for comment in found] == times(few())
    assert found == write(network, shown, wishes(how=how))


def test_commands_are_the_looks_that_the_captioner_tells(tmp_path: Path) -> None:
    found = write(toys.captioner(toys.DOT), bank(tmp_path, toys.DOT), wishes(), 47)
    told = {command for comment in found for command in comment.commands}
    assert told == {"ue", "shita", "big", "small", "red"}
    for comment in found:
        assert toys.STYLE.commands(toys.STYLE.classes(comment.commands)) == comment.commands


@toys.each([toys.ADDITIVE, toys.TRANSFORMER])
def test_how_many_are_written_together_does_not_matter(
    tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, shown, asked = sensitive(kind), bank(tmp_path, kind), wishes(apart_s=APART_S)
    together = write(network, shown, asked)
    monkeypatch.setattr(generation, "_BATCH", 2)
    assert write(network, shown, asked) == together


def test_nothing_planned_is_nothing_written(tmp_path: Path) -> None:
    network, shown = sensitive(toys.TRANSFORMER), bank(tmp_path, toys.TRANSFORMER)
    assert write(network, shown, wishes(), each=0) == []


def seconds_changed(before: list[GeneratedComment], after: list[GeneratedComment]) -> set[int]:
    """In which a comment is another one, or there is one more or less."""
    found: set[int] = set()
    for some, others in ((before, after), (after, before)):
        found |= {comment.time_ms // 1000 for comment in some if comment not in others}
    return found


@toys.all_kinds
@pytest.mark.parametrize(
    ("scene", "apart_s"),
    [(slice(16, 18), 0), (slice(16, 18), APART_S), (slice(22, 24), APART_S)],
    ids=["border", "border apart", "middle apart"],
)
def test_another_scene_changes_no_block_but_its_own_and_the_end_of_the_one_before(
    tmp_path: Path, kind: Kind, scene: slice, apart_s: float
) -> None:
    """Comments come a second after what they are about."""
    asked = wishes(apart_s=apart_s, max_words=2)
    before, after = (
        write(sensitive(kind), shown, asked, 47, delay_ms=1000, each=4)
        for shown in (bank(tmp_path, kind), bank(tmp_path, kind, scene))
    )
    first, last = scene.start + 1, scene.stop  # of the comments about the scene
    border = scene.start // BLOCK_S * BLOCK_S
    if kind.decoder == "transformer":
        first -= 2  # it looks so far ahead
    if apart_s or kind.decoder == "transformer":
        last = border + BLOCK_S - 1  # later comments know the earlier ones
    ahead = range(first - int(apart_s), border)
    changed = seconds_changed(before, after)
    assert changed & set(range(first, last + 1))
    assert changed <= {*ahead, *range(first, last + 1)}


@toys.all_kinds
def test_the_first_comment_of_a_block_comes_whatever_the_block_before_says(
    tmp_path: Path, kind: Kind
) -> None:
    """Which gives way to it."""
    network, shown = saying_only(kind, toys.A), bank(tmp_path, kind)
    found = write(network, shown, wishes(max_words=1, apart_s=APART_S), 47)
    some, asked = ([*map(int, n)] for n in ([c.time_ms for c in found], few(47).time_ms))
    for block in range(0, 47, BLOCK_S):
        first = min(time for time in asked if time >= 1000 * block)
        assert first in some
        assert not any(first - 1000 * APART_S < time < first for time in some)


@toys.all_kinds
def test_a_longer_video_has_the_same_words_in_the_seconds_both_have(
    tmp_path: Path, kind: Kind
) -> None:
    """To a captioner that is not told the time, which is a share of the video's."""
    network, shown, asked = (
        sensitive(kind, time=False),
        bank(tmp_path, kind),
        wishes(apart_s=APART_S),
    )
    short, long = (write(network, shown, asked, seconds) for seconds in (35.4, 47))
    # The last second has fewer comments; a Transformer looks two seconds ahead.
    assert all(second >= 33 for second in seconds_changed(short, long))
    assert len([comment for comment in short if comment.time_ms < 33_000]) > 20


@toys.all_kinds
def test_no_comment_comes_twice_within_the_seconds_apart(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)

    def repeats(apart_s: float) -> set[int]:
        """The seconds of comments that came already."""
        last: dict[str, int] = {}
        found = set()
        for comment in write(network, shown, wishes(apart_s=apart_s, max_words=1), 47):
            if comment.time_ms - last.get(comment.text, -(10**6)) < 1000 * APART_S:
                found.add(comment.time_ms // 1000)
            last[comment.text] = comment.time_ms
        return found

    assert not repeats(APART_S)
    assert repeats(0) & {15, 16, 30, 31}  # across a block's border, too


@toys.all_kinds
def test_places_stay_empty_where_there_is_nothing_else_to_say(tmp_path: Path, kind: Kind) -> None:
    network, shown = saying_only(kind, toys.A), bank(tmp_path, kind)
    asked = times(few())
    always = write(network, shown, wishes(max_words=1))
    assert [comment.time_ms for comment in always] == asked
    assert {comment.text for comment in always} == {"a"}

    rarely = write(network, shown, wishes(max_words=1, apart_s=APART_S))
    some = [comment.time_ms for comment in rarely]
    assert set(some) < set(asked)
    assert min(np.diff(some)) >= 1000 * APART_S
    # Each of the others is near to one that was written.
    assert all(min(abs(time - shown) for shown in some) < 1000 * APART_S for time in asked)

    assert write(network, shown, wishes(max_words=1, ng=re.compile("a"))) == []


def test_a_comment_that_may_not_be_shown_is_tried_anew(tmp_path: Path) -> None:
    network, shown = toys.captioner(toys.DOT), bank(tmp_path, toys.DOT)
    some = write(network, shown, wishes())
    banned = re.compile("^a|b")
    rest = write(network, shown, wishes(ng=banned))
    assert not any(banned.search(comment.text) for comment in rest)
    spared = [comment for comment in some if not banned.search(comment.text)]
    assert [comment for comment in rest if comment in spared] == spared
    assert len(spared) < len(rest) <= len(some)


def test_ng_words_are_looked_for_in_the_text_and_not_in_single_words(tmp_path: Path) -> None:
    network, shown = toys.captioner(toys.DOT), bank(tmp_path, toys.DOT)
    two = next(c.words[:2] for c in write(network, shown, wishes()) if len(set(c.words[:2])) == 2)
    found = write(network, shown, wishes(ng=re.compile(re.escape(join_words(two)))))
    assert not any(join_words(two) in comment.text for comment in found)
    assert set(two) <= {word for comment in found for word in comment.words}


@toys.all_kinds
def test_first_words_by_frequency_are_no_symbols(tmp_path: Path, kind: Kind) -> None:
    network, shown = toys.captioner(kind), bank(tmp_path, kind)
    by_model = write(network, shown, wishes())
    assert set(firsts(by_model)) & {"!", "。"}
    asked = wishes(first_by_frequency=True)
    found = write(network, shown, asked)
    assert set(firsts(found)) == {"a", "b", "c", "d"}
    # Whoever goes on with them, and whatever is shown.
    assert firsts(write(saying_only(kind, toys.B), shown, asked)) == firsts(found)


def test_first_words_by_frequency_are_drawn_anew_at_each_attempt(tmp_path: Path) -> None:
    network, shown = saying_only(toys.DOT, toys.STOP), bank(tmp_path, toys.DOT)
    found = write(network, shown, wishes(first_by_frequency=True, ng=re.compile("^a")))
    asked = times(few())
    assert 0.9 * len(asked) < len(found) <= len(asked)  # five attempts, of which 0.4 fail
    assert set(firsts(found)) == {"b", "c", "d"}


def asked_of(
    monkeypatch: pytest.MonkeyPatch, network: Captioner, shown: FeatureBank, **changes: Any
) -> tuple[list[GeneratedComment], list[tuple[int, CaptionInputs]]]:
    """The comments, and the second of each moment that any was written from."""
    seen: list[tuple[int, CaptionInputs]] = []

    def spy(time_ms: Int64s, *others: Any) -> CaptionInputs:
        found = inputs_at(time_ms, *others)
        for row, time in enumerate(time_ms.tolist()):
            seen.append((time // 1000, found.take(np.array([row]))))
        return found

    monkeypatch.setattr(generation, "inputs_at", spy)
    return write(network, shown, wishes(**changes), seconds=47), seen


@toys.each([toys.TRANSFORMER, toys.BLIND_TRANSFORMER])
def test_what_was_said_before_is_what_the_model_said_in_earlier_seconds_of_the_block(
    tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, shown = toys.captioner(kind), bank(tmp_path, kind)
    unwanted = re.compile("^[ab!c]")
    found, seen = asked_of(monkeypatch, network, shown, ng=unwanted, max_words=12)
    assert len(found) < len(few(47).time_ms) < len(seen)  # some were tried anew, some given up
    assert max(len(comment.words) for comment in found) > CONTEXT_WORDS
    said: defaultdict[int, list[list[int]]] = defaultdict(list)
    ids = toys.VOCABULARY.ids()
    for comment in found:
        words = [ids[word] for word in comment.words][:CONTEXT_WORDS]
        words += [PADDING] * (CONTEXT_WORDS - len(words))
        said[comment.time_ms // 1000].append(words)
    nothing = [[PADDING] * CONTEXT_WORDS] * CONTEXT_COMMENTS
    for second, moments in seen:
        earlier = range(second // BLOCK_S * BLOCK_S, second)
        heard = [*nothing, *(words for before in earlier for words in said[before])]
        assert moments.context[0].tolist() == heard[-CONTEXT_COMMENTS:]


@toys.lstms
def test_an_lstm_hears_nothing(tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    _, seen = asked_of(monkeypatch, sensitive(kind), bank(tmp_path, kind))
    assert all(moments.context.shape == (1, 0, 0) for _, moments in seen)


def test_moments_tell_what_was_planned_and_what_viewers_would_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = toys.DOT
    _, seen = asked_of(monkeypatch, sensitive(kind), bank(tmp_path, kind))
    asked = few(47)
    assert sorted(second for second, _ in seen) == (asked.time_ms // 1000).tolist()
    for second, moments in seen:
        assert moments.picture.tolist() == [second]
        assert np.expm1(moments.facts[0, 3]) == pytest.approx(second % 10)
