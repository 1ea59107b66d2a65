import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.danmaku.alignment.held_out import hold_out_videos
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.danmaku.alignment.synthetic import MANY, aligned, comment


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


def test_what_is_held_out_is_a_function_of_the_seed() -> None:
    assert aligned(MANY).dev.tolist() == aligned(MANY).dev.tolist()
    assert aligned(MANY).dev.tolist() != aligned(MANY, seed=2).dev.tolist()


@settings(deadline=None)
@given(block_seconds=st.integers(1, 12), share=st.floats(0.05, 0.95), seed=st.integers(0, 99))
def test_whole_blocks_are_held_out(block_seconds: int, share: float, seed: int) -> None:
    result = aligned(MANY, by="blocks", block_seconds=block_seconds, share=share, seed=seed)
    blocks = result.time_ms // (1000 * block_seconds)
    held_out, all_blocks = set(blocks[result.dev].tolist()), set(blocks.tolist())
    assert held_out.isdisjoint(blocks[~result.dev].tolist())
    assert len(held_out) == min(max(1, round(share * len(all_blocks))), max(1, len(all_blocks) - 1))


def test_the_second_half_may_be_held_out() -> None:
    result = aligned(MANY, by="halves")
    assert (result.dev == (result.time_ms >= 10_000)).all()


def test_comments_are_held_out_by_what_they_are_about() -> None:
    result = aligned(MANY, by="halves", delay_ms=2000)
    assert (result.dev == (result.time_ms >= 12_000)).all()


def test_whole_videos_are_held_out_when_all_are_known() -> None:
    videos = {name: aligned(MANY, by="videos", share=0.4) for name in "abcde"}
    assert not any(video.dev.any() for video in videos.values())
    held_out = [bool(video.dev.all()) for video in hold_out_videos(videos)]
    assert sum(held_out) == 2
    assert held_out == [bool(video.dev.any()) for video in hold_out_videos(videos)]


def test_a_single_video_cannot_be_held_out() -> None:
    with pytest.raises(PipelineError) as caught:
        hold_out_videos({"a": aligned(MANY, by="videos")})
    assert caught.value.code == ExitCode.USAGE


def test_other_units_leave_the_videos_as_they_are() -> None:
    video = aligned(MANY)
    assert hold_out_videos({"a": video}) == [video]
