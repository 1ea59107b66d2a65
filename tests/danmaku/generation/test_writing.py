"""The words of planned comments."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.captioning.captioner import Captioner
from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.prompt import CONTEXT_CAPTIONS, CONTEXT_WORDS
from pipeline.captioning.settings import DecodingSettings
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.generation import writing
from pipeline.danmaku.generation.plan import Plan
from pipeline.danmaku.generation.writing import GenerationOptions, write_comments
from pipeline.danmaku.training.inputs import inputs_at
from pipeline.danmaku.training.style import commands_of, style_of
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Int64s
from pipeline.text.vocabulary import PADDING, join_words
from tests.captioning import toys
from tests.captioning.conftest import features_file
from tests.captioning.toys import Kind
from tests.danmaku.generation.plans import SEED, plan_each, times, video

MIN_GAP_S = 4.0
BLOCK_S = 15
"""So that a short video has several blocks."""


def options(**changes: Any) -> GenerationOptions:
    """``changes`` are fields of the options, or of the decoding."""
    decoding: dict[str, Any] = {
        "temperature": 1.0,
        "top_k": 0,
        "top_p": 1.0,
        "beams": 3,
        "max_words": 3,
    }
    fields: dict[str, Any] = {
        "ng_words": None,
        "min_repeat_gap_s": 0.0,
        "seed": SEED,
        "block_s": BLOCK_S,
    }
    for name, value in changes.items():
        (decoding if name in DecodingSettings.__struct_fields__ else fields)[name] = value
    return GenerationOptions(decoding=DecodingSettings(**decoding), **fields)


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
    chosen: GenerationOptions,
    seconds: float = 20,
    delay_ms: int = 0,
    each: float = 2.5,
) -> list[GeneratedComment]:
    found = few(seconds, delay_ms, each)
    return write_comments(found, video(seconds), toys.model(network), shown, chosen)


def firsts(comments: list[GeneratedComment]) -> list[str]:
    return [comment.words[0] for comment in comments]


@toys.all_kinds
def test_every_plan_gets_its_words(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    found = write(network, shown, options(), delay_ms=1500)
    planned = few(delay_ms=1500)
    assert [comment.time_ms for comment in found] == times(planned)
    assert [comment.frame for comment in found] == planned.frame.tolist()
    assert [c.viewers for c in found] == planned.viewers[planned.time_ms // 1000].tolist()
    for comment in found:
        assert 1 <= len(comment.words) <= 3
        assert set(comment.words) <= set(toys.VOCABULARY.words)
        assert comment.text == join_words(comment.words)
    assert len({comment.text for comment in found}) > 5
    assert found == write(network, shown, options(), delay_ms=1500)
    assert found != write(network, shown, options(seed=8), delay_ms=1500)


@pytest.mark.parametrize("strategy", ["argmax", "beam"])
def test_other_ways_of_decoding_write_as_much(tmp_path: Path, strategy: str) -> None:
    network, shown = sensitive(toys.TRANSFORMER), bank(tmp_path, toys.TRANSFORMER)
    found = write(network, shown, options(strategy=strategy))
    assert [comment.time_ms for comment in found] == times(few())
    assert found == write(network, shown, options(strategy=strategy))


def test_commands_are_the_style_that_the_captioner_predicts(tmp_path: Path) -> None:
    found = write(toys.captioner(toys.DOT), bank(tmp_path, toys.DOT), options(), 47)
    commands = {command for comment in found for command in comment.commands}
    assert commands == {"ue", "shita", "big", "small", "red"}
    for comment in found:
        assert commands_of(style_of(comment.commands, toys.STYLE), toys.STYLE) == comment.commands


@toys.each([toys.ADDITIVE, toys.TRANSFORMER])
def test_how_many_are_written_together_does_not_matter(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    together, by_twos = (
        write(network, shown, options(min_repeat_gap_s=MIN_GAP_S, batch_size=size), 8)
        for size in (256, 2)
    )
    assert by_twos == together


def test_nothing_planned_is_nothing_written(tmp_path: Path) -> None:
    network, shown = sensitive(toys.TRANSFORMER), bank(tmp_path, toys.TRANSFORMER)
    assert write(network, shown, options(), each=0) == []


def seconds_changed(before: list[GeneratedComment], after: list[GeneratedComment]) -> set[int]:
    """Seconds in which a comment changed, came or went."""
    found: set[int] = set()
    for some, others in ((before, after), (after, before)):
        found |= {comment.time_ms // 1000 for comment in some if comment not in others}
    return found


@toys.all_kinds
@pytest.mark.parametrize(
    ("scene", "gap_s"),
    [(slice(16, 18), 0), (slice(16, 18), MIN_GAP_S), (slice(22, 24), MIN_GAP_S)],
    ids=["border", "border with a gap", "middle with a gap"],
)
def test_another_scene_changes_no_block_but_its_own_and_the_end_of_the_one_before(
    tmp_path: Path, kind: Kind, scene: slice, gap_s: float
) -> None:
    """Comments come a second after what they are about."""
    chosen = options(min_repeat_gap_s=gap_s, max_words=2)
    before, after = (
        write(sensitive(kind), shown, chosen, 37, delay_ms=1000, each=2)
        for shown in (bank(tmp_path, kind), bank(tmp_path, kind, scene))
    )
    first, last = scene.start + 1, scene.stop  # of the comments about the scene
    border = scene.start // BLOCK_S * BLOCK_S
    if kind.decoder == "transformer":
        first -= 2  # its pictures around reach that far
    if gap_s or kind.decoder == "transformer":
        last = border + BLOCK_S - 1  # later comments know the earlier ones
    ahead = range(first - int(gap_s), border)
    changed = seconds_changed(before, after)
    assert changed & set(range(first, last + 1))
    assert changed <= {*ahead, *range(first, last + 1)}


@toys.all_kinds
def test_the_first_comment_of_a_block_comes_whatever_the_block_before_says(
    tmp_path: Path, kind: Kind
) -> None:
    """Which gives way to it."""
    network, shown = saying_only(kind, toys.A), bank(tmp_path, kind)
    found = write(network, shown, options(max_words=1, min_repeat_gap_s=MIN_GAP_S), 47)
    written, planned = ([*map(int, n)] for n in ([c.time_ms for c in found], few(47).time_ms))
    for block in range(0, 47, BLOCK_S):
        first = min(time for time in planned if time >= 1000 * block)
        assert first in written
        assert not any(first - 1000 * MIN_GAP_S < time < first for time in written)


@toys.all_kinds
def test_a_longer_video_has_the_same_words_in_the_seconds_both_have(
    tmp_path: Path, kind: Kind
) -> None:
    """By a captioner that does not read the time, which is a share of the video's."""
    network, shown, chosen = (
        sensitive(kind, time=False),
        bank(tmp_path, kind),
        options(min_repeat_gap_s=MIN_GAP_S),
    )
    short, long = (write(network, shown, chosen, seconds) for seconds in (35.4, 47))
    # The last second has fewer comments; a Transformer sees two seconds ahead.
    assert all(second >= 33 for second in seconds_changed(short, long))
    assert len([comment for comment in short if comment.time_ms < 33_000]) > 20


