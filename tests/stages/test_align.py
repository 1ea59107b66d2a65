"""The stage itself: what becomes of comments outside of the video, and what is message of it."""

import logging
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import yaml

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.comments.comments_file import TokenizedComment
from pipeline.engine.stage import Files
from pipeline.pictures.frames_file import writing_frames
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.json_lines import write_lines
from pipeline.runtime.paths import PROJECT
from stages.danmaku import align

SECONDS, FPS = 20, 2
LAST = SECONDS * FPS - 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A film of twenty seconds."""
    with writing_frames(tmp_path / "frames.h5", 8, fingerprint="0", width=8, height=8) as writer:
        for number in range(SECONDS * FPS):
            writer.add(number, Fraction(1, FPS), np.zeros((8, 8, 3), np.uint8))
    return tmp_path


def comments(*, late: int = 0, early: int = 0) -> list[TokenizedComment]:
    """A thousand, of which so many are past the end and before the start."""
    within = 1000 - late - early
    times = np.concatenate(
        [
            np.linspace(-9000, -1, early),
            np.linspace(0, 1000 * SECONDS - 1, within),
            np.linspace(1000 * SECONDS, 5_772_000, late),
        ]
    )
    return [
        TokenizedComment(time_ms=int(time), text="草", words=["草"], parts=["名詞"])
        for time in times
    ]


def made(folder: Path, written: list[TokenizedComment], **settings: Any) -> tuple[Aligned, str]:
    write_lines(folder / "comments.jsonl", written)
    inputs = {"frames": [folder / "frames.h5"], "comments": [folder / "comments.jsonl"]}
    config = msgspec.convert({"delay": "none", **settings}, align.Config)
    message = align.run(Files(inputs), Files({"aligned": [folder / "aligned.h5"]}), config)
    return Aligned.load(folder / "aligned.h5"), message


def article() -> dict[str, Any]:
    """What the article's settings say of the stage."""
    settings = yaml.safe_load((PROJECT / "configs" / "article.yaml").read_text())
    return dict(settings["align"])


def test_a_file_of_another_video_is_refused(folder: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        made(folder, comments(late=694))
    assert caught.value.code == ExitCode.NOTHING_USABLE
    assert "694 of 1,000 comments (69%)" in str(caught.value)
    assert "the video is 0:20 long" in str(caught.value)
    assert not (folder / "aligned.h5").exists()


def test_the_article_s_way_with_late_comments_does_not_take_such_a_file_either(
    folder: Path,
) -> None:
    with pytest.raises(PipelineError, match="max_outside"):
        made(folder, comments(late=694), **article())


def test_a_higher_limit_keeps_what_lies_within(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found, _ = made(folder, comments(late=694), max_outside=0.7)
    assert len(found.line) == 306
    assert "694 past its end" in caplog.text


def test_some_late_comments_are_dropped_with_a_warning(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found, message = made(folder, comments(late=60))
    assert found.line.tolist() == list(range(940))
    assert found.per_second().sum() == 940
    (warning,) = caplog.records
    assert warning.levelno == logging.WARNING
    assert "60 of 1,000 comments (6%) lie outside the video" in warning.getMessage()
    assert "those past its end are dropped (`align: past_end: drop`)" in warning.getMessage()
    assert "940 of 1,000 comments put to their frames" in message


def test_by_the_article_s_settings_they_go_to_the_last_frame_with_a_warning(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found, _ = made(folder, comments(late=60), **article())
    assert len(found.line) == 1000
    assert (found.frame[940:] == LAST).all()
    assert (found.frame[:940] == LAST).sum() < 40
    # How many comments its last second gets is none of their business.
    assert found.per_second().sum() == 940
    assert "past its end are put on the last frame" in caplog.text


@pytest.mark.parametrize("settings", [{}, {"before_start": "first"}])
def test_early_comments_are_dropped_unless_the_first_frame_is_to_have_them(
    folder: Path, caplog: pytest.LogCaptureFixture, settings: dict[str, Any]
) -> None:
    found, _ = made(folder, comments(early=80), **settings)
    assert len(found.line) == (1000 if settings else 920)
    assert (found.frame[: len(found.line) - 920] == 0).all()
    assert "80 before its start" in caplog.text
    assert ("put on the first frame" in caplog.text) == bool(settings)


def test_few_comments_outside_give_no_warning(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _, message = made(folder, comments(late=30, early=20))
    assert not caplog.records
    assert ", 30 past the end, 20 before the start" in message
