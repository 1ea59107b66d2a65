"""Find from when to when each tag holds in a video, and write it as a table, track or chapters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.illustrations.timeline.settings import TimelineFormat


class Config(StageConfig, frozen=True):
    """What counts as one run of a tag, and what is written beside ``tags.runs.jsonl``."""

    hold: Annotated[float, Meta(ge=0, le=60)] = 0.5
    """Seconds: shorter gaps within a scene are bridged, and shorter runs are left out."""
    release: Annotated[float, Meta(gt=0, le=1)] = 0.6
    """A run goes on until the probability is below this share of the tag's threshold."""
    only: tuple[str, ...] = ()
    """Tags that runs are found of; none given: all."""
    format: TimelineFormat = "csv"
    """A table, a track for players, or chapters by scene."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``tags.runs.jsonl`` and ``exported/timeline.FORMAT``."""
    from pipeline.illustrations.tag_probabilities import read_tag_probabilities
    from pipeline.illustrations.timeline.finding import Pictures, find_runs
    from pipeline.illustrations.timeline.tag_runs import write_tag_runs
    from pipeline.illustrations.timeline.writing import timeline_text
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.atomic_files import write_text
    from pipeline.runtime.quantities import counted

    frames = Frames.load(inputs["frames"])
    pictures = Pictures.of(frames)
    model = read_tag_probabilities(inputs["tags"])
    runs = find_runs(model, pictures, hold=config.hold, release=config.release, only=config.only)
    write_tag_runs(outputs["runs"], runs)
    write_text(outputs["export"], timeline_text(config.format, runs, pictures.scene_edges_ms))
    count = len({run.tag for run in runs})
    return f"{counted(len(runs), 'run')} of {counted(count, 'tag')}"


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes for a tagger that knows a thousand tags."""
    return Expected(
        seconds=amounts["pictures"] * 1e-4,
        startup=0.5,
        bytes=amounts["seconds"] * 200,
        kind=config.format,
    )


STAGE = Stage(
    inputs={
        "source": "{item}/source.video.json",  # runs are of videos alone
        "frames": "{item}/frames.h5",
        "tags": "{item}/tags.h5",
    },
    outputs={"runs": "{item}/tags.runs.jsonl", "export": "{item}/exported/timeline.{format}"},
    config=Config,
    run=run,
    expect=expect,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
