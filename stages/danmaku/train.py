"""Train a captioner on the comments and features of all training videos."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """The captioner and how it learns."""

    decoder: Literal["lstm", "transformer"] = "lstm"
    """The article's, or a small Transformer that also reads the pictures around and the
    comments just before."""
    attention: Literal["additive", "dot", "none"] = "additive"
    """additive: Show, Attend and Tell over a grid; dot: by a product; none: Show and Tell over
    one vector. A Transformer takes both of the former for dot."""
    gate: bool = True
    """Whether the LSTM decides how much of what it sees counts."""
    doubly_stochastic: Annotated[float, Meta(ge=0)] = 0.0
    """What it costs a comment to neglect positions; Show, Attend and Tell had 1."""
    time: bool = True
    """Whether the model is told how far into the episode it is."""
    rate: bool = True
    """Whether it is told how many comments the second gets."""
    softmax: Literal["full", "adaptive"] = "full"
    """adaptive: rare words in fewer dimensions, faster on a CPU; another model."""
    size: Annotated[int, Meta(ge=4, multiple_of=4)] = 256
    """Of word vectors, LSTM and MLP."""
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.3
    most_words: Annotated[int, Meta(ge=1, le=200)] = 20
    """Longer comments are cut."""
    batch: Annotated[int, Meta(ge=1)] = 256
    """Comments a step, of all processes together."""
    epochs: Annotated[int, Meta(ge=1)] = 30
    patience: Annotated[int, Meta(ge=1)] = 5
    """Stop after so many epochs without a better dev NLL."""
    learning_rate: Annotated[float, Meta(gt=0, le=1)] = 1e-3
    weight_decay: Annotated[float, Meta(ge=0)] = 0.01
    average: bool = True
    """Whether weights are averaged over steps, which tells unseen episodes better."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """auto: bfloat16 on a GPU, float32 elsewhere."""
    processes: Annotated[int, Meta(ge=1)] = 1
    """How many train together, each on a GPU of its own if there is one."""
    seed: Seed = 2017


_SECONDS_BETWEEN_CHECKPOINTS = 60.0


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``model.safetensors`` and ``training.json``."""
    import msgspec
    import torch

    from pipeline.captioning.captioner import CaptionerSpec, build_captioner
    from pipeline.captioning.checkpoints import Checkpoints
    from pipeline.captioning.dataset import split_comments
    from pipeline.captioning.looks import Looks
    from pipeline.captioning.model_file import Model, ModelCard, save_model
    from pipeline.captioning.training import Schedule, Trainer, unigram_nll
    from pipeline.captioning.training_record import CommentTable, TrainingRecord
    from pipeline.danmaku.alignment.aligned_file import Aligned
    from pipeline.danmaku.alignment.held_out import hold_out_videos
    from pipeline.engine.code_digest import code_digest
    from pipeline.learning.team import joined
    from pipeline.pictures.feature_bank import FeatureBank, check_same_backbone
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.file_digest import file_fingerprint
    from pipeline.runtime.logs import log
    from pipeline.runtime.sample_size import is_enough
    from pipeline.text.vocabulary import Vocabulary

    # Rare words' moments shrink by a tenth a step; as denormals they slow a CPU tenfold.
    torch.set_flush_denormal(True)
    videos = hold_out_videos({p.parent.name: Aligned.load(p) for p in inputs.every("aligned")})
    frames = [Frames.load(path) for path in inputs.every("frames")]
    vocabulary = Vocabulary.load(inputs["vocabulary"])
    tap, backbone, weights, channels = check_same_backbone(
        inputs.every("features"), grid=config.attention != "none"
    )
    spec = CaptionerSpec(
        decoder=config.decoder,
        attention=config.attention,
        channels=channels,
        words=len(vocabulary),
        size=config.size,
        dropout=config.dropout,
        gate=config.gate,
        softmax=config.softmax,
        time=config.time,
        rate=config.rate,
        looks=Looks.of(commands for video in videos for commands in video.commands),
    )
    bank = FeatureBank(inputs.every("features"), tap)
    train, dev = split_comments(videos, frames, bank.starts, vocabulary, spec, config.most_words)
    torch.manual_seed(config.seed)
    captioner = build_captioner(spec)
    captioner.mean, captioner.std, captioner.spread = bank.statistics()

    everything = [file_fingerprint(path) for paths in inputs.paths.values() for path in paths]
    key = " ".join(
        [code_digest("stages.danmaku.train"), str(msgspec.json.encode(config)), *everything]
    )
    with joined() as team:
        if bank.reside_on(team.device):
            log.info("all features lie in the memory of %s", team.device)
        schedule = Schedule(
            batch=config.batch,
            epochs=config.epochs,
            patience=config.patience,
            learning_rate=config.learning_rate,
            weight_decay=config.weight_decay,
            doubly_stochastic=config.doubly_stochastic,
            average=config.average,
            seed=config.seed,
            bfloat16=config.precision == "bfloat16"
            or (config.precision == "auto" and team.device.type == "cuda"),
        )
        trainer = Trainer(captioner, train, dev, bank, schedule, team)
        checkpoints = Checkpoints(outputs.folder, key, trainer, _SECONDS_BETWEEN_CHECKPOINTS)
        if checkpoints.resumed:
            log.info("going on at epoch %d, step %d", *trainer.position)
        while not trainer.finished:
            epoch = trainer.run_epoch(checkpoints.after_step)
            checkpoints.after_epoch()
            log.info(
                "epoch %d: train %.3f, dev %.3f nats a word (%.1f s, %.0f words/s)",
                *(len(trainer.history), epoch.train_nll, epoch.dev_nll),
                *(epoch.seconds, epoch.words / epoch.seconds),
            )
        trainer.use_best()
        shuffled = trainer.nll(dev.with_pictures_shuffled(config.seed))
        best = trainer.history[trainer.best_epoch - 1]
        if team.leads:
            record = TrainingRecord(
                videos=[path.parent.name for path in inputs.every("aligned")],
                fingerprints=[video.fingerprint for video in frames],
                decoder=config.decoder,
                attention=config.attention,
                backbone=backbone,
                weights=weights,
                tap=tap,
                device=str(team.device),
                processes=team.size,
                table=CommentTable.of(videos, vocabulary),
                epochs=trainer.history,
                best_epoch=trainer.best_epoch,
                dev_nll=best.dev_nll,
                dev_nll_shuffled=shuffled.word,
                dev_nll_unigram=unigram_nll(train, dev, len(vocabulary)),
            )
            record.save(outputs["training"])
            card = ModelCard(spec, backbone, weights, tap)
            save_model(outputs["model"], Model(captioner, card, vocabulary))
            checkpoints.remove()
    worth = (
        f"dev {best.dev_nll:.3f} nats a word, {shuffled.word:.3f} with pictures shuffled"
        if is_enough(len(dev))
        else f"too little to tell what it is worth ({len(dev)} comments held out)"
    )
    return f"best of {len(trainer.history)} epochs is {trainer.best_epoch}: {worth}"


STAGE = Stage(
    inputs={
        "features": "{train}/features.h5",
        "frames": "{train}/frames.h5",
        "aligned": "{train}/aligned.h5",
        "vocabulary": "models/danmaku/{model}/vocabulary.json",
    },
    outputs={
        "model": "models/danmaku/{model}/model.safetensors",
        "training": "models/danmaku/{model}/training.json",
    },
    config=Config,
    run=run,
    gpu=True,
    whole_machine=True,
    memory_mb=8000,
    processes="processes",
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
