"""Show pictures in other domains: a folder for each, and a sheet of some in all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipeline.media.picture_folder import PictureFolder
    from pipeline.media.pixels import Picture
    from pipeline.runtime.arrays import Float32s
    from pipeline.translation.changes import Translating

_SHEET_ROWS = 12


class Config(StageConfig, frozen=True):
    """Into which domains, and what of a picture may change."""

    target: str = "all"
    """A domain of the model, or all."""
    size: Annotated[int, Meta(ge=8, le=2048)] | None = None
    """Pixels of the shorter side at which the translator sees pictures; null takes what it learned
    from. More gives finer changes."""
    mask: Literal["none", "boxes", "faces", "saliency"] = "none"
    """Where pictures may change: everywhere, within boxes of labels or around faces, or where they
    stand out."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``translated/``: pictures, ``sheet.png``, and ``translation.json`` with their names."""
    from pipeline.learning.device import best_device
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.runtime.quantities import counted
    from pipeline.sources.pointers import open_stills
    from pipeline.translation.changes import Translating, chosen_targets
    from pipeline.translation.model_file import Translator
    from pipeline.translation.sheet import sheet
    from pipeline.translation.translations_file import Translations

    translator = Translator.load(inputs["model"])
    setting = "translation: translate: target:"
    targets = chosen_targets(config.target, translator.card.domains, setting, "all")
    translating = Translating(translator, config.size, best_device())
    folder = open_stills(inputs["stills"])
    mask = _mask(inputs, config)
    with published_folder(outputs["translation"].parent) as made:
        names, rows = _write(made, folder, targets, translating, mask)
        sheet(rows, ["", *targets]).save(made / "sheet.png")
        Translations(targets, names).save(made / outputs["translation"].name)
    return (
        f"{counted(len(names), 'picture')} in {counted(len(targets), 'domain')}"
        f" ({', '.join(targets)})"
    )


def _write(
    made: Path,
    folder: PictureFolder,
    targets: list[str],
    translating: Translating,
    mask: Callable[[str, Picture, tuple[int, int]], Float32s | None],
) -> tuple[list[str], list[list[Picture]]]:
    """Write pictures into a folder for each target; return their names, and rows of a sheet."""
    from PIL import Image

    from pipeline.runtime.progress import track

    total = len(folder.pictures)
    shown = {total * row // _SHEET_ROWS for row in range(_SHEET_ROWS)}
    names, rows = [], []
    for number, source in enumerate(track(folder.pictures, total, "translate", "pictures")):
        picture = folder.picture(source)
        size = translating.seen_size(picture.shape[1], picture.shape[0])
        translations = translating.translated(picture, targets, mask(source, picture, size))
        name = _file_name(source)
        for target, translation in zip(targets, translations, strict=True):
            path = made / target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(translation).save(path, quality=95, lossless=True)
        names.append(name)
        if number in shown:
            rows.append([picture, *translations])
    return names, rows


def _file_name(source: str) -> str:
    """The same name, with another ending where a picture alone cannot have it."""
    return (
        source if source.lower().endswith((".png", ".jpg", ".jpeg", ".webp")) else f"{source}.png"
    )


def _mask(
    inputs: Files, config: Config
) -> Callable[[str, Picture, tuple[int, int]], Float32s | None]:
    """What gives the mask of a picture, from its name, itself and the size of the mask."""
    from pipeline.labels.labels_file import read_labels_file
    from pipeline.media.pixels import resized
    from pipeline.translation.masks import box_mask, saliency_mask

    if config.mask == "none":
        return lambda name, picture, size: None
    if config.mask == "saliency":
        return lambda name, picture, size: saliency_mask(resized(picture, size))
    boxes: dict[str, list[Any]] = {}
    for label in read_labels_file(inputs[config.mask]):
        if label.kind == "box":
            boxes.setdefault(label.picture, []).append(label)
    return lambda name, picture, size: box_mask(
        boxes.get(name, []), (picture.shape[1], picture.shape[0]), size
    )


def without(settings: Mapping[str, Any]) -> list[str]:
    """Of two files with boxes that which the mask is made of is needed."""
    return [name for name in ("boxes", "faces") if name != settings.get("mask", "none")]


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take for photographs, in four domains."""
    targets = 4 if config.target == "all" else 1
    return Expected(
        seconds=amounts["stills"] * (0.02 + 0.04 * targets),
        startup=3,
        bytes=amounts["stills"] * targets * 2e5,
        kind=f"{config.target == 'all'} {config.size}",
    )


STAGE = Stage(
    inputs={
        "stills": "{item}/source.stills.json",
        "frames": "{item}/frames.h5",
        "model": "models/translation/{model}/model.safetensors",
        "boxes": "{item}/labels.jsonl",
        "faces": "{item}/faces.jsonl",
    },
    outputs={"translation": "{item}/translated/translation.json"},
    config=Config,
    run=run,
    without=without,
    extra="learn",
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=3000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
