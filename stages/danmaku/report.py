"""Sum up an annotated video in a folder that opens offline: a player, and why, what and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Files, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.danmaku.statistics.counting import Statistics
    from pipeline.report.summary import Summary


class Config(StageConfig, frozen=True):
    """How comments are placed over the player."""

    layout: LayoutSettings = LayoutSettings()


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``report/index.html`` with all that it shows, and ``report.json``."""
    from pipeline.danmaku.comments.screen import read_on_screen
    from pipeline.danmaku.drawing.layout import lay_out_with_fonts
    from pipeline.danmaku.drawing.screen import screen_of
    from pipeline.danmaku.evaluation.evaluation_file import Evaluation
    from pipeline.danmaku.explanation.explained_file import Explained
    from pipeline.danmaku.training.training_record import TrainingRecord
    from pipeline.pictures.frames_file import Frames
    from pipeline.report.history import history
    from pipeline.report.material import Material, Voices
    from pipeline.report.page import write_page
    from pipeline.report.summary import Summary
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.runtime.progress import progress
    from pipeline.sources.pointers import open_video

    video = open_video(inputs["source"])
    frames = Frames.load(inputs["frames"])
    explained = Explained.load(inputs["explained"])

    def voices(path: Path, of: Literal["generated", "comments"]) -> Voices:
        comments = read_on_screen(path, of)
        return Voices(comments, lay_out_with_fonts(comments, screen_of(video), config.layout))

    generated = voices(inputs["generated"], "generated")
    written = inputs.given("comments")
    viewers = voices(written, "comments") if written else None
    evaluation = inputs.given("evaluation")
    summary = Summary(
        video=video.path.name,
        model=inputs["training"].parent.name,
        seconds=float(frames.times.duration),
        frames=len(frames.row),
        pictures=len(frames.first_frames()),
        comments=len(generated.comments),
        distinct_comments=len({comment.text for comment in generated.comments}),
        copied=int((explained.copies > 0).sum()),
        viewers_comments=len(viewers.comments) if viewers else 0,
        training=TrainingRecord.load(inputs["training"]),
        evaluation=Evaluation.load(evaluation) if evaluation else None,
    )
    material = Material(
        video=video,
        frames=frames,
        generated=generated,
        viewers=viewers,
        explained=explained,
        summary=summary,
        statistics=_statistics(inputs),
        absent=_absent(inputs, summary.training.videos),
        history=history(path.parent for path in inputs.all()),
    )
    with (
        progress(video.frame_count, "report", "pictures") as told,
        published_folder(outputs["page"].parent) as folder,
    ):
        write_page(folder, material, told)
    summary.save(outputs["figures"])
    return _told(summary)


def _statistics(inputs: Files) -> list[Statistics]:
    """Of the video itself, where it has comments, and of each that the model learned from."""
    from pipeline.danmaku.statistics.counting import Statistics

    own = inputs.given("statistics")
    paths = dict.fromkeys([*([own] if own else []), *inputs.every("learned")])
    return [Statistics.load(path) for path in paths]


def _absent(inputs: Files, learned: Sequence[str]) -> list[str]:
    """Those of the ``learned`` videos of which there are no statistics."""
    here = {path.parent.name for path in inputs.every("learned")}
    return [name for name in learned if name not in here]


def _told(summary: Summary) -> str:
    comments = f"{summary.comments} comments, {summary.distinct_comments} distinct"
    evaluation = summary.evaluation
    if evaluation is None:
        return comments
    naming = evaluation.naming
    if naming is None:
        names = evaluation.too_little.get("naming")
        return (
            comments
            if names is None
            else f"{comments}; too little to tell who it sees ({names} names)"
        )
    return (
        f"of {naming.names} names written, {naming.model.mean:.0%} were on screen"
        f" (shuffled frames {naming.shuffled:.0%}, popularity {naming.popularity:.0%},"
        f" chance {naming.chance:.0%})"
    )


STAGE = Stage(
    inputs={
        "source": "{video}/source.video.json",
        "frames": "{video}/frames.h5",
        "generated": "{video}/generated.jsonl",
        "explained": "{video}/explained.h5",
        "training": "models/{model}/training.json",
        "learned": "{train}/statistics.json",
    },
    outputs={"figures": "{video}/report.json", "page": "{video}/report/index.html"},
    commented={
        "comments": "{video}/comments.jsonl",
        "statistics": "{video}/statistics.json",
        "evaluation": "{video}/evaluation.json",
    },
    config=Config,
    run=run,
    product=True,
    memory_mb=2000,
)

if __name__ == "__main__":
    STAGE.main()