@toys.all_kinds
def test_no_comment_is_repeated_within_the_gap(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)

    def repeats(gap_s: float) -> set[int]:
        """The seconds of comments that came already."""
        last: dict[str, int] = {}
        found = set()
        for comment in write(network, shown, options(min_repeat_gap_s=gap_s, max_words=1), 47):
            if comment.time_ms - last.get(comment.text, -(10**6)) < 1000 * MIN_GAP_S:
                found.add(comment.time_ms // 1000)
            last[comment.text] = comment.time_ms
        return found

    assert not repeats(MIN_GAP_S)
    assert repeats(0) & {15, 16, 30, 31}  # across a block's border, too


@toys.all_kinds
def test_places_stay_empty_where_there_is_nothing_else_to_say(tmp_path: Path, kind: Kind) -> None:
    network, shown = saying_only(kind, toys.A), bank(tmp_path, kind)
    planned = times(few())
    always = write(network, shown, options(max_words=1))
    assert [comment.time_ms for comment in always] == planned
    assert {comment.text for comment in always} == {"a"}

    rarely = write(network, shown, options(max_words=1, min_repeat_gap_s=MIN_GAP_S))
    some = [comment.time_ms for comment in rarely]
    assert set(some) < set(planned)
    assert min(np.diff(some)) >= 1000 * MIN_GAP_S
    # Each of the others is near to one that was written.
    assert all(min(abs(time - shown) for shown in some) < 1000 * MIN_GAP_S for time in planned)

    assert write(network, shown, options(max_words=1, ng_words=re.compile("a"))) == []


def test_a_comment_that_is_not_allowed_is_tried_anew(tmp_path: Path) -> None:
    network, shown = toys.captioner(toys.DOT), bank(tmp_path, toys.DOT)
    some = write(network, shown, options())
    banned = re.compile("^a|b")
    rest = write(network, shown, options(ng_words=banned))
    assert not any(banned.search(comment.text) for comment in rest)
    spared = [comment for comment in some if not banned.search(comment.text)]
    assert [comment for comment in rest if comment in spared] == spared
    assert len(spared) < len(rest) <= len(some)


def test_ng_words_are_looked_for_in_the_text_and_not_in_single_words(tmp_path: Path) -> None:
    network, shown = toys.captioner(toys.DOT), bank(tmp_path, toys.DOT)
    two = next(c.words[:2] for c in write(network, shown, options()) if len(set(c.words[:2])) == 2)
    found = write(network, shown, options(ng_words=re.compile(re.escape(join_words(two)))))
    assert not any(join_words(two) in comment.text for comment in found)
    assert set(two) <= {word for comment in found for word in comment.words}


@toys.all_kinds
def test_first_words_by_frequency_are_no_symbols(tmp_path: Path, kind: Kind) -> None:
    network, shown = toys.captioner(kind), bank(tmp_path, kind)
    by_model = write(network, shown, options())
    assert set(firsts(by_model)) & {"!", "。"}
    chosen = options(first_word="frequency")
    found = write(network, shown, chosen)
    assert set(firsts(found)) == {"a", "b", "c", "d"}
    # Whoever goes on with them, and whatever is shown.
    assert firsts(write(saying_only(kind, toys.B), shown, chosen)) == firsts(found)


def test_first_words_by_frequency_are_drawn_anew_at_each_attempt(tmp_path: Path) -> None:
    network, shown = saying_only(toys.DOT, toys.STOP), bank(tmp_path, toys.DOT)
    found = write(network, shown, options(first_word="frequency", ng_words=re.compile("^a")))
    planned = times(few())
    assert 0.9 * len(planned) < len(found) <= len(planned)  # five attempts, of which 0.4 fail
    assert set(firsts(found)) == {"b", "c", "d"}


def write_and_record(
    monkeypatch: pytest.MonkeyPatch, network: Captioner, shown: FeatureBank, **changes: Any
) -> tuple[list[GeneratedComment], list[tuple[int, CaptionInputs]]]:
    """The comments, and the second and inputs of each attempt at one."""
    seen: list[tuple[int, CaptionInputs]] = []

    def spy(time_ms: Int64s, *others: Any) -> CaptionInputs:
        found = inputs_at(time_ms, *others)
        for row, time in enumerate(time_ms.tolist()):
            seen.append((time // 1000, found.take(np.array([row]))))
        return found

    monkeypatch.setattr(writing, "inputs_at", spy)
    return write(network, shown, options(**changes), seconds=47), seen


@toys.each([toys.TRANSFORMER, toys.BLIND_TRANSFORMER])
def test_what_was_said_before_is_what_the_model_said_in_earlier_seconds_of_the_block(
    tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, shown = toys.captioner(kind), bank(tmp_path, kind)
    unwanted = re.compile("^[ab!c]")
    found, seen = write_and_record(monkeypatch, network, shown, ng_words=unwanted, max_words=12)
    assert len(found) < len(few(47).time_ms) < len(seen)  # some were tried anew, some given up
    assert max(len(comment.words) for comment in found) > CONTEXT_WORDS
    words_in: defaultdict[int, list[list[int]]] = defaultdict(list)
    for comment in found:
        words = toys.VOCABULARY.encode(comment.words)[:CONTEXT_WORDS]
        words += [PADDING] * (CONTEXT_WORDS - len(words))
        words_in[comment.time_ms // 1000].append(words)
    nothing = [[PADDING] * CONTEXT_WORDS] * CONTEXT_CAPTIONS
    for second, inputs in seen:
        earlier = range(second // BLOCK_S * BLOCK_S, second)
        earlier_words = [*nothing, *(words for before in earlier for words in words_in[before])]
        assert inputs.context[0].tolist() == earlier_words[-CONTEXT_CAPTIONS:]


@toys.lstms
def test_an_lstm_hears_nothing(tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    _, seen = write_and_record(monkeypatch, sensitive(kind), bank(tmp_path, kind))
    assert all(inputs.context.shape == (1, 0, 0) for _, inputs in seen)


def test_inputs_hold_what_was_planned_and_what_viewers_would_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = toys.DOT
    _, seen = write_and_record(monkeypatch, sensitive(kind), bank(tmp_path, kind))
    planned = few(47)
    assert sorted(second for second, _ in seen) == (planned.time_ms // 1000).tolist()
    for second, inputs in seen:
        assert inputs.picture.tolist() == [second]
        assert np.expm1(inputs.facts[0, 3]) == pytest.approx(second % 10)
