"""The gallery shows the comments that depend most on their picture, well apart."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.layout import lay_out
from pipeline.danmaku.drawing.quality import measure_quality
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.sections.episode import CommentTrack, Episode
from pipeline.danmaku.sections.model.gallery import write_gallery
from pipeline.media.frame_times import FrameTimes
from pipeline.media.video_file import VideoFile
from pipeline.pictures.frames_file import Frames

SEEN_S = [5.0, 1.0, 1.1, 3.0]
PMI = [1.0, 2.0, 3.0, -1.0]


def track(times_ms: list[int], layer: str = "generated") -> CommentTrack:
    comments = [
        ScreenComment(
            time, f"c{n}", (), "generated" if layer == "generated" else "viewer", number=n
        )
        for n, time in enumerate(times_ms)
    ]
    layout = lay_out(comments, lambda text, font: 10.0 * len(text))
    return CommentTrack(comments, layout, measure_quality(layout))


def explained(side: int) -> Explained:
    """Four comments of two words; the second word's attention is the sharper one."""
    maps, nats = 3 * len(PMI), np.full(len(PMI), 5, np.float32)
    heat = np.zeros((maps if side else 0, side * side), np.uint8)
    return Explained(
        seen_s=np.array(SEEN_S),
        words=[[f"a{n}", f"b{n}"] for n in range(len(PMI))],
        first_map=(3 if side else 0) * np.arange(len(PMI) + 1),
        attention=heat,
        saliency=heat,
        attention_peak=np.tile(np.array([0.1, 0.2, 0.9], np.float32), len(PMI))[: len(heat)],
        saliency_peak=np.zeros(len(heat), np.float32),
        nats=nats,
        mean_nats=nats + np.array(PMI, np.float32),
        word_nats=np.empty(0, np.float32),
        word_rank=np.empty(0, np.int64),
        rank=np.ones(len(PMI), np.int64),
        candidates=np.ones(len(PMI), np.int64),
        copies=np.zeros(len(PMI), np.int64),
        near=np.zeros((len(PMI), 0), np.int64),
        similarity=np.zeros((len(PMI), 0), np.float32),
        learned_video=[],
        learned_s=np.zeros(0),
        learned_picture=[],
        learned_comments=[],
    )


@pytest.fixture
def episode(video: Path) -> Episode:
    opened = VideoFile.open(video)
    pts = np.arange(opened.frame_count)
    frames = Frames(FrameTimes(pts, 1 / opened.rate, len(pts)), pts, "", pts[:0])
    generated = track([5500, 1500, 1600, 3500])
    return Episode(opened, frames, generated, track([0, 9000], "viewer"), explained(side=2), bytes)


def test_the_likeliest_by_their_picture_are_shown_by_time(tmp_path: Path, episode: Episode) -> None:
    pictures = write_gallery(tmp_path, episode)
    # 1.0 s is too near to 1.1 s, whose picture does more for its comment.
    assert [picture.text for picture in pictures] == ["c2", "c3", "c0"]
    assert [picture.alt for picture in pictures] == ["b2", "b3", "b0"]
    assert [picture.time for picture in pictures] == [1.6, 3.5, 5.5]
    file = pictures[0].file
    assert Image.open(tmp_path / file.path).size == (file.width, file.height) == (360, 202)


def test_each_links_to_its_comment_among_all_by_time(tmp_path: Path, episode: Episode) -> None:
    order = episode.playing_order()
    assert order == [4, 1, 2, 3, 0, 5], "the generated ones come first in the list of all"
    assert [picture.link for picture in write_gallery(tmp_path, episode)] == ["#c2", "#c3", "#c4"]


def test_a_model_without_attention_has_no_gallery(tmp_path: Path, episode: Episode) -> None:
    blind = replace(episode, explained=explained(side=0))
    assert list(write_gallery(tmp_path, blind)) == []
