"""Learn how many comments a second gets: from the training videos' pictures, cuts and times."""

from __future__ import annotations

from pipeline.engine.stage import Files, Stage


def run(inputs: Files, outputs: Files, config: object) -> str:
    """Write ``rhythm.json`` and ``rate.safetensors``."""
    import math

    from pipeline.danmaku.alignment.aligned_file import Aligned
    from pipeline.danmaku.alignment.held_out import hold_out_videos
    from pipeline.danmaku.rate.counts import Counted
    from pipeline.danmaku.rate.learning import learn_rate
    from pipeline.danmaku.rate.rhythm import Rhythm
    from pipeline.danmaku.rate.seconds import Seconds
    from pipeline.pictures.feature_bank import FeatureBank, check_same_backbone
    from pipeline.pictures.features_file import FeatureStore
    from pipeline.pictures.frames_file import Frames

    videos = hold_out_videos({p.parent.name: Aligned.load(p) for p in inputs.every("aligned")})
    rhythm = Rhythm.of(videos)
    paths = inputs.every("features")
    with FeatureStore(paths[0]) as store:
        grid = any(len(shape) == 2 for shape in store.taps.values())
    tap, backbone, weights, _ = check_same_backbone(paths, grid=grid)
    counted = []
    for video, frames, features in zip(videos, inputs.every("frames"), paths, strict=True):
        means = FeatureBank([features], tap).means
        seconds = Seconds.of(Frames.load(frames), means, video.delay_ms)
        counted.append(Counted.of(video, seconds))
    model = learn_rate(
        counted, tap=tap, backbone=backbone, weights=weights, delay_ms=rhythm.delay_ms
    )
    model.save(outputs["rate"])
    rhythm.save(outputs["rhythm"])
    card = model.card
    if not card.uses:
        return (
            f"no rate could be learned from {card.seconds} seconds: every one is to get"
            f" {math.exp(model.bias):.1f} comments"
        )
    explained = (
        "too little to tell how much it explains"
        if card.explained is None
        else f"explains {card.explained:.0%} of the deviance"
    )
    return f"rate learned from {card.seconds} seconds: {explained} of seconds it has not seen"


STAGE = Stage(
    inputs={
        "features": "{train}/features.h5",
        "frames": "{train}/frames.h5",
        "aligned": "{train}/aligned.h5",
    },
    outputs={
        "rhythm": "models/{model}/rhythm.json",
        "rate": "models/{model}/rate.safetensors",
    },
    run=run,
    memory_mb=2000,
)

if __name__ == "__main__":
    STAGE.main()
