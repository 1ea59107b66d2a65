"""Train a captioner on the comments and features of all training videos."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.config import StageConfig
from pipeline.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """The captioner and how it learns; the defaults are the article's where it gives any."""

    attention: Literal["additive", "dot", "none"] = "additive"
    """additive: Show, Attend and Tell over a grid; dot: the same, faster; none: Show and
    Tell over one vector."""
    size: Annotated[int, Meta(ge=1)] = 256
    """Of word vectors, LSTM and MLP."""
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.3
    most_words: Annotated[int, Meta(ge=1)] = 20
    """Longer comments are cut."""
    batch: Annotated[int, Meta(ge=1)] = 256
    """Comments a step."""
    epochs: Annotated[int, Meta(ge=1)] = 30
    patience: Annotated[int, Meta(ge=1)] = 5
    """Stop after so many epochs without a better dev NLL."""
    learning_rate: Annotated[float, Meta(gt=0, le=1)] = 1e-3
    weight_decay: Annotated[float, Meta(ge=0)] = 0.01
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``model.safetensors``, ``training.json`` and ``rhythm.json``."""
    import msgspec
    import torch

    from pipeline.alignment import hold_out_videos
    from pipeline.artifacts.aligned import Aligned
    from pipeline.artifacts.model import ModelCard, save_model
    from pipeline.artifacts.training import CommentTable, TrainingRecord
    from pipeline.comments.rhythm import Rhythm
    from pipeline.fingerprint import code_digest, file_fingerprint
    from pipeline.nn.captioner import Captioner, CaptionerSpec
    from pipeline.nn.dataset import FeatureBank, check_same_backbone, split_comments
    from pipeline.nn.device import best_device
    from pipeline.nn.training import Schedule, Trainer, unigram_nll
    from pipeline.stage import log
    from pipeline.text.vocabulary import Vocabulary

    videos = hold_out_videos({p.parent.name: Aligned.load(p) for p in inputs.every("aligned")})
    vocabulary = Vocabulary.load(inputs["vocabulary"])
    tap, backbone, weights, channels = check_same_backbone(
        inputs.every("features"), grid=config.attention != "none"
    )
    bank = FeatureBank(inputs.every("features"), tap)
    train, dev = split_comments(videos, bank.starts, vocabulary, config.most_words)

    torch.manual_seed(config.seed)
    spec = CaptionerSpec(config.attention, channels, len(vocabulary), config.size, config.dropout)
    captioner = Captioner(spec)
    captioner.mean, captioner.std, captioner.spread = bank.statistics()
    trainer = Trainer(
        captioner,
        bank,
        Schedule(
            config.batch,
            config.epochs,
            config.patience,
            config.learning_rate,
            config.weight_decay,
            config.seed,
        ),
        best_device(),
    )
    checkpoint = outputs["model"].with_name(".checkpoint.safetensors")
    everything = [file_fingerprint(path) for paths in inputs.paths.values() for path in paths]
    key = " ".join([code_digest("stages.train"), str(msgspec.json.encode(config)), *everything])
    if trainer.resume(checkpoint, key):
        log.info("going on after epoch %d", len(trainer.history))
    while not trainer.finished:
        epoch = trainer.run_epoch(train, dev)
        trainer.save(checkpoint, key)
        log.info(
            "epoch %d: train %.3f, dev %.3f nats a word (%.1f s)",
            *(len(trainer.history), epoch.train_nll, epoch.dev_nll, epoch.seconds),
        )
    trainer.use_best()

    record = TrainingRecord(
        videos=[path.parent.name for path in inputs.every("aligned")],
        attention=config.attention,
        backbone=backbone,
        weights=weights,
        tap=tap,
        device=str(best_device()),
        table=CommentTable.of(videos, vocabulary),
        epochs=trainer.history,
        best_epoch=trainer.best_epoch,
        dev_nll=trainer.nll(dev),
        dev_nll_shuffled=trainer.nll(dev.with_pictures_shuffled(config.seed)),
        dev_nll_unigram=unigram_nll(train, dev, len(vocabulary)),
    )
    Rhythm.of(videos).save(outputs["rhythm"])
    record.save(outputs["training"])
    save_model(outputs["model"], captioner, ModelCard(spec, backbone, weights, tap))
    checkpoint.unlink()
    return (
        f"best of {len(record.epochs)} epochs is {record.best_epoch}: dev {record.dev_nll:.3f} nats"
        f" a word, {record.dev_nll_shuffled:.3f} with pictures shuffled"
    )


STAGE = Stage(
    name="train",
    inputs={
        "features": "{train}/features.h5",
        "aligned": "{train}/aligned.h5",
        "vocabulary": "models/{model}/vocabulary.json",
    },
    outputs={
        "model": "models/{model}/model.safetensors",
        "training": "models/{model}/training.json",
        "rhythm": "models/{model}/rhythm.json",
    },
    config=Config,
    run=run,
    gpu=True,
    whole_machine=True,
)

if __name__ == "__main__":
    STAGE.main()
