"""Write comments over a video: how many as in the data, the words by the captioner."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.config import StageConfig
from pipeline.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """How comments are drawn."""

    first_word: Literal["model", "frequency"] = "model"
    """The first word is drawn from what the model expects for the picture, or, as in the
    article, from the word frequencies without symbols; the rest is the likeliest."""
    rate: Annotated[float, Meta(gt=0, le=10)] = 1.0
    """Comments to write for each one that viewers wrote in a like second."""
    most_words: Annotated[int, Meta(ge=1)] = 20
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``generated.jsonl``."""
    from pipeline.artifacts.comments import write_lines
    from pipeline.artifacts.features import FeatureStore
    from pipeline.artifacts.frames import Frames
    from pipeline.artifacts.model import load_model
    from pipeline.comments.rhythm import Rhythm
    from pipeline.nn.device import best_device
    from pipeline.nn.generation import plan_comments, write_comments
    from pipeline.text.vocabulary import Vocabulary

    frames = Frames.load(inputs["frames"])
    vocabulary = Vocabulary.load(inputs["vocabulary"])
    captioner, card = load_model(inputs["model"])
    with FeatureStore(inputs["features"]) as store:
        card.require_match(store, inputs["features"])

    plans = plan_comments(Rhythm.load(inputs["rhythm"]), frames, config.rate, config.seed)
    comments = write_comments(
        plans,
        captioner.to(best_device()),
        vocabulary,
        inputs["features"],
        card.tap,
        most_words=config.most_words,
        first_word_by_model=config.first_word == "model",
    )
    count = write_lines(outputs["generated"], comments)
    return f"{count} comments written"


STAGE = Stage(
    name="generate",
    inputs={
        "frames": "{video}/frames.h5",
        "features": "{video}/features.h5",
        "model": "models/{model}/model.safetensors",
        "rhythm": "models/{model}/rhythm.json",
        "vocabulary": "models/{model}/vocabulary.json",
    },
    outputs={"generated": "{video}/generated.jsonl"},
    config=Config,
    run=run,
    gpu=True,
    whole_machine=True,
)

if __name__ == "__main__":
    STAGE.main()
