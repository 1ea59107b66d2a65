import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.danmaku.explanation.explained_file import Explained

TEXTS = st.lists(st.text(max_size=5), max_size=4)


def explained(comments: int = 3, learned: int = 2, maps: int = 2, positions: int = 4) -> Explained:
    """With ``maps`` of each comment, and numbers at random."""
    draws = np.random.default_rng(1)
    heat = draws.integers(0, 256, (2, maps * comments, positions), np.uint8)
    return Explained(
        seen_s=draws.random(comments),
        words=[["猫", "かわいい"]] * comments,
        first_map=np.arange(comments + 1) * maps,
        attention=heat[0],
        saliency=heat[1],
        attention_peak=draws.random(len(heat[0]), np.float32),
        saliency_peak=draws.random(len(heat[0]), np.float32),
        nats=draws.random(comments, np.float32),
        mean_nats=draws.random(comments, np.float32),
        word_nats=draws.random(3 * comments, np.float32),
        word_rank=draws.integers(1, 9, 3 * comments),
        rank=draws.integers(1, 9, comments),
        candidates=draws.integers(9, 99, comments),
        copies=draws.integers(0, 9, comments),
        near=draws.integers(-1, learned + 1, (comments, 4)),
        similarity=draws.random((comments, 4), np.float32),
        learned_video=["ep1"] * learned,
        learned_s=draws.random(learned),
        learned_picture=[bytes([0xFF, 0xD8, number]) * (number + 1) for number in range(learned)],
        learned_comments=[["草"]] * learned,
    )


def assert_alike(one: Explained, other: Explained) -> None:
    for name, value in vars(one).items():
        read = getattr(other, name)
        if isinstance(value, np.ndarray):
            assert read.dtype == value.dtype, name
            assert read.shape == value.shape, name
            assert read.tolist() == value.tolist(), name
        else:
            assert read == value, name


def test_every_field_reads_back(tmp_path: Path) -> None:
    explained().save(tmp_path / "explained.h5")
    assert_alike(explained(), Explained.load(tmp_path / "explained.h5"))
    assert [path.name for path in tmp_path.iterdir()] == ["explained.h5"]


def test_nothing_reads_back(tmp_path: Path) -> None:
    for empty in (explained(comments=0, learned=0), explained(maps=0, positions=0)):
        empty.save(tmp_path / "explained.h5")
        assert_alike(empty, Explained.load(tmp_path / "explained.h5"))


@given(st.lists(TEXTS, min_size=3, max_size=3), st.lists(TEXTS, min_size=2, max_size=2))
def test_words_and_comments_may_be_anything(words: list[list[str]], said: list[list[str]]) -> None:
    written = replace(explained(), words=words, learned_comments=said)
    with tempfile.TemporaryDirectory() as folder:
        written.save(Path(folder, "explained.h5"))
        assert_alike(written, Explained.load(Path(folder, "explained.h5")))


def test_maps_are_found_by_their_comment() -> None:
    found = replace(explained(), first_map=np.array([0, 1, 1, 6]))
    assert found.side == 2
    assert found.peaks_of(0).tolist() == found.attention_peak[:1].tolist()
    assert found.peaks_of(1).tolist() == []
    assert found.peaks_of(2).tolist() == found.attention_peak[1:].tolist()
    assert explained(maps=0, positions=0).side == 0


def test_equal_explanations_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.h5", "b.h5"):
        explained().save(tmp_path / name)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()
