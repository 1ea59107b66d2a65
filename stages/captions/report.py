"""Show the lines of a collection on a page that opens offline: a gallery, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from pipeline.captions.captions_file import CaptionLine
    from pipeline.captions.sections.summary import CaptionsSummary
    from pipeline.captions.texts_file import CaptionText


def run(inputs: Files, outputs: Files, config: object) -> str:
    """Write ``captions/index.html`` with all that it shows, and ``captions.report.json``."""
    from functools import partial

    from pipeline.captions.captions_file import read_captions
    from pipeline.captions.explained_file import ExplainedCaptions
    from pipeline.captions.learned_file import Learned
    from pipeline.captions.sections.lines import lines_section
    from pipeline.captions.sections.making import making_section
    from pipeline.captions.sections.measures import measures_section
    from pipeline.captions.sections.summary import WEB
    from pipeline.captions.sections.verdict import findings
    from pipeline.captions.texts_file import read_texts
    from pipeline.engine.versions import versions
    from pipeline.pictures.frames_file import read_thumbnail
    from pipeline.reading.import_report_file import ImportReport
    from pipeline.report.history import history
    from pipeline.report.page import page_html
    from pipeline.report.picture_grid import address_in
    from pipeline.report.section import Page
    from pipeline.report.summary import save_summary
    from pipeline.report.verdict import verdict_section
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.sources.pointers import pictures_folder

    lines = read_captions(inputs["captions"])
    texts = read_texts(path) if (path := inputs.get("texts")) else []
    summary = _summary(inputs, lines, texts)
    found = findings(summary)
    report = inputs.get("labels_report")
    pictures, page = pictures_folder(inputs.get("stills")), outputs["page"]
    with published_folder(page.parent) as folder:
        sections = [
            verdict_section(WEB, found),
            lines_section(
                folder,
                lines,
                texts,
                ExplainedCaptions.load(inputs["explained"]),
                Learned.load(inputs["learned"]),
                partial(read_thumbnail, inputs["frames"]),
                lambda line: address_in(pictures, page.parent, line.picture),
            ),
            measures_section(summary),
            making_section(
                ImportReport.load(report) if report else None,
                history(path.parent for path in inputs.all()),
                versions(),
            ),
        ]
        if lines:
            (folder / "poster.jpg").write_bytes(read_thumbnail(inputs["frames"], lines[0].frame))
        html = page_html(Page(summary.collection, summary.subtitle, sections))
        (folder / page.name).write_text(html, encoding="utf-8")
    save_summary(outputs["figures"], summary, found)
    return summary.headline


def _summary(inputs: Files, lines: list[CaptionLine], texts: list[CaptionText]) -> CaptionsSummary:
    from pipeline.captions.evaluation.evaluation_file import Evaluation
    from pipeline.captions.sections.summary import CaptionsSummary, own_pmi
    from pipeline.captions.training_record import TrainingRecord

    evaluation = inputs.get("evaluation")
    return CaptionsSummary(
        collection=inputs["frames"].parent.name,
        model=inputs["training"].parent.name,
        pictures=len(lines),
        distinct_lines=len({line.text for line in lines}),
        copied=sum(one.copied for line in lines for one in line.candidates[:1]),
        captions=len(texts),
        pmi=own_pmi(lines),
        training=TrainingRecord.load(inputs["training"]),
        evaluation=Evaluation.load(evaluation) if evaluation else None,
    )


def expect(amounts: Amounts, config: object, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    lines = amounts["lines"]
    return Expected(seconds=lines * 2e-3, startup=2, bytes=1e5 + lines * 4000)


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "captions": "{item}/captions.jsonl",
        "explained": "{item}/captions.explained.h5",
        "training": "models/captions/{model}/training.json",
        "learned": "models/captions/{model}/learned.h5",
    },
    optional={
        "stills": "{item}/source.stills.json",
        "texts": "{item}/texts.jsonl",
        "labels_report": "{item}/labels_report.json",
        "evaluation": "{item}/captions.evaluation.json",
    },
    outputs={"figures": "{item}/captions.report.json", "page": "{item}/captions/index.html"},
    run=run,
    extra="learn",
    expect=expect,
    opens="page",
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
