"""Measure a model on a video's comments that it has not learned from, beside its rivals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Files, Stage

if TYPE_CHECKING:
    from pipeline.danmaku.evaluation.record import Evaluation


class Config(StageConfig, frozen=True):
    """How much is measured."""

    queries: Annotated[int, Meta(ge=1)] = 500
    """Seconds whose comments are ranked among others, at most."""
    block: Annotated[float, Meta(ge=1)] = 10
    """Seconds of the blocks that are resampled for intervals."""
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``evaluation.json``."""
    from pipeline.captioning.model_file import Model
    from pipeline.danmaku.alignment.aligned_file import Aligned
    from pipeline.danmaku.comments.comments_file import GeneratedComment, read_lines
    from pipeline.danmaku.evaluation.evaluation import evaluate
    from pipeline.danmaku.evaluation.subject import Episode, Trained
    from pipeline.danmaku.rate.model import RateModel
    from pipeline.danmaku.training.corpus_file import TrainingCorpus
    from pipeline.learning.device import best_device
    from pipeline.pictures.frames_file import Frames
    from pipeline.show.truth import Truth, truth_beside
    from pipeline.sources.pointers import source_path

    model = Model.open(inputs["model"], inputs["features"], best_device())
    corpus = TrainingCorpus.load(inputs["corpus"], model.card.tap)
    frames = Frames.load(inputs["frames"])
    truth = truth_beside(source_path(inputs["source"]))
    evaluation = evaluate(
        Trained(model, RateModel.load(inputs["rate"]), corpus.videos),
        Episode.of(
            inputs["aligned"].parent.name,
            Aligned.load(inputs["aligned"]),
            frames,
            inputs["features"],
            list(read_lines(inputs["generated"], GeneratedComment)),
            Truth.load(truth) if truth else None,
            corpus.video_of(frames),
        ),
        most_queries=config.queries,
        block_s=config.block,
        seed=config.seed,
    )
    evaluation.save(outputs["evaluation"])
    return _told(evaluation)


def _told(evaluation: Evaluation) -> str:
    told, scorers = evaluation.likelihood, evaluation.ranking.all.scorers
    likelihood = (
        f"{told.nll.mean:.3f} nats a word, of which the picture tells {told.pmi.mean:+.3f}"
        if told
        else f"too little to tell a likelihood ({evaluation.too_little['likelihood']} comments)"
    )
    rank = (
        f"mean reciprocal rank {scorers['model'].reciprocal_rank.mean:.3f}"
        if scorers
        else f"too little to tell a rank ({evaluation.ranking.all.queries} seconds with comments)"
    )
    return f"{likelihood}; {rank}"


STAGE = Stage(
    inputs={
        "source": "{video}/source.video.json",
        "frames": "{video}/frames.h5",
        "features": "{video}/features.h5",
        "aligned": "{video}/aligned.h5",
        "generated": "{video}/generated.jsonl",
        "model": "models/{model}/model.safetensors",
        "rate": "models/{model}/rate.safetensors",
        "corpus": "models/{model}/corpus.h5",
    },
    outputs={"evaluation": "{video}/evaluation.json"},
    config=Config,
    run=run,
    gpu=True,
    whole_machine=True,
    memory_mb=4000,
)

if __name__ == "__main__":
    STAGE.main()
