"""The whole explanation; its larger parts have tests of their own."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.captioning.captioner import Captioner
from pipeline.captioning.likelihood import caption_nats
from pipeline.captioning.settings import Attention, Decoder
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.explanation.explanation import explain
from pipeline.danmaku.explanation.model_output import ModelOutput
from pipeline.danmaku.training.inputs import inputs_of_generated
from pipeline.pictures.feature_bank import MeanPictureBank
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import END
from tests.attending import captioner, comment
from tests.danmaku.explanation.subjects import Learned, corpus_of, learned, many, training, written

COMMENTS = (
    comment(900, "チノ", "かわいい", viewers=5),
    comment(100, "w"),
    comment(2700, "w", "w", "チノ"),
    comment(3900, "リゼ"),
)


def subject(
    folder: Path,
    network: Captioner,
    comments: Sequence[GeneratedComment] = COMMENTS,
    shown: Sequence[int] = range(20),
) -> tuple[ModelOutput, list[Learned]]:
    videos = [
        learned(folder / "a", network, *many(60, 1), (0, "w"), dev=[0, 60], seed=4),
        learned(folder / "b", network, *many(60, 2), (0, "チノ かわいい"), dev=range(9), seed=5),
    ]
    return written(folder / "new", network, *comments, shown=shown), videos


def explained(written: ModelOutput, videos: Sequence[Learned]) -> Explained:
    return explain(written, corpus_of(videos), max_ranked=99, seed=1)


@pytest.mark.parametrize(
    ("decoder", "attention"),
    [("lstm", "additive"), ("lstm", "dot"), ("lstm", "none"), ("transformer", "dot")],
)
def test_likelihoods_are_those_of_the_moments_with_and_without_pictures(
    tmp_path: Path, decoder: Decoder, attention: Attention
) -> None:
    asked = subject(tmp_path, network := captioner(decoder, attention))
    found = explained(*asked)
    new = asked[0]
    words = [new.model.encode(one.words) for one in COMMENTS]
    moments = inputs_of_generated(COMMENTS, words, np.arange(4), new.frames, network.spec)
    sentences = [[*sentence, END] for sentence in words]
    seen = caption_nats(network, new.bank, moments, sentences)
    mean = caption_nats(network, MeanPictureBank([new.features], "tap"), moments, sentences)
    assert found.nats == pytest.approx(seen, rel=1e-5)
    assert found.mean_nats == pytest.approx(mean, rel=1e-5)
    assert np.abs(seen - mean).max() > 0.01


def test_copies_are_counted_among_what_was_learned_from(tmp_path: Path) -> None:
    asked = subject(tmp_path, captioner())
    counts = training(asked[1])
    found = explained(*asked)
    assert found.words == [one.words for one in COMMENTS]
    assert found.copies.tolist() == [counts[tuple(one.words)] for one in COMMENTS]
    assert found.copies[1] > 1
    assert found.copies[3] == 0
    dev = [tuple(words) for video in asked[1] for words in video.aligned.words]
    assert dev.count(("w",)) > counts[("w",)]


def test_a_comment_s_picture_is_seen_in_the_middle_of_its_first_frame(tmp_path: Path) -> None:
    """Frames of a fifth of a second; the second picture has three of them, the last has one."""
    shown = [0, 0, 1, 1, 1, 2, 2, 3]
    said = [comment(0, "w", frame=frame) for frame in (1, 4, 2, 6, 7)]
    found = explained(*subject(tmp_path, captioner(), said, shown))
    assert found.seen_s == pytest.approx([0.1, 0.5, 0.5, 1.1, 1.5])


def test_without_attention_all_but_the_maps_is_told(tmp_path: Path) -> None:
    found = explained(*subject(tmp_path, captioner(attention="none")))
    assert found.side == 0
    assert found.first_map.tolist() == [0] * 5
    assert found.peaks_of(2).tolist() == []
    assert (found.rank > 0).all()
    assert (found.nats > 0).all()
    assert (found.near[:, 0] >= 0).all()


def test_no_comments_are_explained_and_saved(tmp_path: Path) -> None:
    found = explained(*subject(tmp_path, captioner(), []))
    found.save(tmp_path / "explained.h5")
    read = Explained.load(tmp_path / "explained.h5")
    assert (read.words, read.learned_picture) == ([], [])
    assert read.first_map.tolist() == [0]
    for name, shape in {"nats": (0,), "rank": (0,), "near": (0, 4), "seen_s": (0,)}.items():
        assert getattr(read, name).shape == shape


@pytest.mark.parametrize("decoder", ["lstm", "transformer"])
def test_lines_that_people_wrote_are_explained_too(tmp_path: Path, decoder: Decoder) -> None:
    """Words nobody knows, with spaces, none at all, and more than a decoder has places for."""
    said = [
        comment(-5, "知らない\n言葉", "a b", frame=0),
        comment(99_999, frame=19),
        comment(300, *["チノ"] * 300),
    ]
    found = explained(*subject(tmp_path, captioner(decoder, "dot"), said))
    assert found.words == [one.words for one in said]
    assert np.diff(found.first_map).tolist() == [3, 1, 40]
    assert np.isfinite(found.nats).all()
    assert (found.candidates > 1).all()


@pytest.mark.parametrize("attention", ["additive", "none"])
@pytest.mark.parametrize("frame", [-1, 20])
def test_a_frame_that_is_not_there_is_an_error(
    tmp_path: Path, frame: int, attention: Attention
) -> None:
    asked = subject(tmp_path, captioner(attention=attention), [comment(0, "w", frame=frame)])
    with pytest.raises(PipelineError) as caught:
        explained(*asked)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
    assert f"frame {frame} of 20" in caught.value.problem
