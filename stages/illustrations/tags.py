"""Tag pictures with probabilities; what people said of them wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.engine.settings import OwnFile, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.illustrations.settings import CutSettings, People


class Config(StageConfig, frozen=True):
    """When a tag holds, and what becomes of people's."""

    cut: CutSettings = CutSettings()
    thresholds: OwnFile | None = None
    """A file of thresholds that win for their tags: a tag, a comma and a number from 0 to 1 a
    line."""
    people: People = "add"
    """add: a model's tags stand beside those that people gave a picture; alone: such a picture
    gets none."""

    def __post_init__(self) -> None:
        if self.thresholds and self.cut.by == "mcut":
            raise ValueError("a file of `thresholds` has no effect with `cut: {by: mcut}`")


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``tags.h5`` and ``tags.jsonl``."""
    import numpy as np

    from pipeline.illustrations.cuts import TagList, thresholds_for
    from pipeline.illustrations.picture_tags import write_picture_tags
    from pipeline.illustrations.tag_probabilities import (
        read_tag_probabilities,
        write_tag_probabilities,
    )
    from pipeline.illustrations.tagger_file import Tagger
    from pipeline.illustrations.tagging import picture_tags
    from pipeline.pictures.backbones.weights_file import file_identity
    from pipeline.pictures.features_file import caveat
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.quantities import counted

    tagger = Tagger.load(inputs["tagger"])
    tags = TagList(
        [tag.name for tag in tagger.card.tags],
        [tag.group for tag in tagger.card.tags],
        tagger.thresholds,
    )
    thresholds, cut = thresholds_for(tags, config.cut, config.thresholds)
    probabilities = tagger.probabilities_of(inputs["features"]).astype(np.float16)
    write_tag_probabilities(
        outputs["tags"],
        [probabilities],
        len(probabilities),
        names=tags.names,
        groups=tags.groups,
        thresholds=thresholds,
        tagger=file_identity(inputs["tagger"]),
        fingerprint=Frames.load(inputs["frames"]).fingerprint,
        cut=cut,
    )
    count = write_picture_tags(
        outputs["list"],
        picture_tags(
            inputs["frames"],
            read_tag_probabilities(outputs["tags"]),
            inputs.get("labels"),
            config.people,
        ),
    )
    unknown = [tag.name for tag in tagger.card.tags if not tag.known]
    return (
        f"{counted(len(tags.names), 'tag')} for {counted(count, 'picture')}"
        + f"; nothing was learned about {', '.join(unknown)}" * bool(unknown)
        + caveat(tagger.card.weights)
    )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    pictures = amounts["pictures"]
    return Expected(seconds=pictures * 5e-4, startup=3, bytes=pictures * 500)


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
        "tagger": "models/illustrations/{model}/tagger.safetensors",
    },
    optional={"labels": "{item}/labels.jsonl"},
    outputs={"tags": "{item}/tags.h5", "list": "{item}/tags.jsonl"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    editable=("list",),
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
