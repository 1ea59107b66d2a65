"""Tag pictures with probabilities; what people said of them wins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.engine.settings import NameOrPath, OwnFile, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.illustrations.settings import CutSettings, People

if TYPE_CHECKING:
    from pipeline.illustrations.tag_source import TagSource
    from pipeline.illustrations.tagger_record import TaggerRecord

_OWN = "own"


class Config(StageConfig, frozen=True):
    """Whose tags, when they hold, and what becomes of people's."""

    tagger: NameOrPath = _OWN
    """``own``: that of the model; or the folder of a published one: an ONNX file, and beside it
    its list of tags (``selected_tags.csv`` of WD, ``tags.txt`` of DeepDanbooru, Camie's
    ``…metadata.json`` or illustration2vec's ``tag_list.json``)."""
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


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError for a published tagger that cannot be used, or not with these cuts."""
    from pathlib import Path

    from pipeline.illustrations.cuts import thresholds_for
    from pipeline.illustrations.onnx.tagger import OnnxTagger

    if config.tagger != _OWN:
        tags = OnnxTagger(Path(config.tagger)).published.tags
        thresholds_for(tags, config.cut, config.thresholds)


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``tags.h5``, ``tags.jsonl`` and ``tagger.json``."""
    from pipeline.illustrations.cuts import thresholds_for
    from pipeline.illustrations.picture_tags import write_picture_tags
    from pipeline.illustrations.tag_probabilities import (
        read_tag_probabilities,
        write_tag_probabilities,
    )
    from pipeline.illustrations.tagging import picture_tags
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.quantities import counted

    frames = inputs["frames"]
    fingerprint = Frames.load(frames).fingerprint
    source = _tag_source(inputs, config)
    thresholds, cut = thresholds_for(source.tags, config.cut, config.thresholds)
    write_tag_probabilities(
        outputs["tags"],
        source.batches,
        source.pictures,
        names=source.tags.names,
        groups=source.tags.groups,
        thresholds=thresholds,
        tagger=source.name,
        fingerprint=fingerprint,
        cut=cut,
    )
    _tagger_record(inputs, config, fingerprint).save(outputs["tagger"])
    probabilities = read_tag_probabilities(outputs["tags"])
    tagged = picture_tags(frames, probabilities, inputs.get("labels"), config.people)
    count = write_picture_tags(outputs["list"], tagged)
    return f"{counted(len(source.tags.names), 'tag')} for {counted(count, 'picture')}{source.note}"


def _tag_source(inputs: Files, config: Config) -> TagSource:
    from pathlib import Path

    from pipeline.illustrations.tag_source import by_own_tagger, by_published_tagger
    from pipeline.sources.pointers import open_source

    if config.tagger == _OWN:
        return by_own_tagger(inputs["tagger"], inputs["features"])
    pictures = open_source(inputs.one_of("stills", "source"))
    return by_published_tagger(Path(config.tagger), pictures, inputs["frames"])


def _tagger_record(inputs: Files, config: Config, fingerprint: str) -> TaggerRecord:
    from pathlib import Path

    from pipeline.illustrations.tagger_record import TaggerRecord

    if config.tagger != _OWN:
        return TaggerRecord(Path(config.tagger).name, has_learned_from_it=False, training=None)
    return TaggerRecord.of_own(inputs["training"], fingerprint)


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """A published tagger sees the pictures themselves, and one's own their features."""
    if settings.get("tagger", _OWN) == _OWN:
        return ("stills", "source")
    return ("features", "tagger", "training")


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take; WD's ViT needs 0.7 s a picture."""
    pictures = amounts["pictures"]
    seconds = 5e-4 if config.tagger == _OWN else 0.7
    return Expected(
        seconds=pictures * seconds,
        startup=3,
        bytes=pictures * 500,
        kind="own" if config.tagger == _OWN else "published",
    )


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
        "tagger": "models/illustrations/{model}/tagger.safetensors",
        "training": "models/illustrations/{model}/training.json",
    },
    optional={
        "labels": "{item}/labels.jsonl",
        "stills": "{item}/source.stills.json",
        "source": "{item}/source.video.json",
    },
    without=without,
    outputs={
        "tags": "{item}/tags.h5",
        "list": "{item}/tags.jsonl",
        "tagger": "{item}/tagger.json",
    },
    config=Config,
    run=run,
    check=check,
    extra="learn",
    expect=expect,
    editable=("list",),
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
