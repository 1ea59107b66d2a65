"""A whole evaluation of small captioners, on videos made by hand."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline.captioning.captioner import Captioner
from pipeline.danmaku.evaluation.evaluate import evaluate
from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.danmaku.evaluation.values_file import digest_of_comments
from pipeline.danmaku.rate.model import RateCard, RateModel
from pipeline.danmaku.rate.seconds import EPISODE, SCENE
from pipeline.danmaku.training.corpus_file import TrainingVideo
from pipeline.evaluation.intervals import mean_interval, ratio_interval
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from tests.aligned import aligned
from tests.captioning import toys
from tests.captioning.conftest import GRID, features_file
from tests.danmaku.evaluation.episodes import comment

SECONDS = 60
PICTURES = 6
WORDS = ["a", "b", "!", "c", "d", "。"]
SAID = [["a", "c"], ["b", "d", "!"], ["!"], ["c"], ["d", "d"], ["。", "a"]]
"""What viewers say of each picture, always."""


def frames() -> Frames:
    """A frame a second; the pictures take turns."""
    number = np.arange(SECONDS, dtype=np.int64)
    times = FrameTimes(number, Fraction(1), SECONDS)
    return Frames(times, number % PICTURES, "00ff", number[:0])


def rate() -> RateModel:
    card = RateCard("tap", "toy", "none", 0, SECONDS, ("episode",), 0.1, 0.0, 9.0)
    slope = np.r_[np.zeros(len(EPISODE) - 1), 1.0]
    return RateModel(card, np.zeros(GRID[1]), np.zeros(len(SCENE)), slope, 0.0)


def subject(folder: Path, kind: toys.Kind, network: Captioner) -> tuple[Trained, Episode]:
    """A captioner that learned from one video, and another one with the same pictures."""
    features = features_file(folder / "features.h5", tap=toys.features(kind, PICTURES).numpy())
    picture = [second % PICTURES for second in range(SECONDS)]
    video = aligned(
        time_ms=[1000 * second + 500 for second in range(SECONDS)],
        words=[SAID[row] for row in picture],
        frame=list(range(SECONDS)),
        picture=picture,
        frames=SECONDS,
        duration_ms=1000 * SECONDS,
    )
    learned = TrainingVideo.from_frames(
        "past", video, [], frames(), FeatureBank([features], "tap").means
    )
    trained = Trained(toys.model(network), rate(), [learned])
    written = [comment(second, *SAID[second % PICTURES]) for second in range(0, SECONDS, 2)]
    return trained, Episode.prepare("ep", video, frames(), features, written, None, None)


def measured(trained: Trained, episode: Episode) -> Evaluation:
    return evaluate(trained, episode, max_queries=40, block_s=5, seed=1)[0]


def taught(folder: Path, kind: toys.Kind) -> Captioner:
    """A captioner that knows what is said of each picture."""
    bank = FeatureBank(
        [features_file(folder / "taught.h5", tap=toys.features(kind, PICTURES).numpy())], "tap"
    )
    rows = [index % PICTURES for index in range(48)]
    comments = toys.caption_set(
        toys.inputs(kind, rows), [toys.VOCABULARY.encode(SAID[row]) for row in rows]
    )
    network = toys.captioner(kind)
    network.mean, network.std, network.spread = bank.statistics()
    trainer = toys.training(network, comments, comments, bank, batch=16, epochs=40)
    while not trainer.finished:
        trainer.run_epoch()
    return network.eval()


@toys.each([toys.ADDITIVE, toys.BLIND])
def test_a_captioner_that_sees_scores_above_one_that_does_not(
    tmp_path: Path, kind: toys.Kind
) -> None:
    found = measured(*subject(tmp_path, kind, taught(tmp_path, kind)))
    likelihood = found.likelihood
    assert likelihood is not None
    assert likelihood.comments == SECONDS
    assert likelihood.words == sum(len(SAID[second % PICTURES]) + 1 for second in range(SECONDS))
    assert likelihood.pmi.low is not None
    assert likelihood.pmi.low > 0.2
    assert likelihood.nll.mean + likelihood.pmi.mean == pytest.approx(
        likelihood.nll_mean_picture.mean
    )
    assert likelihood.nll.mean < likelihood.nll_shuffled.mean
    scorers = found.ranking.all.scorers
    assert scorers["model"].hit_1.mean > 0.9
    assert scorers["model, shuffled pictures"].hit_1.mean < 0.6
    assert found.mrr_gain["popularity"].mean > 0.2

    blind = measured(*subject(tmp_path / "blind", kind, toys.captioner(kind).eval()))
    assert blind.ranking.all.scorers["model"].hit_1.mean < 0.6
    assert blind.likelihood is not None
    assert blind.likelihood.nll.mean > likelihood.nll.mean + 0.5


def test_figures_are_the_means_of_the_values_that_are_kept(tmp_path: Path) -> None:
    trained, episode = subject(tmp_path, toys.ADDITIVE, toys.captioner(toys.ADDITIVE).eval())
    found, values = evaluate(trained, episode, max_queries=40, block_s=5, seed=1)
    assert found.likelihood is not None
    nats, words, block = values.comments.nats, values.comments.words, values.comments.block
    assert ratio_interval(nats, words, block) == found.likelihood.nll
    ranks = found.ranking.all.scorers["model"]
    block = values.queries.block
    assert mean_interval(values.queries.reciprocal_rank, block) == ranks.reciprocal_rank
    assert mean_interval(values.queries.hit_5, block) == ranks.hit_5
    said = digest_of_comments(episode.aligned, values.comments.line)
    assert values.basis.comments == said


def test_what_is_measured_depends_on_what_was_learned(tmp_path: Path) -> None:
    trained, episode = subject(tmp_path, toys.ADDITIVE, toys.captioner(toys.ADDITIVE).eval())
    assert episode.measured_on == "another video"
    dev = np.arange(SECONDS) % 2 == 0
    past = trained.videos[0]
    some = replace(past, aligned=replace(past.aligned, dev=dev))
    again = Episode.prepare(
        "ep", past.aligned, frames(), episode.features, episode.generated, None, some
    )
    found = measured(replace(trained, videos=[some]), again)
    assert found.measured_on == "held-out comments"
    assert found.likelihood is not None
    assert found.likelihood.comments == dev.sum()
    assert found.ranking.all.queries == dev.sum()
    learned = Episode.prepare("ep", past.aligned, frames(), episode.features, (), None, past)
    assert learned.measured_on == "training comments"
    others = replace(past.aligned, words=[["others"]] * SECONDS)
    anew = Episode.prepare("ep", others, frames(), episode.features, (), None, some)
    assert anew.measured_on == "training comments"


def test_it_reads_back_what_it_saved_and_equal_calls_agree(tmp_path: Path) -> None:
    measured_subject = subject(tmp_path, toys.DOT, toys.captioner(toys.DOT).eval())
    found = measured(*measured_subject)
    assert measured(*measured_subject) == found
    found.save(tmp_path / "evaluation.json")
    assert Evaluation.load(tmp_path / "evaluation.json") == found
    assert found.naming is None
    assert found.pointing is None
    assert found.diversity["model"].sentences == found.diversity["viewers"].sentences == 30
