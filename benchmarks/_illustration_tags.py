"""Tags of emoji that were never seen, split by thing; and what needs no network."""

from __future__ import annotations

from pathlib import Path

import msgspec

from benchmarks._command_line import run_verb, write_unless_same
from benchmarks._emoji import EMOJI, EMOJI_TAPS, read_things
from pipeline.evaluation.intervals import Interval
from pipeline.illustrations.training_record import TagTraining
from pipeline.labels.record import Label

_LEAST_THINGS = 8  # that a tag is on


def measure(folder: Path, settings: str) -> dict[str, float]:
    """Learn the Japanese tags and print how well; return the figures that stand for all."""
    labels = folder / "emoji.jsonl"
    lines = [
        msgspec.json.encode(Label(picture=picture, kind="tag", value=tag)).decode()
        for thing in read_things()
        for tag in thing.tags
        for picture in thing.pictures()
    ]
    write_unless_same(labels, "".join(f"{line}\n" for line in lines))
    run_verb(
        "illustrations-train",
        folder / "workdir",
        pictures=EMOJI,
        labels=labels,
        settings=f"illustrations.train.taps={EMOJI_TAPS} illustrations.train.units=name"
        f" illustrations.train.classes.min={_LEAST_THINGS} {settings}",
    )
    model = folder / "workdir" / "models" / "illustrations" / "default"
    record = TagTraining.load(model / "training.json")
    found = record.evaluation
    print(f"{len(found.tags)} tags of {record.pictures:,} pictures of {record.units:,} things")
    print(f"{record.chosen.features}, penalty {record.chosen.penalty:g}")
    for name, precision in {"tagger": found.precision, **found.baselines}.items():
        tags, things = _shown(precision.over_tags), _shown(precision.over_units)
        print(f"mAP of {name:10} {tags} over tags, {things} over things")
    for point in found.learning_curve:
        spread = f"{point.lowest:.3f} to {point.highest:.3f}"
        print(f"mAP from {point.units:5} things   {point.average_precision:.3f} ({spread})")
    before, after = found.before_calibration.error, found.after_calibration.error
    print(f"calibration error {before:.4f} before, {after:.4f} after; F1 {found.decisions.f1:.3f}")
    print("  ".join(f"{tag.name} {tag.average_precision:.2f}" for tag in found.tags))
    low = found.precision.over_tags.low
    return {
        "tags_map": round(found.precision.over_tags.mean, 4),
        "tags_map_low": round(low if low is not None else float("nan"), 4),
        "tags_map_pixels": round(found.baselines["pixels"].over_tags.mean, 4),
        "ece": round(after, 5),
        "ece_before": round(before, 5),
        **{
            f"tags_map_{point.units}": round(point.average_precision, 4)
            for point in found.learning_curve
        },
    }


def _shown(interval: Interval) -> str:
    ends = "too little" if interval.low is None else f"{interval.low:.3f} to {interval.high:.3f}"
    return f"{interval.mean:.3f} ({ends})"
