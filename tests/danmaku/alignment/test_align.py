import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.danmaku.alignment.align import Split, align, hold_out_videos
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.comments.comments_file import WordedComment
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.errors import ExitCode, PipelineError

FRAMES = Frames(
    times=FrameTimes(np.arange(0, 500, dtype=np.int64), Fraction(1, 25), 500),
    row=np.arange(500, dtype=np.int64) // 2,
    fingerprint="ab",
    cuts=np.empty(0, np.int64),
)
"""Twenty seconds of 25 frames, two of which share a picture."""


def comment(time_ms: int, words: list[str] | None = None) -> WordedComment:
    words = ["草"] if words is None else words
    return WordedComment(
        time_ms=time_ms, text="草", words=words, parts=["名詞"] * len(words), commands=["ue"]
    )


MANY = [comment(int(t)) for t in np.random.default_rng(0).integers(0, 20_000, 400)]


SECONDS = Split("seconds", share=0.25, block_s=4, seed=1)


def aligned(
    comments: list[WordedComment],
    split: Split = SECONDS,
    drop_past_end: bool = False,
    drop_before_start: bool = False,
    delay_ms: int = 0,
    **changes: Any,
) -> Aligned:
    return align(
        comments,
        FRAMES,
        dataclasses.replace(split, **changes),
        drop_past_end=drop_past_end,
        drop_before_start=drop_before_start,
        delay_ms=delay_ms,
    )


def test_each_comment_goes_to_the_frame_on_screen() -> None:
    result = aligned([comment(0), comment(39), comment(40), comment(19_999)])
    assert result.frame.tolist() == [0, 0, 1, 499]
    assert result.picture.tolist() == [0, 0, 0, 249]
    assert (result.frames, result.duration_ms) == (500, 20_000)
    assert (result.words[0], result.commands[0]) == (["草"], ["ue"])


def test_early_and_late_comments_go_to_the_ends_and_are_counted() -> None:
    result = aligned([comment(-5000), comment(500), comment(20_000), comment(99_000)])
    assert result.frame.tolist() == [0, 12, 499, 499]
    assert (result.before_start, result.past_end) == (1, 2)
    assert result.time_ms.tolist() == [-5000, 500, 20_000, 99_000]


def test_late_comments_may_be_dropped() -> None:
    result = aligned([comment(500), comment(20_000), comment(600)], drop_past_end=True)
    assert result.line.tolist() == [0, 2]
    assert result.past_end == 1


def test_early_comments_may_be_dropped() -> None:
    result = aligned([comment(-1), comment(0), comment(20_000)], drop_before_start=True)
    assert result.line.tolist() == [1, 2]
    assert (result.before_start, result.past_end) == (1, 1)


def test_comments_without_words_are_left_out() -> None:
    result = aligned([comment(1, []), comment(2), comment(3, []), comment(4)])
    assert result.line.tolist() == [1, 3]


@pytest.mark.parametrize("comments", [[], [comment(1, [])], [comment(20_000)]])
def test_nothing_usable_is_an_error(comments: list[WordedComment]) -> None:
    with pytest.raises(PipelineError) as caught:
        aligned(comments, drop_past_end=True)
    assert caught.value.code == ExitCode.NO_USABLE_COMMENTS


def test_whole_seconds_are_held_out_together() -> None:
    result = aligned(MANY)
    seconds = result.time_ms // 1000
    held_out = set(seconds[result.dev].tolist())
    assert held_out.isdisjoint(seconds[~result.dev].tolist())
    assert len(held_out) == 5


def test_whole_frames_are_held_out_together() -> None:
    result = aligned(MANY, by="frames")
    held_out = set(result.frame[result.dev].tolist())
    assert held_out.isdisjoint(result.frame[~result.dev].tolist())
    assert len(held_out) == round(0.25 * len(set(result.frame.tolist())))
    # Some second has comments on both sides.
    seconds = result.time_ms // 1000
    assert set(seconds[result.dev].tolist()) & set(seconds[~result.dev].tolist())


def test_comments_before_the_start_share_the_first_second() -> None:
    early = [comment(time) for time in (-9000, -5000, -1, 10)] + [comment(1500)]
    result = aligned(early, share=0.5)
    assert len(set(result.dev[:4].tolist())) == 1
    assert result.dev[4] != result.dev[0]


@pytest.mark.parametrize("share", [0.001, 0.999])
def test_neither_side_is_ever_empty(share: float) -> None:
    result = aligned(MANY, share=share)
    assert 0 < result.dev.sum() < len(MANY)


def test_the_split_is_a_function_of_the_seed() -> None:
    assert aligned(MANY).dev.tolist() == aligned(MANY).dev.tolist()
    assert aligned(MANY).dev.tolist() != aligned(MANY, seed=2).dev.tolist()


@settings(deadline=None)
@given(block_s=st.integers(1, 12), share=st.floats(0.05, 0.95), seed=st.integers(0, 99))
def test_whole_blocks_are_held_out(block_s: int, share: float, seed: int) -> None:
    result = aligned(MANY, by="blocks", block_s=block_s, share=share, seed=seed)
    blocks = result.time_ms // (1000 * block_s)
    held_out, all_blocks = set(blocks[result.dev].tolist()), set(blocks.tolist())
    assert held_out.isdisjoint(blocks[~result.dev].tolist())
    assert len(held_out) == min(max(1, round(share * len(all_blocks))), max(1, len(all_blocks) - 1))


def test_the_second_half_may_be_held_out() -> None:
    result = aligned(MANY, by="halves")
    assert (result.dev == (result.time_ms >= 10_000)).all()


def test_what_a_comment_is_about_may_lie_before_it() -> None:
    late = aligned([comment(100), comment(1500), comment(25_000)], delay_ms=1200)
    assert late.frame.tolist() == [0, 7, 499]
    assert late.time_ms.tolist() == [100, 1500, 25_000]
    assert (late.delay_ms, late.past_end) == (1200, 1)


def test_splits_go_by_what_comments_are_about() -> None:
    result = aligned(MANY, by="halves", delay_ms=2000)
    assert (result.dev == (result.time_ms >= 12_000)).all()


def test_whole_videos_are_held_out_when_all_are_known() -> None:
    videos = {name: aligned(MANY, by="videos", share=0.4) for name in "abcde"}
    assert not any(video.dev.any() for video in videos.values())
    held_out = [bool(video.dev.all()) for video in hold_out_videos(videos)]
    assert sum(held_out) == 2
    assert held_out == [bool(video.dev.any()) for video in hold_out_videos(videos)]


def test_of_one_video_none_can_be_held_out_whole() -> None:
    with pytest.raises(PipelineError) as caught:
        hold_out_videos({"a": aligned(MANY, by="videos")})
    assert caught.value.code == ExitCode.USAGE


def test_other_splits_are_left_as_they_are() -> None:
    video = aligned(MANY)
    assert hold_out_videos({"a": video}) == [video]
