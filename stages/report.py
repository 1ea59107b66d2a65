"""Sum up an annotated video on one page: stills, the article's tables, and what it sees."""

from __future__ import annotations

from pipeline.stage import Files, Stage


def run(inputs: Files, outputs: Files, config: object) -> str:
    """Write ``report.html`` and ``report.json``."""
    import msgspec

    from pipeline.artifacts.comments import GeneratedComment, read_lines
    from pipeline.artifacts.evaluation import Evaluation
    from pipeline.artifacts.frames import Frames
    from pipeline.artifacts.publishing import published, write_text
    from pipeline.artifacts.source import source_path
    from pipeline.artifacts.training import TrainingRecord
    from pipeline.media.probe import probe
    from pipeline.report.page import Summary, write_page

    frames = Frames.load(inputs["frames"])
    comments = list(read_lines(inputs["comments"], GeneratedComment))
    video = source_path(inputs["source"])
    evaluation = inputs.given("evaluation")
    summary = Summary(
        video=video.name,
        seconds=float(frames.times.duration),
        frames=len(frames.row),
        pictures=len(frames.first_frames()),
        comments=len(comments),
        distinct_comments=len({comment.text for comment in comments}),
        training=TrainingRecord.load(inputs["training"]),
        evaluation=Evaluation.load(evaluation) if evaluation else None,
    )
    write_text(outputs["figures"], msgspec.json.format(msgspec.json.encode(summary)).decode())
    with published(outputs["page"]) as temporary:
        write_page(temporary, summary, comments, probe(inputs["annotated"]))
    found = summary.evaluation
    if found is None or found.naming is None:
        return f"{len(comments)} comments, {summary.distinct_comments} distinct"
    naming = found.naming
    return (
        f"of {naming.names} names written, {naming.model.mean:.0%} were on screen"
        f" (shuffled frames {naming.shuffled:.0%}, popularity {naming.popularity:.0%},"
        f" chance {naming.chance:.0%})"
    )


STAGE = Stage(
    name="report",
    inputs={
        "source": "{video}/source.video.json",
        "frames": "{video}/frames.h5",
        "comments": "{video}/generated.jsonl",
        "annotated": "{video}/annotated.mp4",
        "training": "models/{model}/training.json",
    },
    outputs={"page": "{video}/report.html", "figures": "{video}/report.json"},
    commented={"evaluation": "{video}/evaluation.json"},
    run=run,
    product=True,
)

if __name__ == "__main__":
    STAGE.main()
