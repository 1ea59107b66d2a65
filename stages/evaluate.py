"""Measure a model on a video's comments that it has not learned from, beside its rivals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from pipeline.config import StageConfig
from pipeline.stage import Files, Stage

if TYPE_CHECKING:
    from pipeline.artifacts.evaluation import Evaluation


class Config(StageConfig, frozen=True):
    """How much is measured."""

    queries: Annotated[int, Meta(ge=1)] = 500
    """Seconds whose comments are ranked among others, at most."""
    block: Annotated[float, Meta(ge=1)] = 10
    """Seconds of the blocks that are resampled for intervals."""
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``evaluation.json``."""
    from pipeline.alignment import hold_out_videos
    from pipeline.artifacts.aligned import Aligned
    from pipeline.artifacts.comments import GeneratedComment, read_lines
    from pipeline.artifacts.features import FeatureStore
    from pipeline.artifacts.frames import Frames
    from pipeline.artifacts.model import load_model
    from pipeline.artifacts.source import source_path
    from pipeline.evaluation.evaluation import evaluate
    from pipeline.evaluation.subject import Episode, Trained
    from pipeline.nn.device import best_device
    from pipeline.rate.model import RateModel
    from pipeline.show.truth import Truth, truth_beside
    from pipeline.text.vocabulary import Vocabulary

    captioner, card = load_model(inputs["model"])
    with FeatureStore(inputs["features"]) as store:
        card.require_match(store, inputs["features"])
    learned = hold_out_videos({p.parent.name: Aligned.load(p) for p in inputs.every("learned")})
    names = [path.parent.name for path in inputs.every("learned")]
    name = inputs["aligned"].parent.name
    truth = truth_beside(source_path(inputs["source"]))
    evaluation = evaluate(
        Trained(
            captioner.to(best_device()),
            Vocabulary.load(inputs["vocabulary"]),
            card.tap,
            RateModel.load(inputs["rate"]),
            learned,
            inputs.every("learned_features"),
        ),
        Episode.of(
            name,
            learned[names.index(name)] if name in names else Aligned.load(inputs["aligned"]),
            Frames.load(inputs["frames"]),
            inputs["features"],
            list(read_lines(inputs["generated"], GeneratedComment)),
            Truth.load(truth) if truth else None,
            learned_from=name in names,
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
    name="evaluate",
    inputs={
        "source": "{video}/source.video.json",
        "frames": "{video}/frames.h5",
        "features": "{video}/features.h5",
        "aligned": "{video}/aligned.h5",
        "generated": "{video}/generated.jsonl",
        "learned": "{train}/aligned.h5",
        "learned_features": "{train}/features.h5",
        "model": "models/{model}/model.safetensors",
        "rate": "models/{model}/rate.safetensors",
        "vocabulary": "models/{model}/vocabulary.json",
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
