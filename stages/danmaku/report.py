"""Sum up an annotated video in a folder that opens offline: a player, and why, what and how."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pipeline.danmaku.drawing.settings import LayoutSettings, needless_for_layout
from pipeline.engine.settings import SHARED, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.danmaku.drawing.screen import Screen
    from pipeline.danmaku.sections.episode import CommentTrack, Episode
    from pipeline.danmaku.sections.summary import DanmakuSummary
    from pipeline.danmaku.statistics.counting import Statistics


class Config(StageConfig, frozen=True):
    """How comments are placed over the player, and what is shown beneath it."""

    tags: bool = False
    """Whether the player shows when tags hold, as ``illustrations-timeline`` finds them."""
    poster: Literal["comments", "faces"] = "comments"
    """What the picture before playing shows: the moment with most comments on screen, or the face
    that ``faces-rank`` finds the best."""
    layout: Annotated[LayoutSettings, SHARED] = LayoutSettings()


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``report/index.html`` with all that it shows, and ``report.json``."""
    from pipeline.danmaku.sections.data.section import data_section
    from pipeline.danmaku.sections.model.gallery import write_gallery
    from pipeline.danmaku.sections.model.section import model_section
    from pipeline.danmaku.sections.run.section import run_section
    from pipeline.danmaku.sections.verdict.findings import WEB, findings
    from pipeline.danmaku.sections.watch.section import watch_section
    from pipeline.engine.versions import versions
    from pipeline.report.history import history
    from pipeline.report.page import page_html
    from pipeline.report.section import Page
    from pipeline.report.summary import save_summary
    from pipeline.report.verdict import verdict_section
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.runtime.progress import progress

    episode = _episode(inputs, config)
    summary = _summary(inputs, episode)
    found = findings(summary)
    statistics = _statistics(inputs)
    qualities = {name: track.quality for name, track in episode.tracks.items()}
    stage_runs = history(path.parent for path in inputs.all())
    with (
        progress(episode.video.frame_count, "report", "pictures") as on_progress,
        published_folder(outputs["page"].parent) as folder,
    ):
        sections = [
            verdict_section(WEB, found),
            watch_section(folder, episode, on_progress),
            model_section(folder, summary, write_gallery(folder, episode)),
            data_section(folder, summary.training, statistics, _absent(inputs, summary)),
            run_section(qualities, statistics, stage_runs, versions()),
        ]
        page = page_html(Page(summary.video, summary.subtitle, sections))
        (folder / "index.html").write_text(page, encoding="utf-8")
    save_summary(outputs["figures"], summary, found)
    return summary.headline


def _episode(inputs: Files, config: Config) -> Episode:
    from functools import partial

    from pipeline.danmaku.explanation.explained_file import Explained
    from pipeline.danmaku.sections.episode import Episode
    from pipeline.pictures.frames_file import Frames, read_thumbnail
    from pipeline.sources.best_faces import seconds_of_best_faces
    from pipeline.sources.pointers import open_video
    from pipeline.sources.screens import video_screen

    video, layout = open_video(inputs["source"]), config.layout
    by_faces = config.poster == "faces"
    best = seconds_of_best_faces(inputs["frames"], inputs["ranking"]) if by_faces else []
    comments, screen = inputs.get("comments"), video_screen(video, inputs)
    return Episode(
        video=video,
        frames=Frames.load(inputs["frames"]),
        generated=_track(inputs["generated"], "generated", screen, layout),
        viewers=_track(comments, "comments", screen, layout) if comments else None,
        explained=Explained.load(inputs["explained"]),
        thumbnail_of=partial(read_thumbnail, inputs["frames"]),
        named=_named(inputs),
        tags=_tags(inputs.get("runs")),
        poster_at=best[0] if best else None,
    )


