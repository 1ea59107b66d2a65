"""Measure a model on viewers' comments that it has not learned from, against baselines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import SHARED, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.pictures.settings import Seen

if TYPE_CHECKING:
    from pipeline.danmaku.evaluation.evaluation_file import Evaluation
    from pipeline.danmaku.evaluation.subject import Episode, Trained


class Config(StageConfig, frozen=True):
    """How much is measured."""

    sees: Annotated[Seen, SHARED] = "features"
    """What the model knows of pictures: what a network sees, or beside it the tags of a tagger."""
    max_queries: Annotated[int, Meta(ge=1)] = 500
    """Seconds whose comments are ranked among other comments."""
    bootstrap_block_seconds: Annotated[float, Meta(ge=1)] = 10
    """Length of the blocks that are resampled for intervals."""
    faces: bool = False
    """Whether it is measured if attention to the names of a cast points at their faces; they are
    those of ``faces: cast: names:``."""
    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``evaluation.json``, and ``evaluation.h5`` with the values behind it."""
    from pipeline.danmaku.evaluation.evaluate import evaluate
    from pipeline.pictures.features_file import caveat

    trained, episode = _subject(inputs)
    evaluation, values = evaluate(
        trained,
        episode,
        max_queries=config.max_queries,
        block_s=config.bootstrap_block_seconds,
        seed=config.seed,
    )
    values.save(outputs["values"])
    evaluation.save(outputs["evaluation"])
    return _summary(evaluation) + caveat(trained.model.card.weights)


def _subject(inputs: Files) -> tuple[Trained, Episode]:
    """The model with what it learned from, and the video to measure it on."""
    from pipeline.captioning.model_file import Model
    from pipeline.danmaku.alignment.aligned_file import Aligned
    from pipeline.danmaku.comments.comments_file import GeneratedComment
    from pipeline.danmaku.evaluation.subject import Episode, Trained
    from pipeline.danmaku.rate.model import RateModel
    from pipeline.danmaku.training.corpus_file import TrainingCorpus
    from pipeline.learning.device import best_device
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.json_lines import read_lines
    from pipeline.show.truth import Truth, truth_beside
    from pipeline.sources.named_faces import named_faces
    from pipeline.sources.pointers import open_video, source_path

    model = Model.open(inputs["model"], inputs["features"], best_device())
    corpus = TrainingCorpus.load(inputs["corpus"], model.card.tap)
    trained = Trained(model, RateModel.load(inputs["rate"]), corpus.videos)
    frames = Frames.load(inputs["frames"])
    source, cast = inputs.get("source"), inputs.get("cast")
    truth = truth_beside(source_path(source)) if source else None
    episode = Episode.prepare(
        name=inputs["aligned"].parent.name,
        aligned=Aligned.load(inputs["aligned"]),
        frames=frames,
        features=inputs["features"],
        generated=list(read_lines(inputs["generated"], GeneratedComment)),
        truth=Truth.load(truth) if truth else None,
        learned=corpus.video_of(frames),
        faces=named_faces(open_video(source), frames, cast, inputs["tracks"])
        if source and cast
        else None,
    )
    return trained, episode


def _summary(evaluation: Evaluation) -> str:
    from math import expm1

    from pipeline.runtime.logs import log

    log.debug("%s", _figures(evaluation))
    likelihood, scorers = evaluation.likelihood, evaluation.ranking.all.scorers
    parts = []
    if likelihood:
        gain = expm1(likelihood.pmi.mean)
        more = f"{abs(gain):.0%} {'more' if gain >= 0 else 'less'} likely"
        parts.append(f"the picture makes each word of viewers {more}")
    if scorers:
        place, chance = scorers["model"].rank.mean, scorers["random"].rank.mean
        parts.append(
            f"the comment that belongs to a moment is at place {place:.0f} among others on average,"
            f" by chance at {chance:.0f}"
        )
    return "; ".join(parts) or "there are too few comments to measure much"


def _figures(evaluation: Evaluation) -> str:
    likelihood, scorers = evaluation.likelihood, evaluation.ranking.all.scorers
    nats = (
        f"{likelihood.nll.mean:.3f} nats per word, of which the picture explains"
        f" {likelihood.pmi.mean:+.3f}"
        if likelihood
        else f"too few comments for a likelihood ({evaluation.too_little['likelihood']})"
    )
    rank = (
        f"mean reciprocal rank {scorers['model'].reciprocal_rank.mean:.3f}"
        if scorers
        else f"too few seconds with comments for a ranking ({evaluation.ranking.all.queries})"
    )
    return f"{nats}; {rank}"


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """Faces need a detector and names."""
    return () if settings.get("faces") else ("cast", "tracks")


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take; of a video that was learned from, what was held out counts."""
    share = sections["align"]["held_out"]["share"] if amounts["member"] else 1
    commented = min(amounts["comments"] * share, amounts["pictures"])
    ranked = min(config.max_queries, amounts["seconds"])
    return Expected(
        seconds=commented * 0.02 + ranked * 0.01,
        startup=3,
        bytes=20_000,
        kind=sections["train"]["captioner"]["decoder"],
    )


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "features": "{item}/{sees}.h5",
        "aligned": "{item}/aligned.h5",
        "generated": "{item}/generated.jsonl",
        "model": "models/danmaku/{model}/model.safetensors",
        "rate": "models/danmaku/{model}/rate.safetensors",
        "corpus": "models/danmaku/{model}/corpus.h5",
        "cast": "{item}/cast/cast.jsonl",
        "tracks": "{item}/tracks.jsonl",
    },
    without=without,
    optional={"source": "{item}/source.video.json"},
    outputs={"evaluation": "{item}/evaluation.json", "values": "{item}/evaluation.h5"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=4000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
