"""Sum up an annotated video on one page: stills, the article's tables, and what it sees."""

from __future__ import annotations

from pipeline.stage import Files, Stage


def run(inputs: Files, outputs: Files, config: object) -> str:
    """Write ``report.html`` and ``report.json``."""
    import msgspec

    from pipeline.artifacts.comments import GeneratedComment, read_lines
    from pipeline.artifacts.frames import Frames
    from pipeline.artifacts.publishing import published, write_text
    from pipeline.artifacts.source import source_path
    from pipeline.artifacts.training import TrainingRecord
    from pipeline.media.probe import probe
    from pipeline.reporting import Summary, write_page
    from pipeline.seeing import measure_seeing
    from pipeline.show.truth import Truth, truth_beside
    from pipeline.text.vocabulary import Vocabulary

    frames = Frames.load(inputs["frames"])
    comments = list(read_lines(inputs["comments"], GeneratedComment))
    video = source_path(inputs["source"])
    truth = truth_beside(video)
    seeing = None
    if truth is not None:
        vocabulary = Vocabulary.load(inputs["vocabulary"])
        seeing = measure_seeing(comments, Truth.load(truth), vocabulary)
    summary = Summary(
        video=video.name,
        seconds=float(frames.times.duration),
        frames=len(frames.row),
        pictures=len(frames.first_frames()),
        comments=len(comments),
        distinct_comments=len({comment.text for comment in comments}),
        training=TrainingRecord.load(inputs["training"]),
        seeing=seeing,
    )
    write_text(outputs["figures"], msgspec.json.format(msgspec.json.encode(summary)).decode())
    with published(outputs["page"]) as temporary:
        write_page(temporary, summary, comments, probe(inputs["annotated"]))
    if seeing is None:
        return f"{len(comments)} comments, {summary.distinct_comments} distinct"
    return (
        f"of {seeing.names} names written, {seeing.model:.0%} were on screen"
        f" (shuffled frames {seeing.shuffled:.0%}, popularity {seeing.popularity:.0%},"
        f" chance {seeing.chance:.0%})"
    )


STAGE = Stage(
    name="report",
    inputs={
        "source": "{video}/source.video.json",
        "frames": "{video}/frames.h5",
        "comments": "{video}/generated.jsonl",
        "annotated": "{video}/annotated.mp4",
        "vocabulary": "models/{model}/vocabulary.json",
        "training": "models/{model}/training.json",
    },
    outputs={"page": "{video}/report.html", "figures": "{video}/report.json"},
    run=run,
    product=True,
)

if __name__ == "__main__":
    STAGE.main()