def _named(inputs: Files) -> Sequence[bool | None]:
    """Whether comments name those on screen, of a video whose truth lies beside it."""
    from pipeline.danmaku.comments.comments_file import GeneratedComment
    from pipeline.danmaku.evaluation.naming import names_present
    from pipeline.runtime.json_lines import read_lines
    from pipeline.show.truth import Truth, truth_beside
    from pipeline.sources.pointers import source_path

    truth = truth_beside(source_path(inputs["source"]))
    if not truth:
        return ()
    return names_present(list(read_lines(inputs["generated"], GeneratedComment)), Truth.load(truth))


def _tags(runs: Path | None) -> Mapping[str, Sequence[tuple[float, float]]]:
    """From when to when each tag holds, in seconds."""
    from collections import defaultdict

    from pipeline.illustrations.timeline.tag_runs import read_tag_runs
    from pipeline.runtime.clock import MILLISECONDS

    found = defaultdict(list)
    for run in read_tag_runs(runs) if runs else ():
        found[run.tag].append((run.start_ms / MILLISECONDS, run.end_ms / MILLISECONDS))
    return found


def _track(
    path: Path, kind: Literal["generated", "comments"], screen: Screen, layout: LayoutSettings
) -> CommentTrack:
    from pipeline.danmaku.comments.screen import read_on_screen
    from pipeline.danmaku.drawing.layout import lay_out_with_fonts
    from pipeline.danmaku.drawing.quality import measure_quality
    from pipeline.danmaku.sections.episode import CommentTrack

    comments = read_on_screen(path, kind)
    placed = lay_out_with_fonts(comments, screen, layout)
    return CommentTrack(comments, placed, measure_quality(placed))


def _summary(inputs: Files, episode: Episode) -> DanmakuSummary:
    from pipeline.danmaku.evaluation.evaluation_file import Evaluation
    from pipeline.danmaku.sections.summary import DanmakuSummary
    from pipeline.danmaku.training.training_record import TrainingRecord

    evaluation = inputs.get("evaluation")
    return DanmakuSummary.from_episode(
        episode,
        model=inputs["training"].parent.name,
        training=TrainingRecord.load(inputs["training"]),
        evaluation=Evaluation.load(evaluation) if evaluation else None,
    )


def _statistics(inputs: Files) -> list[Statistics]:
    """Those of the video itself, where it has comments, and of the training videos."""
    from pipeline.danmaku.statistics.counting import Statistics

    own = inputs.get("statistics")
    paths = dict.fromkeys([*([own] if own else []), *inputs.every("learned")])
    return [Statistics.load(path) for path in paths]


def _absent(inputs: Files, summary: DanmakuSummary) -> Sequence[str]:
    """Training videos that have no statistics here."""
    present = {path.parent.name for path in inputs.every("learned")}
    return [name for name in summary.training.videos if name not in present]


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """Tags need a tagger, comments that avoid faces a detector, and their poster a taste."""
    unneeded = {*needless_for_layout(settings)} - {"frames"}
    others = {"runs": settings.get("tags"), "ranking": settings.get("poster") == "faces"}
    return unneeded | {name for name, wanted in others.items() if not wanted}


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take; the page holds a copy of the video, small enough for it."""
    return Expected(
        seconds=amounts["frames"] * 2.5e-3,
        startup=2.5,
        bytes=1e6 + amounts["frames"] * 3500,
    )


STAGE = Stage(
    inputs={
        "source": "{item}/source.video.json",
        "frames": "{item}/frames.h5",
        "generated": "{item}/generated.jsonl",
        "explained": "{item}/explained.h5",
        "training": "models/danmaku/{model}/training.json",
        "learned": "{train}/statistics.json",
        "runs": "{item}/tags.runs.jsonl",
        "faces": "{item}/faces.jsonl",
        "ranking": "{item}/ranking/ranking.csv",
    },
    without=without,
    outputs={"figures": "{item}/report.json", "page": "{item}/report/index.html"},
    optional={
        "comments": "{item}/comments.jsonl",
        "statistics": "{item}/statistics.json",
        "evaluation": "{item}/evaluation.json",
    },
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    opens="page",
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
