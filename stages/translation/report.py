"""Show translations of a collection on a page that opens offline, with how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.media.pixels import Picture
    from pipeline.translation.sections.measures import ClusterSheet
    from pipeline.translation.sections.summary import TranslationSummary
    from pipeline.translation.translations_file import Translations


def run(inputs: Files, outputs: Files, config: object) -> str:
    """Write ``translation/index.html`` with all that it shows, and ``translation.report.json``."""
    from pipeline.engine.versions import versions
    from pipeline.report.history import history
    from pipeline.report.page import page_html
    from pipeline.report.picture_grid import address_of
    from pipeline.report.section import Page
    from pipeline.report.summary import save_summary
    from pipeline.report.verdict import verdict_section
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.sources.pointers import open_stills
    from pipeline.translation.samples import SampleSheet
    from pipeline.translation.sections.compared import chosen, compared_section
    from pipeline.translation.sections.making import making_section
    from pipeline.translation.sections.measures import measures_section
    from pipeline.translation.sections.progress import progress_section
    from pipeline.translation.sections.summary import WEB
    from pipeline.translation.sections.verdict import findings
    from pipeline.translation.translations_file import Translations

    translations = Translations.load(inputs["translations"])
    summary = _summary(inputs, translations.targets, len(translations.pictures))
    found = findings(summary)
    stills, training, page = open_stills(inputs["stills"]), summary.training, outputs["page"]
    sheet = SampleSheet.load(inputs["samples"], training)
    shown, names = chosen(stills.pictures, _held_out(inputs, summary))
    with published_folder(page.parent) as folder:
        sections = [
            verdict_section(WEB, found),
            compared_section(
                folder, _rows(inputs, translations, names), translations.targets, shown
            ),
            progress_section(folder, sheet, training, address_of(inputs["samples"], page.parent)),
            measures_section(summary, list(_clusters(inputs, page.parent))),
            making_section(history(path.parent for path in inputs.all()), versions()),
        ]
        html = page_html(Page(summary.collection, summary.subtitle, sections))
        (folder / page.name).write_text(html, encoding="utf-8")
    save_summary(outputs["figures"], summary, found)
    return summary.headline


def _summary(inputs: Files, targets: list[str], pictures: int) -> TranslationSummary:
    from pipeline.translation.evaluation_file import Evaluation
    from pipeline.translation.sections.summary import TranslationSummary
    from pipeline.translation.training_record import TrainingRecord

    return TranslationSummary(
        collection=inputs["stills"].parent.name,
        model=inputs["training"].parent.name,
        pictures=pictures,
        targets=targets,
        training=TrainingRecord.load(inputs["training"]),
        evaluation=Evaluation.load(inputs["evaluation"]),
    )


def _held_out(inputs: Files, summary: TranslationSummary) -> set[str] | None:
    """Names of the collection's pictures that the model has not learned from; None for all."""
    from pipeline.translation.pictures_file import DomainPictures

    if summary.collection not in summary.training.videos:
        return None
    held_out = set[str]()
    for path in inputs.every("pictures"):
        if path.parent.name == summary.collection:
            found = DomainPictures.load(path)
            held_out |= {found.names[row] for row in found.held_out.nonzero()[0].tolist()}
    return held_out


def _rows(
    inputs: Files, translations: Translations, names: Sequence[str]
) -> Iterator[tuple[str, Picture, list[Picture]]]:
    """Some pictures by their names, each with its translations into all targets."""
    import numpy as np
    from PIL import Image

    from pipeline.sources.pointers import open_stills

    stills, folder = open_stills(inputs["stills"]), inputs["translations"].parent
    file_of = dict(zip(stills.pictures, translations.pictures, strict=True))
    for name in names:
        files = [folder / target / file_of[name] for target in translations.targets]
        made = [np.asarray(Image.open(file).convert("RGB")) for file in files]
        yield name, stills.picture(name), made


def _clusters(inputs: Files, page: Path) -> Iterator[ClusterSheet]:
    """Of the collections that the model learned from, as far as somebody had clusters found."""
    from pipeline.report.picture_grid import address_of
    from pipeline.translation.sections.measures import ClusterSheet

    for path in inputs.every("pictures"):
        found = path.parent / "clusters" / "index.html"
        if found.is_file():
            sheet = found.with_name("clusters.png")
            yield ClusterSheet(path.parent.name, address_of(found, page), address_of(sheet, page))


def expect(amounts: Amounts, config: object, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    return Expected(seconds=2, startup=3, bytes=4e6)


STAGE = Stage(
    inputs={
        "stills": "{item}/source.stills.json",
        "frames": "{item}/frames.h5",
        "translations": "{item}/translated/translation.json",
        "pictures": "{train}/translation.h5",
        "training": "models/translation/{model}/training.json",
        "samples": "models/translation/{model}/samples.png",
        "evaluation": "models/translation/{model}/evaluation.json",
    },
    outputs={"figures": "{item}/translation.report.json", "page": "{item}/translation/index.html"},
    run=run,
    extra="learn",
    expect=expect,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
