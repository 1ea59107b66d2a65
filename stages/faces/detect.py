"""Find faces by detectors; what people boxed wins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import NameOrPath, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.faces.detection.settings import OnnxSettings, Probability

_OWN = "own"


class Config(StageConfig, frozen=True):
    """Who looks for faces, and which ones count."""

    detectors: Annotated[tuple[NameOrPath, ...], Meta(min_length=1)] = (_OWN,)
    """``own``, which ``faces-train`` makes; the XML file of a cascade of OpenCV's; or the ONNX file
    of a network. What several find is united."""
    label: Annotated[str, Meta(min_length=1)] = "face"
    """The class of people's boxes that count, and of those that are found."""
    threshold: Probability = 0.5
    """What is less probable is no face."""
    min_size: Annotated[float, Meta(ge=1)] = 12.0
    """Pixels of the original across and down; smaller faces are left out."""
    levels: Annotated[int, Meta(ge=1, le=6)] = 1
    """Of the image pyramid of networks: 1 sees a picture as a whole, each further one in pieces,
    twice as large. Cascades have a pyramid of their own."""
    onnx: OnnxSettings = OnnxSettings()


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError for a cascade or an ONNX network that cannot be used."""
    from pipeline.faces.detection.choice import load_detectors

    others = [name for name in config.detectors if name != _OWN]
    load_detectors(others, None, levels=config.levels, least=config.min_size, onnx=config.onnx)


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``faces.jsonl``, and beside it ``faces.candidates.jsonl``."""
    from pipeline.faces.detection.choice import load_detectors
    from pipeline.faces.detection.finding import face_labels, find_faces, named_pictures
    from pipeline.faces.detection.people import PeoplesBoxes, peoples_boxes
    from pipeline.faces.detection.suggestions import (
        beside,
        read_suggestions,
        write_suggestions,
    )
    from pipeline.labels.labels_file import read_labels_file, write_labels_file
    from pipeline.runtime.logs import log
    from pipeline.runtime.quantities import counted
    from pipeline.sources.pointers import open_source

    labels = inputs.get("labels")
    said = peoples_boxes(read_labels_file(labels), config.label) if labels else PeoplesBoxes()
    said.tell(config.label)
    pictures = named_pictures(inputs["frames"])
    unseen = [one for one in pictures if one.name not in said.people]
    kept = beside(outputs["faces"])
    before = read_suggestions(kept)
    suggestions = {name: one for name, one in before.items() if name in said.people}
    if unseen:
        detectors = load_detectors(
            config.detectors,
            inputs.get("detector"),
            levels=config.levels,
            least=config.min_size,
            onnx=config.onnx,
        )
        found = find_faces(
            unseen,
            open_source(inputs.one_of("stills", "source")),
            inputs["frames"],
            detectors,
            least=config.min_size,
            threshold=config.threshold,
            corrected=len(said.people),
        )
        suggestions |= {one.picture: one for one in found}
    write_suggestions(kept, [suggestions[one.name] for one in pictures if one.name in suggestions])
    faces = list(face_labels(pictures, said.people, suggestions, config.label))
    write_labels_file(outputs["faces"], faces)
    boxes = sum(face.box is not None for face in faces)
    if not boxes:
        log.warning("%s", _what_next(config))
    return (
        f"{counted(boxes, 'face')} on {counted(len(pictures), 'picture')},"
        f" {len(pictures) - len(unseen):,} of which a person looked at"
    )


def _what_next(config: Config) -> str:
    """What to do where no face was found."""
    others = [name for name in config.detectors if name != _OWN]
    alien = " Cascades and networks know only faces as they learned them." if others else ""
    return (
        f"no face was found.{alien} Lower `faces: detect: threshold:`, or draw some boxes with"
        " `make faces-page`, and name what you save with LABELS= for a detector of your own"
    )


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """Only one's own detector is a model's."""
    return () if _OWN in settings.get("detectors", (_OWN,)) else ("detector",)


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take; a level has four times the pieces of the one before."""
    pictures = amounts["pictures"]
    return Expected(
        seconds=pictures * 0.03 * len(config.detectors) * 4 ** (config.levels - 1),
        startup=3,
        bytes=pictures * 300,
        kind=" ".join(config.detectors),
    )


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "detector": "models/faces/{model}/detector.safetensors",
    },
    optional={
        "labels": "{item}/labels.jsonl",
        "stills": "{item}/source.stills.json",
        "source": "{item}/source.video.json",
    },
    without=without,
    outputs={"faces": "{item}/faces.jsonl"},
    config=Config,
    run=run,
    check=check,
    extra="learn",
    expect=expect,
    editable=("faces",),
    gpu=True,
    whole_machine=True,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
